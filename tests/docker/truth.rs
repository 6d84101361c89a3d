//! What edges say of themselves on Docker, whatever is done to them; what becomes of added ones.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Result;
use super::engine::engine_test;
use super::fault::fault;
use super::hands::edge;
use super::stack::{DebugStack, said};
use super::undo::docker;
use rejoin::api::Orchestrator;
use rejoin::api::model::{Execution, ExecutionState};
use rejoin::fault::{ContainerName, Faults, NewEdge};
use rejoin::playbook::FaultKind::{self, Kill, Partition, Pause, Remove};
use rejoin::target::docker::DockerTarget;
use rejoin::target::matching::{self, Edge};
use rejoin::target::{Target, TargetError, Truth};

const PROJECT: &str = "rejoin-truth";
/// Generous: on the profile `fast` a job runs after a second or two.
const LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(200);

#[test]
fn edges_say_what_they_run_whatever_is_done_to_them() {
    engine_test(|| async {
        let stack = DebugStack::up(PROJECT, "reconcile")?;
        let target = stack.target().await?;
        let before = target.hands().inventory().await?;
        let edges = matching::edges(&before, target.node_names());
        let one = edges.first().ok_or("no edges")?;
        assert_eq!(target.truth(one).await?, Truth::Runs(Vec::new()));
        let job = serde_json::json!({
            "name": "truth", "type": "pipeline",
            "config": { "input": { "generate": { "interval": "1s", "mapping": "root.m = 1" } },
                        "output": { "stdout": {} } },
        });
        target.eyes().put_job(&job).await?;
        let running = runs(&target, one).await?;
        with(
            &target,
            one,
            Partition,
            |truth| matches!(truth, Ok(Truth::Runs(it)) if it.len() == 1 && it[0].id == running.id),
        )
        .await?;
        with(&target, one, Pause, |truth| {
            matches!(truth, Err(TargetError::Frozen(_)))
        })
        .await?;
        with(&target, one, Kill, |truth| matches!(truth, Ok(Truth::Down))).await?;
        with(&target, one, Remove, |truth| {
            matches!(truth, Ok(Truth::Down))
        })
        .await?;
        runs(&target, one).await?;

        // The orchestrator's API, too, is published through a network of its own.
        let orchestrator = edge(&before, "orchestrator")?;
        let recipe = target.hands().recipe(orchestrator).await?;
        target
            .hands()
            .inject(fault(Partition, &before), orchestrator)
            .await?;
        assert_eq!(target.eyes().nodes().await?.len(), 2);
        target
            .hands()
            .converge(&recipe, &[])
            .await?
            .ok_or("nothing done")?;
        added(&stack, &target).await
    });
}

/// The edge as it says itself while a fault is on it.
async fn with(
    target: &DockerTarget,
    edge: &Edge,
    kind: FaultKind,
    expected: impl Fn(&std::result::Result<Truth, TargetError>) -> bool,
) -> Result {
    let hands = target.hands();
    let inventory = hands.inventory().await?;
    let container = &inventory[&edge.container];
    let recipe = hands.recipe(container).await?;
    hands.inject(fault(kind, &inventory), container).await?;
    let truth = target.truth(edge).await;
    assert!(expected(&truth), "{kind:?}: {truth:?}");
    hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    Ok(())
}

/// Waits until the edge says that it runs its one execution.
async fn runs(target: &DockerTarget, edge: &Edge) -> Result<Execution> {
    let running = async {
        loop {
            // Just started, it may not serve its API yet.
            if let Ok(Truth::Runs(executions)) = target.truth(edge).await {
                let mut running = executions
                    .into_iter()
                    .filter(|it| it.observed == Some(ExecutionState::Running));
                if let Some(execution) = running.next() {
                    return execution;
                }
            }
            tokio::time::sleep(POLL).await;
        }
    };
    let limit = tokio::time::timeout(LIMIT, running).await;
    limit.map_err(|_| format!("{} runs nothing after {LIMIT:?}", edge.name).into())
}

/// An added edge becomes a node, runs what all run, says so, and goes with the stack.
async fn added(stack: &DebugStack, target: &DockerTarget) -> Result {
    let inventory = target.hands().inventory().await?;
    let new = NewEdge {
        name: ContainerName(format!("{PROJECT}-r1-more-1")),
        service: "more-1".to_owned(),
        labels: BTreeMap::from([("site".to_owned(), "b".to_owned())]),
        run: "r1".to_owned(),
    };
    target.hands().add(&new, edge(&inventory, "edge1")?).await?;
    let inventory = target.hands().inventory().await?;
    let edges = matching::edges(&inventory, target.node_names());
    let more = edges.iter().find(|it| it.name == "more-1").ok_or("none")?;
    runs(target, more).await?;
    let nodes = target.eyes().nodes().await?;
    let node = matching::node_of(more, &nodes).ok_or("no node")?;
    assert_eq!(node.name.as_deref(), Some(new.name.0.as_str()));
    assert_eq!(nodes.len(), 3, "with an identity of its own");

    let down = stack.rejoin(&["down"]).output()?;
    assert!(down.status.success(), "{}", said(&down));
    assert!(said(&down).contains(&new.name.0), "{}", said(&down));
    assert!(docker(&["inspect", &new.name.0]).is_err());
    let volumes = docker(&["volume", "ls", "-q", "--filter", &format!("name={PROJECT}")])?;
    assert_eq!(volumes, "");
    let networks = docker(&[
        "network",
        "ls",
        "-q",
        "--filter",
        &format!("name={PROJECT}"),
    ])?;
    assert_eq!(networks, "");
    Ok(())
}
