//! What only looks touches nothing: the engine's own stream of events stays empty.

use std::io::Write;

use super::Result;
use super::engine::lone_engine_test;
use super::guard::playbook;
use super::stack::{DebugStack, said};
use super::undo::docker;

const PROJECT: &str = "rejoin-quiet";
/// Every fault, and everything that undoes one.
const STEPS: &str = "  - kill: { nodes: edge1 }
  - restore: { nodes: edge1 }
  - terminate: { nodes: edge1 }
  - remove: { nodes: edge2 }
  - remove: { nodes: edge1, wipe: true }
  - pause: { services: [orchestrator] }
  - partition: { nodes: edge2 }
  - restart: { services: [nats] }
  - add: { edges: 2, as: more }
";
/// How often others on the engine may be in the way.
const TRIES: usize = 20;

#[test]
fn plan_check_status_get_and_doctor_touch_nothing() {
    lone_engine_test(async || {
        let stack = DebugStack::up(PROJECT, "reconcile")?;
        let folder = tempfile::tempdir()?;
        let every = playbook(folder.path(), STEPS)?.display().to_string();
        let looks: [&[&str]; 7] = [
            &[
                "plan",
                &every,
                "playbooks/stuck-pending.yaml",
                "playbooks/identity-lost.yaml",
            ],
            &["plan", "playbooks"],
            &["check", &every, "playbooks"],
            &["status"],
            &["get", "nodes"],
            &["get", "executions"],
            &["doctor"],
        ];
        for args in looks {
            quiet(|| {
                let output = stack.rejoin(args).output()?;
                // Some shipped playbooks need more edges than this stack has: refused, and as quiet.
                match output.status.code() {
                    Some(0 | 3) => Ok(()),
                    _ => Err(said(&output).into()),
                }
            })?;
        }
        let looks = looks.len();
        writeln!(
            std::io::stderr(),
            "{looks} ways to look: 0 events on the engine"
        )?;
        let loud = quiet(|| {
            docker(&["pause", &stack.container("edge1")])?;
            docker(&["unpause", &stack.container("edge1")]).map(drop)
        });
        let heard = loud.err().map(|error| error.to_string());
        assert!(
            heard.is_some_and(|it| it.contains("unpause")),
            "a deaf test"
        );
        Ok(())
    });
}

/// Does something during which nothing may happen on the whole engine. Where somebody else was at work
/// meanwhile nothing is known, and it is done again.
fn quiet(look: impl Fn() -> Result) -> Result {
    for _ in 0..TRIES {
        let since = now()?;
        look()?;
        let told = docker(&[
            "events",
            "--format",
            "{{json .}}",
            "--since",
            &since,
            "--until",
            &now()?,
        ])?;
        let ours = told.lines().find(|event| event.contains(PROJECT));
        if let Some(event) = ours {
            return Err(format!("touched: {told} ({event})").into());
        }
        if told.is_empty() {
            return Ok(());
        }
    }
    Err("others are at work on the engine all the time".into())
}

/// The engine's own time.
fn now() -> Result<String> {
    docker(&["info", "--format", "{{.SystemTime}}"])
}
