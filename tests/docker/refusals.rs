//! A target that is not fit for a run: exit 3, a message that says what to do, and nothing touched.

use std::process::Command;

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};

#[test]
fn an_unfit_target_is_refused_and_not_touched() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-refusals", "issue-395")?;
        let before = containers(&stack)?;
        other_timing(&stack)?;
        other_variant(&stack)?;
        refused_port(&stack)?;
        leftovers(&stack)?;
        if containers(&stack)? != before {
            return Err("a refusal touched a container".into());
        }
        if stack.runs().exists() && stack.runs().read_dir()?.next().is_some() {
            return Err("a refusal left a run's folder".into());
        }
        let stopped = stack.compose(&["down", "-v"]);
        stopped?;
        refusal(
            &stack.run("all-connected")?,
            &["no container matches", "rejoin up"],
        )
    });
}

/// Ids and start times: what any fault or restart would change.
fn containers(stack: &DebugStack) -> Result<String> {
    let mut seen = String::new();
    for service in ["nats", "orchestrator", "edge1", "edge2"] {
        let output = Command::new("docker")
            .args([
                "inspect",
                "--format",
                "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}",
            ])
            .arg(stack.container(service))
            .output()?;
        seen += &said(&output);
    }
    Ok(seen)
}

fn refusal(output: &std::process::Output, words: &[&str]) -> Result {
    let text = said(output);
    let missing = words.iter().find(|word| !text.contains(**word));
    match (output.status.code(), missing) {
        (Some(3), None) if output.stdout.is_empty() => Ok(()),
        (code, missing) => Err(format!("exit {code:?}, missing {missing:?}:\n{text}").into()),
    }
}

fn other_timing(stack: &DebugStack) -> Result {
    let mut command = stack.at_home(env!("CARGO_BIN_EXE_rejoin"));
    command.args(["run", "playbooks/all-connected.yaml", "--target", "local"]);
    command
        .args(["--timing", "default", "--out"])
        .arg(stack.runs());
    refusal(
        &command.output()?,
        &["timing profile `fast`", "`default`", "--timing fast"],
    )
}

fn other_variant(stack: &DebugStack) -> Result {
    let mut command = stack.at_home(env!("CARGO_BIN_EXE_rejoin"));
    command.args(["run", "playbooks/all-connected.yaml", "--target", "local"]);
    command
        .args(["--timing", "fast", "--variant", "fix-b", "--out"])
        .arg(stack.runs());
    refusal(
        &command.output()?,
        &["runs variant issue-395, not fix-b", "rejoin up"],
    )
}

fn refused_port(stack: &DebugStack) -> Result {
    let mut command = stack.rejoin(&["run", "playbooks/all-connected.yaml"]);
    command.arg("--out").arg(stack.runs()).env("API_PORT", "1");
    refusal(&command.output()?, &["127.0.0.1:1", "is the stack up?"])
}

fn leftovers(stack: &DebugStack) -> Result {
    let job = "name: forgotten\ntype: pipeline\nlabels: { rejoin.run: abc123 }\nconfig:\n  input: { generate: { count: 0, interval: 5s, mapping: 'root.message = \"x\"' } }\n  output: { stdout: { codec: lines } }\n";
    let file = stack.state().join("forgotten.yaml");
    std::fs::create_dir_all(stack.state())?;
    std::fs::write(&file, job)?;
    let orchestrator = stack.container("orchestrator");
    let copied = Command::new("docker")
        .arg("cp")
        .arg(&file)
        .arg(format!("{orchestrator}:/tmp/forgotten.yaml"))
        .output()?;
    let cli = |args: &[&str]| {
        let mut command = Command::new("docker");
        command
            .args(["exec", &orchestrator, "expanso-cli", "job"])
            .args(args);
        command.output()
    };
    let deployed = cli(&["deploy", "/tmp/forgotten.yaml"])?;
    if !copied.status.success() || !deployed.status.success() {
        return Err(format!("{}{}", said(&copied), said(&deployed)).into());
    }
    refusal(
        &stack.run("all-connected")?,
        &[
            "not clean",
            "forgotten",
            "left over from run abc123",
            "delete",
        ],
    )?;
    let deleted = cli(&["delete", "forgotten", "--yes", "--force"])?;
    if deleted.status.success() {
        Ok(())
    } else {
        Err(said(&deleted).into())
    }
}
