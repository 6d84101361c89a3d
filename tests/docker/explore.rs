//! What a search finds on the simulation is run on containers, and where that ends otherwise is said.

use std::process::Output;

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};

/// A search of the first schedules of a seed, confirmed on this stack.
fn search(stack: &DebugStack, more: &[&str]) -> Result<Output> {
    let out = stack.runs().display().to_string();
    let mut command = stack.at_home(env!("CARGO_BIN_EXE_rejoin"));
    command.args(["explore", "--timing", "fast", "--variant", "issue-395"]);
    command.args(["--seed", "2", "--runs", "2", "--out", &out]);
    command.args(["--confirm", "local"]).args(more);
    Ok(command.output()?)
}

#[test]
fn what_a_search_finds_fails_on_docker_too() {
    engine_test(async || {
        let stack = DebugStack::without("rejoin-explore", "issue-395")?;
        let refused = search(&stack, &[])?;
        let text = said(&refused);
        if refused.status.code() != Some(3) || !text.contains("its stack is not up") {
            return Err(format!("not refused: {text}").into());
        }
        if stack.runs().exists() {
            return Err("a refusal wrote something".into());
        }
        let output = search(&stack, &["--up", "--down"])?;
        let text = said(&output);
        let same = |finding: &str| {
            let mut rows = text.lines().map(str::trim);
            rows.any(|row| row.starts_with(finding) && row.ends_with("the same"))
        };
        if output.status.code() != Some(1) || !same("pending") || !same("not-placed") {
            return Err(format!("not confirmed: {text}").into());
        }
        match stack.compose(&["ps", "-q"])?.trim() {
            "" => Ok(()),
            left => Err(format!("--down left {left}").into()),
        }
    });
}
