//! Healing after a crash, by what the ledger says and nothing else.

use std::path::Path;

use rejoin::engine::ledger::{Debt, Ledger};
use rejoin::engine::recovery::{End, Recovery, recover};
use rejoin::engine::stop::Stop;
use rejoin::fault::{ContainerName, Faults, NewEdge, RunState};
use rejoin::playbook::FaultKind;
use rejoin::target::Target;
use tokio::time::Instant;

use crate::fake::{Fake, Trouble, container};
use crate::{Result, paused};

const ADDED: &str = "rejoin-r1-more-1";

/// What a run that was killed left on disk: a fault on edge1, another on edge2, and an edge that it added.
async fn left(folder: &Path, target: &Fake) -> Result {
    let hands = target.hands();
    let now = hands.inventory().await?;
    let mut ledger = Ledger::open(folder, &now)?;
    for name in ["edge1", "edge2"] {
        let before = container(name, RunState::Running);
        ledger.owe(Debt {
            run: "r1".to_owned(),
            target: "fake".to_owned(),
            fault: Some(FaultKind::Kill),
            recipe: hands.recipe(&before).await?,
            before: Some(before),
        })?;
    }
    let edge = NewEdge {
        name: ContainerName(ADDED.to_owned()),
        service: "more-1".to_owned(),
        labels: std::collections::BTreeMap::new(),
        run: "r1".to_owned(),
    };
    ledger.owe(Debt {
        run: "r1".to_owned(),
        target: "fake".to_owned(),
        fault: None,
        before: None,
        recipe: hands.absence(&edge),
    })?;
    Ok(())
}

/// Heals as `rejoin heal` does.
async fn heal(folder: &Path, target: &Fake) -> Result<Recovery> {
    let mut ledger = Ledger::resume(folder)?;
    let recovery = recover(target.hands(), &mut ledger, &mut Stop::never()).await?;
    ledger.close()?;
    Ok(recovery)
}

/// The ends, in words: the containers, and whether each was mended, was as before, or is left and why.
fn words(recovery: &Recovery) -> Vec<String> {
    let word = |end: &End| match end {
        End::Mended(proof) => format!("mended {}", proof.inspect),
        End::AsBefore => "as before".to_owned(),
        End::MadeAnew => "made anew".to_owned(),
        End::Left(reason) => format!("left {reason}"),
    };
    let ends = recovery.ends.iter();
    ends.map(|(debt, end)| format!("{}: {}", debt.container(), word(end)))
        .collect()
}

#[test]
fn everything_owed_is_put_back_and_a_second_time_there_is_nothing_to_do() -> Result {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    paused(async {
        let target = Fake::new(Trouble::Nothing);
        left(folder, &target).await?;
        target.state.containers.borrow_mut().remove("edge1");
        target.state.set(ADDED, RunState::Running);
        let first = heal(folder, &target).await?;
        let expected = [
            "edge1: mended running".to_owned(),
            "edge2: as before".to_owned(),
            format!("{ADDED}: mended 404"),
        ];
        assert_eq!(words(&first), expected);
        assert_eq!(target.up(), ["edge1", "edge2"]);
        assert!(!folder.join("ledger.jsonl").exists());
        let acts = target.acts();
        assert_eq!(words(&heal(folder, &target).await?), [""; 0]);
        assert_eq!(target.acts(), acts, "nothing was touched");
        Ok(())
    })
}

#[test]
fn a_target_of_which_nothing_is_left_is_made_again() -> Result {
    let folder = tempfile::tempdir()?;
    paused(async {
        let target = Fake::new(Trouble::Empty);
        left(folder.path(), &target).await?;
        target.state.containers.borrow_mut().clear();
        let recovery = heal(folder.path(), &target).await?;
        let expected = [
            "edge1: mended running".to_owned(),
            "edge2: mended running".to_owned(),
            format!("{ADDED}: as before"),
        ];
        assert_eq!(words(&recovery), expected);
        Ok(())
    })
}

#[test]
fn what_cannot_be_put_back_stays_owed_and_what_fails_once_is_tried_again() -> Result {
    for (failures, left_over) in [(1, 0), (9, 0), (u32::MAX, 3)] {
        let folder = tempfile::tempdir()?;
        paused(async {
            let target = Fake::new(Trouble::NoUndo(failures));
            left(folder.path(), &target).await?;
            target.state.containers.borrow_mut().remove("edge1");
            let recovery = heal(folder.path(), &target).await?;
            let words = words(&recovery);
            let left = words
                .iter()
                .filter(|it| it.contains("no space left"))
                .count();
            assert_eq!(left, left_over, "{words:?}");
            let owed = Ledger::resume(folder.path())?.owed().count();
            assert_eq!(owed, left_over, "{words:?}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn what_compose_made_anew_is_left_alone() -> Result {
    let folder = tempfile::tempdir()?;
    paused(async {
        let target = Fake::new(Trouble::NewImages);
        left(folder.path(), &target).await?;
        let recovery = heal(folder.path(), &target).await?;
        let words = words(&recovery);
        assert_eq!(words[..2], ["edge1: made anew", "edge2: made anew"]);
        let acts = target.acts();
        assert_eq!(acts, [format!("withdraw {ADDED}")], "only what was added");
        Ok(())
    })
}

#[test]
fn healing_has_a_deadline_and_says_what_is_left() -> Result {
    let folder = tempfile::tempdir()?;
    paused(async {
        let target = Fake::new(Trouble::NeverUndone);
        left(folder.path(), &target).await?;
        let began = Instant::now();
        let recovery = heal(folder.path(), &target).await?;
        assert_eq!(began.elapsed().as_secs(), 90);
        let words = words(&recovery);
        let late = words.iter().filter(|it| it.contains("longer than 90s"));
        assert_eq!(late.count(), 3, "{words:?}");
        Ok(())
    })
}
