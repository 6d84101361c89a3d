//! Healing that meets obstacles: it goes on until its own deadline, for each container by itself, and what
//! is not put back is said with the reason and the remedy.

use std::time::Duration;

use rejoin::engine::patience::HEAL_TIMEOUT;
use rejoin::exit::Exit;
use rejoin::journal::{Event, Phase};
use rejoin::verdict::Outcome;

use crate::fake::{Obstacle, Trouble};
use crate::{HEALED, Over, Result, over};

/// Both edges are only put back at the end.
const BOTH: &str = "
  - deploy: late
  - kill: { nodes: all }
  - id: nodes-stay
    expect: { nodes: { which: all, are: connected } }
";

/// How long after the healing began it was recorded that a container is back.
fn healed_after(over: &Over, container: &str) -> Option<Duration> {
    let at = |wanted: &dyn Fn(&Event) -> bool| {
        let found = over.entries.iter().find(|entry| wanted(&entry.event));
        found.map(|entry| entry.elapsed)
    };
    let heal = Event::Phase { phase: Phase::Heal };
    let begun = at(&|event| *event == heal)?;
    let back = at(&|event| match event {
        Event::Restored { container: it, .. } => it.0 == container,
        _ => false,
    })?;
    Some(back.since(begun))
}

/// How long the healing took in all.
fn took(over: &Over) -> Duration {
    let at = |phase| {
        let mut entries = over.entries.iter();
        let found = entries.find(|entry| entry.event == Event::Phase { phase });
        found.map(|entry| entry.elapsed).unwrap_or_default()
    };
    at(Phase::Settle).since(at(Phase::Heal))
}

#[test]
fn an_engine_that_is_away_for_a_while_is_waited_for() -> Result {
    let over = over(Trouble::NoUndo(60), BOTH)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    let waited = healed_after(&over, "edge2").ok_or("edge2 was not healed")?;
    assert!(waited >= Duration::from_secs(29), "{waited:?}");
    assert!(waited < HEAL_TIMEOUT, "{waited:?}");
    Ok(())
}

#[test]
fn what_cannot_be_healed_does_not_hold_up_what_is_beside_it() -> Result {
    let limit = "healing took longer than 90s";
    let cases: [(Obstacle, &[&str], Duration); 4] = [
        (
            Obstacle::Refusal,
            &[limit, "no space left on device"],
            HEAL_TIMEOUT,
        ),
        (Obstacle::Silence, &[limit], HEAL_TIMEOUT),
        (Obstacle::Panic, &["the hands slipped"], Duration::ZERO),
        // Waiting does not move a stranger, but one more look costs little.
        (
            Obstacle::Namesake,
            &["it is a stranger"],
            Duration::from_secs(1),
        ),
    ];
    for (obstacle, said, time) in cases {
        let over = over(Trouble::NoWayBack(obstacle), BOTH)?;
        assert_eq!(over.target.up(), ["edge2"], "{obstacle:?}");
        let told = over.events(&["restored", "not-restored"]);
        assert_eq!(
            told,
            ["restored edge2", "not-restored edge1"],
            "{obstacle:?}"
        );
        assert_eq!(
            healed_after(&over, "edge2"),
            Some(Duration::ZERO),
            "{obstacle:?}"
        );
        let took = took(&over);
        assert!(
            took >= time && took <= time + Duration::from_secs(1),
            "{took:?}"
        );
        let left = over.verdict.left_over.join("\n");
        for words in said
            .iter()
            .chain(&["rejoin heal --target fake", "edge1: was running, is exited"])
        {
            assert!(
                left.contains(words),
                "{obstacle:?}: «{words}» is not said: {left}"
            );
        }
        assert_eq!(over.verdict.outcome, Outcome::Pass, "{obstacle:?}");
        let exit = match obstacle {
            Obstacle::Panic => Exit::Internal,
            _ => Exit::NotRestored,
        };
        assert_eq!(over.verdict.exit(), exit, "{obstacle:?}");
    }
    Ok(())
}

#[test]
fn the_last_look_waits_for_the_engine_but_not_for_ever() -> Result {
    let late = over(Trouble::Blind(5), HEALED)?;
    assert_eq!(late.verdict.exit(), Exit::Passed, "{:#?}", late.verdict);
    let never = over(Trouble::Blind(u32::MAX), HEALED)?;
    assert_eq!(never.verdict.exit(), Exit::NotRestored);
    let left = never.verdict.left_over.join("\n");
    for words in [
        "is not known",
        "connection refused",
        "rejoin doctor --target fake",
    ] {
        assert!(left.contains(words), "«{words}» is not said: {left}");
    }
    Ok(())
}
