//! Trouble with containers, with the orchestrator, and inside the harness.

use rejoin::engine::ledger::{Ledger, LedgerError};
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::fault::{Faults, RunState};
use rejoin::journal::{Event, Phase};
use rejoin::target::Target;
use rejoin::verdict::{Outcome, What};

use crate::fake::{Fake, Trouble, container};
use crate::{HEALED, Over, RESTORED, Result, over, paused, run};

/// Nothing is left of the run: all containers up, no jobs.
fn assert_clean(over: &Over) {
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    assert_eq!(*over.target.state.jobs.borrow(), [""; 0]);
    let end = over.entries.last().map(|entry| &entry.event);
    assert!(matches!(end, Some(Event::End)), "{end:?}");
}

/// Unknown, because of the step of this index and of these words; everything is back.
fn assert_unknown(over: &Over, step: usize, words: &str) {
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    let what = over.verdict.deciding().map(|part| part.what);
    assert_eq!(what, Some(What::Step(step)), "{:#?}", over.verdict);
    assert!(over.reason().contains(words), "{}", over.reason());
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
}

fn begun(over: &Over, step: usize) -> bool {
    let begins = |event: &Event| matches!(event, Event::StepStarted { step: s } if *s == step);
    over.entries.iter().any(|entry| begins(&entry.event))
}

#[test]
fn without_trouble_it_passes_and_leaves_nothing() -> Result {
    for steps in [RESTORED, HEALED] {
        let over = over(Trouble::Nothing, steps)?;
        assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
        assert_clean(&over);
    }
    Ok(())
}

#[test]
fn work_that_does_not_come_back_is_the_subjects_failure() -> Result {
    let over = over(Trouble::NoWork, RESTORED)?;
    assert_eq!(over.verdict.exit(), Exit::Failed);
    let seen = "pending on edge1 (desired running), pending on edge2 (desired running)";
    assert_eq!(over.reason(), seen);
    assert_clean(&over);
    Ok(())
}

#[test]
fn a_fault_without_proof_ends_the_run_unknown() -> Result {
    let over = over(Trouble::NoProof, RESTORED)?;
    assert_unknown(&over, 1, "not proven: no event came");
    assert!(!begun(&over, 2), "a step after an unproven fault");
    assert_clean(&over);
    Ok(())
}

#[test]
fn a_refused_deploy_ends_the_run_unknown() -> Result {
    let over = over(Trouble::NoDeploy, RESTORED)?;
    assert_unknown(&over, 0, "400 no such input: generate");
    assert_eq!(
        over.target.state.faults.get(),
        0,
        "a fault after a refused deploy"
    );
    assert_clean(&over);
    Ok(())
}

#[test]
fn an_api_that_goes_away_in_the_middle_is_unknown() -> Result {
    let over = over(Trouble::NoApi, RESTORED)?;
    assert_unknown(&over, 3, "connection refused");
    let left = over.verdict.left_over.join("\n");
    assert!(left.contains("job late (new-test-job-"), "{left}");
    Ok(())
}

#[test]
fn a_panic_in_a_step_heals_and_is_a_bug() -> Result {
    let over = over(Trouble::Panic, RESTORED)?;
    assert_eq!(over.verdict.exit(), Exit::Internal);
    let broken = over.verdict.broken.as_deref().unwrap_or_default();
    assert!(broken.contains("the hands slipped"), "{broken}");
    assert_clean(&over);
    Ok(())
}

#[test]
fn a_container_changed_by_other_hands_is_unknown() -> Result {
    let cases = [
        (Trouble::Meddler, "edge2: die at "),
        (Trouble::Mender, "edge1: put back before"),
    ];
    for (trouble, words) in cases {
        let over = over(trouble, RESTORED)?;
        assert_eq!(over.verdict.exit(), Exit::Unknown, "{trouble:?}");
        assert!(
            over.reason().contains("by other hands"),
            "{}",
            over.reason()
        );
        assert!(over.reason().contains(words), "{}", over.reason());
        assert_clean(&over);
    }
    Ok(())
}

#[test]
fn an_undo_that_fails_once_is_tried_again() -> Result {
    let over = over(Trouble::NoUndo(1), HEALED)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_clean(&over);
    Ok(())
}

#[test]
fn a_pass_that_leaves_something_behind_says_so() -> Result {
    let over = over(Trouble::NoUndo(u32::MAX), HEALED)?;
    assert_eq!(over.verdict.outcome, Outcome::Pass);
    assert_eq!(over.verdict.exit(), Exit::NotRestored);
    let left = over.verdict.left_over.join("\n");
    for words in [
        "no space left on device",
        "rejoin heal --target fake",
        "edge1: gone",
    ] {
        assert!(left.contains(words), "«{words}» is not said: {left}");
    }
    Ok(())
}

#[test]
fn an_undo_that_takes_too_long_is_given_up() -> Result {
    let over = over(Trouble::SlowUndo, HEALED)?;
    assert_eq!(
        over.verdict.exit(),
        Exit::Passed,
        "a minute is not too long"
    );
    let heal = Event::Phase { phase: Phase::Heal };
    assert!(over.entries.iter().any(|entry| entry.event == heal));
    Ok(())
}

#[test]
fn a_restore_that_fails_is_unknown_and_the_ledger_keeps_what_is_left() -> Result {
    let state = tempfile::tempdir()?;
    let folder = state.path().join("fake");
    let over = paused(async {
        let target = Fake::new(Trouble::NoUndo(u32::MAX));
        let now = target.hands().inventory().await?;
        let ledger = Ledger::open(&folder, &now)?;
        run(target, RESTORED, ledger, Stop::never()).await
    })?;
    assert_eq!(over.verdict.exit(), Exit::Unknown);
    assert!(
        over.reason().contains("no space left on device"),
        "{}",
        over.reason()
    );
    let now = paused(async { Ok(over.target.hands().inventory().await?) })?;
    match Ledger::open(&folder, &now) {
        Err(LedgerError::Dirty { left, .. }) => {
            assert!(left[0].contains("edge1 is gone since run"), "{left:?}");
        }
        other => panic!("{other:?}"),
    }
    // Once it is back, by whose hands ever, nothing stands in the way of the next run.
    let mut mended = now;
    let edge1 = container("edge1", RunState::Running);
    mended.insert(edge1.name.clone(), edge1);
    Ledger::open(&folder, &mended)?.close()?;
    Ok(())
}
