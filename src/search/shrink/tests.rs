//! What is kept when a schedule is made small.

use super::*;
use crate::playbook::FaultKind;
use crate::search::FILES;
use crate::search::trial::TRIES;
use crate::settings::{Environment, Settings, SimSettings, TargetSettings};

#[test]
fn what_fails_by_chance_alone_is_no_simpler_than_what_always_does()
-> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    for (name, text) in FILES {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(path, text)?;
    }
    let known = Settings::load(None, &Environment::of("/", [("", ""); 0]))?;
    let (_, TargetSettings::Sim(sim)) = known.target(Some("sim"))? else {
        return Err("`sim` is no simulation".into());
    };
    let settings = SimSettings {
        variant: "fix-a".to_owned(),
        ..sim.clone()
    };
    let bench = Bench {
        settings: &settings,
        folder: folder.path(),
    };
    let held_up = |deploys: &[Job]| {
        let kill = (Gap::None, Act::Fault(FaultKind::Kill, Whom::Edge(0)));
        let deploys = deploys.iter().map(|job| Act::Deploy(*job));
        let gaps = [Gap::AfterDisconnect, Gap::None];
        let moves = std::iter::once(kill).chain(gaps.into_iter().zip(deploys));
        Schedule {
            edges: 2,
            moves: moves.map(|(gap, act)| Move { gap, act }).collect(),
            rest: Gap::AfterWork,
        }
    };
    // The one queue holds up what is behind the message to the edge that is away. Of one job's two messages, which
    // is behind the other is a matter of ids.
    let shown = |schedule: &Schedule, number| {
        let trial = bench.run(schedule, number)?;
        Ok::<_, NotRun>(trial.symptoms().contains(&Symptom::HeldUp))
    };
    let (by_chance, always) = (held_up(&[Job::First]), held_up(&[Job::First, Job::Second]));
    let mut number = 0;
    while !shown(&by_chance, number)?
        || bench.odds(&by_chance, number, Symptom::HeldUp, 0)? == TRIES
    {
        number += 1;
        assert!(number < 50, "it never fails by chance");
    }
    let odds = bench.odds(&always, number, Symptom::HeldUp, 0)?;
    assert_eq!(odds, TRIES);
    let small = shrink(&bench, &always, number, Symptom::HeldUp, odds)?;
    assert_eq!((small.schedule.moves.len(), small.odds), (3, TRIES));
    let small = shrink(&bench, &always, number, Symptom::HeldUp, 1)?;
    assert_eq!(
        small.schedule.moves.len(),
        2,
        "taken for chance, it may shrink further"
    );
    Ok(())
}
