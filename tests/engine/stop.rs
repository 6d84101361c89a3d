//! What ends a run from outside: signals and `--timeout`.
//!
//! Signals reach the whole process, so these tests take turns; the others do not listen.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;

use crate::fake::{Fake, Trouble};
use crate::{HEALED, Over, RESTORED, Result, paused, run};

fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn over(trouble: Trouble, steps: &str, limit: Option<u64>) -> Result<Over> {
    let _turn = turn();
    paused(async {
        let stop = Stop::listen(limit.map(Duration::from_secs))?;
        run(Fake::new(trouble), steps, Ledger::in_memory(), stop).await
    })
}

/// Waits long enough for a signal to arrive.
const PATIENT: &str = "
  - deploy: late
  - remove: { nodes: edge1 }
  - wait: 10m
  - id: late-runs
    expect: { executions: { job: late, nodes: edge2, observed: running } }
";

#[test]
fn a_signal_heals_and_gives_its_own_exit_code() -> Result {
    for (signal, exit) in [("INT", Exit::Interrupted), ("TERM", Exit::Terminated)] {
        let over = over(Trouble::Signals(signal, None), PATIENT, None)?;
        assert_eq!(over.verdict.exit(), exit, "{}", over.journal());
        assert_eq!(over.verdict.interrupted, Some(format!("SIG{signal}")));
        assert_eq!(over.target.up(), ["edge1", "edge2"]);
        assert_eq!(over.verdict.left_over, [""; 0]);
        assert!(
            over.reason().contains(&format!("SIG{signal}")),
            "{}",
            over.reason()
        );
    }
    Ok(())
}

#[test]
fn sigterm_after_sigint_does_not_stop_the_healing() -> Result {
    let over = over(Trouble::Signals("INT", Some("TERM")), PATIENT, None)?;
    assert_eq!(over.verdict.exit(), Exit::Interrupted);
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    Ok(())
}

#[test]
fn a_second_sigint_stops_the_healing_and_says_what_is_left() -> Result {
    let over = over(Trouble::Signals("INT", Some("INT")), PATIENT, None)?;
    assert_eq!(over.verdict.exit(), Exit::Interrupted);
    let left = over.verdict.left_over.join("\n");
    for words in [
        "edge1: healing was stopped by a second SIGINT",
        "rejoin heal --target fake",
    ] {
        assert!(left.contains(words), "«{words}» is not said: {left}");
    }
    Ok(())
}

#[test]
fn a_run_that_takes_too_long_is_unknown_and_heals() -> Result {
    let over = over(Trouble::NoWork, RESTORED, Some(10))?;
    assert_eq!(over.verdict.exit(), Exit::Unknown);
    assert!(
        over.reason().contains("longer than --timeout 10s"),
        "{}",
        over.reason()
    );
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    Ok(())
}

#[test]
fn the_limit_ends_settling_too() -> Result {
    let over = over(Trouble::Nothing, HEALED, Some(5))?;
    assert_eq!(
        over.verdict.exit(),
        Exit::Unknown,
        "settling takes longer than 5 s"
    );
    assert!(
        over.reason().contains("longer than --timeout 5s"),
        "{}",
        over.reason()
    );
    Ok(())
}
