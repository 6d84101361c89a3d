//! The engine goes away at chosen moments and comes back, or does not.

use std::process::Child;
use std::time::Duration;

use super::super::Result;
use super::super::engine::engine_test;
use super::super::relay::Relay;
use super::super::shots::owed;
use super::super::stack::{DebugStack, said};
use super::{OPEN, Over, over, run};
use rejoin::engine::patience::HEAL_TIMEOUT;
use rejoin::fault::Lost;
use rejoin::journal::Event;

const A_WHILE: Duration = Duration::from_secs(3);

/// Whether the run knows that it did not see everything.
fn gap(over: &Over) -> Result<bool> {
    let lost = |event: &Event| match event {
        Event::Gap { of, .. } => *of == Lost::Events,
        _ => false,
    };
    Ok(over.entries()?.iter().any(|entry| lost(&entry.event)))
}

/// A moment of the run, what happens to the relay then, what is said of it, and whether events are known to
/// be lost. Of a single request that is cut off the events may be seen later.
type Case = (&'static str, fn(&Relay), &'static str, bool);

const CASES: [Case; 3] = [
    // With faults open, while nothing is asked of the engine.
    (
        "wait 5",
        |relay| relay.close_for(A_WHILE),
        "was not seen",
        true,
    ),
    // It gets a fault's request, and nobody hears the answer.
    (
        "wait 2",
        |relay| relay.close_on("/kill", A_WHILE),
        "failed to kill",
        false,
    ),
    // It gets an undo's.
    (
        "wait 2",
        |relay| relay.close_on("containers/create", A_WHILE),
        "is not healed yet, trying again",
        true,
    ),
];

#[test]
fn an_engine_that_comes_back_is_gone_on_with_and_everything_is_healed() {
    engine_test(async || {
        let Some(relay) = Relay::before_the_engine()? else {
            return Ok(());
        };
        let stack = DebugStack::up("rejoin-away", "reconcile")?;
        for (moment, act, words, lost) in CASES {
            let mut command = run(&stack, OPEN)?;
            command.env("DOCKER_HOST", relay.host());
            let away = |_: &Child| {
                act(&relay);
                Ok(())
            };
            let done = over(&stack, command, &[(moment, &away)])?;
            done.unknown(&[words])?;
            done.healed(&stack)?;
            done.looked_at_twice()?;
            if lost && !gap(&done)? {
                return Err(format!("the gap was not recorded:\n{}", done.said).into());
            }
        }
        Ok(())
    });
}

#[test]
fn an_engine_that_never_comes_back_is_given_up_and_the_ledger_keeps_what_is_left() {
    engine_test(async || {
        let Some(relay) = Relay::before_the_engine()? else {
            return Ok(());
        };
        let stack = DebugStack::up("rejoin-gone", "reconcile")?;
        let mut command = run(&stack, OPEN)?;
        command.env("DOCKER_HOST", relay.host());
        let gone = over(
            &stack,
            command,
            &[("wait 5", &|_| {
                relay.close();
                Ok(())
            })],
        )?;
        gone.unknown(&[
            "NOT RESTORED",
            "healing took longer than",
            "--target local",
            "is not known",
        ])?;
        for edge in ["edge1", "edge2"] {
            let said = format!("{} NOT RESTORED", stack.container(edge));
            gone.unknown(&[said.as_str()])?;
        }
        if owed(&stack)?.is_empty() {
            return Err("the ledger forgot what is left".into());
        }
        if gone.took > HEAL_TIMEOUT + Duration::from_secs(60) {
            return Err(format!("it took {:?}", gone.took).into());
        }
        // The next run sees what is owed, and nothing is owed any more once it is back.
        let refused = stack.run("all-connected")?;
        if refused.status.code() != Some(3) {
            return Err(format!("{:?}", refused.status).into());
        }
        stack.compose(&["up", "-d"])?;
        let passed = stack.run("all-connected")?;
        if passed.status.success() {
            Ok(())
        } else {
            Err(said(&passed).into())
        }
    });
}
