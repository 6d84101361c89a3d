//! A sweep on containers: one run after the other on one stack, each with its folder, each healed.

use super::engine::engine_test;
use super::stack::{DebugStack, said};

#[test]
fn a_sweep_on_docker_judges_every_point_and_keeps_its_runs() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-sweep", "issue-395")?;
        let out = stack.runs().display().to_string();
        let playbook = "playbooks/deploy-while-away.yaml";
        let points = ["--var", "gap=0s..1s", "--points", "2", "--within", "5s"];
        let output = stack
            .rejoin(&["sweep", playbook, "--out", &out])
            .args(points)
            .output()?;
        let text = said(&output);
        if output.status.code() != Some(1) || !text.contains("FAIL  nothing changes: fail") {
            return Err(format!("{:?}: {text}", output.status).into());
        }
        let mut kept = 0;
        for entry in std::fs::read_dir(stack.runs())? {
            kept += usize::from(entry?.path().join("journal.jsonl").is_file());
        }
        // And the link to the latest.
        if kept != 3 {
            return Err(format!("{kept} folders: {text}").into());
        }
        match stack.drift()?.as_slice() {
            [] => Ok(()),
            drift => Err(format!("compose would change: {}", drift.join("; ")).into()),
        }
    });
}
