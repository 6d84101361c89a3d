//! Other hands on the target: the orchestrator stopped for good, a container removed before its fault,
//! under it, and after its undo.

use std::time::Duration;

use super::super::engine::engine_test;
use super::super::shots::owed;
use super::super::stack::DebugStack;
use super::super::undo::docker;
use super::{OPEN, over, run};
use rejoin::journal::Event;

/// Far more than all deadlines of the playbook, and far less than for ever.
const BOUND: Duration = Duration::from_secs(90);

#[test]
fn an_api_that_is_gone_for_ever_ends_in_its_deadlines() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-no-api", "reconcile")?;
        let steps = format!(
            "{OPEN}  - expect: {{ executions: {{ job: late, nodes: all, observed: running }} }}\n"
        );
        let orchestrator = stack.container("orchestrator");
        let gone = over(
            &stack,
            run(&stack, &steps)?,
            &[("wait 5", &|_| docker(&["kill", &orchestrator]).map(drop))],
        )?;
        gone.unknown(&["by other hands", "was running, is exited"])?;
        gone.looked_at_twice()?;
        if gone.took > BOUND {
            return Err(format!("it took {:?}:\n{}", gone.took, gone.said).into());
        }
        if !owed(&stack)?.is_empty() {
            return Err("something is owed still".into());
        }
        // Only what others did is left to be mended.
        let drift = stack.drift()?;
        let theirs = |line: &String| line.contains(&orchestrator);
        if !drift.is_empty() && drift.iter().all(theirs) {
            Ok(())
        } else {
            Err(format!("{drift:?}:\n{}", gone.said).into())
        }
    });
}

/// One fault and its undo, with time before, under and after it.
const KILLED: &str = "
  - deploy: late
  - expect: { executions: { job: late, nodes: all, observed: running } }
  - wait: 2s
  - kill: { nodes: edge1 }
  - wait: 3s
  - restore: { nodes: edge1 }
  - wait: 4s
  - expect: { executions: { job: late, nodes: edge2, observed: running } }
";

#[test]
fn a_container_that_others_remove_is_not_hit_twice_and_healed_or_reported() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-thief", "reconcile")?;
        let edge = stack.container("edge1");
        let gone = format!("{edge}: gone");
        let foreign = format!("{edge}: destroy at");
        let cases = [
            ("wait 2", "is not there", 0, false),
            ("wait 3", foreign.as_str(), 1, true),
            ("wait 4", foreign.as_str(), 1, false),
        ];
        for (moment, words, hits, healed) in cases {
            let done = over(
                &stack,
                run(&stack, KILLED)?,
                &[(moment, &|_| docker(&["rm", "-f", &edge]).map(drop))],
            )?;
            done.unknown(&[words, "by other hands"])?;
            done.looked_at_twice()?;
            let entries = done.entries()?;
            let injected = entries.iter().filter(|entry| match &entry.event {
                Event::Injected { container, .. } => container.0 == edge,
                _ => false,
            });
            if injected.count() != hits || done.says(&gone) == healed {
                return Err(format!("{moment}:\n{}", done.said).into());
            }
            if healed {
                done.healed(&stack)?;
            } else if !owed(&stack)?.is_empty() {
                return Err(format!("{moment}: something is owed that was put back").into());
            }
            stack.compose(&["up", "-d"])?;
        }
        Ok(())
    });
}
