//! Healing after a crash when the target itself has changed meanwhile.

use std::process::Output;

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};

const PLAYBOOK: &str = "fixtures/playbooks/crash-points.yaml";
/// edge1 is removed by then, and edge2 about to be paused: both are owed.
const BOTH_ARE_OWED: &str = "7";

fn crash(stack: &DebugStack) -> Result {
    let mut run = stack.run_of(PLAYBOOK);
    let output = run.env("REJOIN_CRASH_AT", BOTH_ARE_OWED).output()?;
    match output.status.code() {
        None => Ok(()),
        Some(code) => Err(format!("exit {code}, no crash: {}", said(&output)).into()),
    }
}

/// It ended so and said this.
fn ended(output: &Output, exit: i32, words: &[&str]) -> Result {
    let text = said(output);
    let missing = words.iter().find(|word| !text.contains(**word));
    match (output.status.code(), missing) {
        (Some(code), None) if code == exit => Ok(()),
        (code, missing) => Err(format!("exit {code:?}, missing {missing:?}:\n{text}").into()),
    }
}

#[test]
fn a_stack_that_is_gone_is_made_again_as_far_as_it_can_be() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-heal", "reconcile")?;
        let edges = [stack.container("edge1"), stack.container("edge2")];
        let put_back = edges
            .each_ref()
            .map(|edge| format!("{edge}: put back (create, start"));
        let gone = format!("{} is gone since run ", edges[0]);
        let heal = || stack.rejoin(&["heal"]);

        crash(&stack)?;
        let refused = stack.run("all-connected")?;
        let command = "put it back with `rejoin heal --target local`";
        ended(
            &refused,
            3,
            &[&gone, command, "that of ", "crash-points.yaml"],
        )?;

        // Not one container is left, but networks and volumes are.
        stack.compose(&["rm", "-f", "-s"])?;
        ended(&heal().output()?, 0, &[&put_back[0], &put_back[1]])?;
        ended(&heal().output()?, 0, &["nothing to do"])?;
        stack.compose(&["up", "-d"])?;
        let drift = stack.drift()?;
        if !drift.is_empty() {
            return Err(format!("compose would change: {}", drift.join("; ")).into());
        }

        // Nothing is left but the ledger.
        stack.rejoin(&["up"]).output()?;
        crash(&stack)?;
        stack.compose(&["down", "-v"])?;
        let words = [
            "NOT put back",
            " is gone, so its stack was taken down meanwhile",
            "`rejoin down` settles the ledger",
            "bring it back with `rejoin up --target local --timing fast --variant reconcile`",
        ];
        for _ in 0..2 {
            ended(&heal().output()?, 5, &words)?;
        }
        ended(&stack.rejoin(&["up"]).output()?, 0, &["local is up"])?;
        ended(&heal().output()?, 0, &["nothing to do"])?;
        ended(&stack.run("all-connected")?, 0, &[])
    });
}
