//! The simulation's hands: every fault proven and undone, edges added and taken away, and what edges say
//! of themselves meanwhile.

use std::collections::BTreeMap;
use std::time::Duration;

use rejoin::api::Orchestrator;
use rejoin::api::model::{ExecutionState, NodeState};
use rejoin::fault::{
    Container, ContainerName, Fault, FaultError, Faults, Heed, NewEdge, RunState, Sighting,
};
use rejoin::playbook::FaultKind::{
    self, Crash, Kill, Partition, Pause, Remove, Restart, Terminate, Wipe,
};
use rejoin::settings::{SimSettings, Timing};
use rejoin::target::matching::{self, Edge};
use rejoin::target::sim::SimTarget;
use rejoin::target::{Target, TargetError, Truth};
use serde_json::json;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn sim() -> Result<SimTarget> {
    Ok(SimTarget::start(
        "sim",
        &SimSettings {
            edges: 2,
            variant: "reconcile".to_owned(),
            timing: Timing::profile("fast").ok_or("no profile")?,
            seed: 7,
            max_hit: None,
        },
    )?)
}

async fn container(target: &SimTarget, name: &str) -> Result<Container> {
    let inventory = target.hands().inventory().await?;
    let found = inventory.get(&ContainerName(name.to_owned()));
    Ok(found.ok_or_else(|| format!("no {name}"))?.clone())
}

async fn edges(target: &SimTarget) -> Result<Vec<Edge>> {
    let inventory = target.hands().inventory().await?;
    Ok(matching::edges(&inventory, target.node_names()))
}

/// Deploys a job that runs for ever on the nodes with these labels, and lets it start.
async fn deploy(target: &SimTarget, labels: serde_json::Value) -> Result {
    let input = json!({ "generate": { "interval": "1s", "mapping": "root.m = 1" } });
    let config = json!({ "input": input, "output": { "stdout": {} } });
    let spec = json!({ "name": "truth", "type": "pipeline", "config": config,
        "selector": { "match_labels": labels } });
    target.eyes().put_job(&spec).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    Ok(())
}

fn cut(networks: &[&str]) -> Fault {
    Fault {
        kind: Partition,
        networks: networks.iter().map(ToString::to_string).collect(),
    }
}

/// A fault as a plan of the simulation resolves it: its one network leads to NATS.
fn of(kind: FaultKind) -> Fault {
    match kind {
        Partition => cut(&["data"]),
        other => other.into(),
    }
}

/// Injects these, one after the other.
async fn hit(target: &SimTarget, faults: [Fault; 2]) -> Result {
    for fault in faults {
        let one = container(target, "edge1").await?;
        target.hands().inject(fault, &one).await?;
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn some_faults_are_undone_while_others_remain() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let before = container(&target, "edge1").await?;
    let recipe = hands.recipe(&before).await?;
    let undo = async |still: &[Fault]| {
        let proof = hands.converge(&recipe, still).await?;
        let words = proof.map(|proof| (proof.events.join(" "), proof.inspect));
        // A process that still boots could not be frozen with sense.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, FaultError>(words)
    };
    // A cut that remains, while another fault on top of it comes and goes.
    for (fault, events) in [
        (Pause, "unpause"),
        (Kill, "start"),
        (Remove, "create start disconnect"),
    ] {
        hit(&target, [of(Partition), fault.into()]).await?;
        let done = undo(&[of(Partition)]).await?.ok_or("nothing done")?;
        assert_eq!(done, (events.to_owned(), "running, cut off".to_owned()));
        assert_eq!(
            before.differences(&container(&target, "edge1").await?),
            ["network.data was connected, is nothing"],
            "{fault:?}"
        );
        undo(&[]).await?.ok_or("nothing left")?;
    }
    // The other way round: the cut ends, the other fault remains.
    for (fault, left) in [(Pause, "paused"), (Kill, "exited")] {
        hit(&target, [of(Partition), fault.into()]).await?;
        let done = undo(&[fault.into()]).await?.ok_or("nothing done")?;
        assert_eq!(done, ("connect".to_owned(), left.to_owned()));
        undo(&[]).await?.ok_or("nothing left")?;
    }
    // What is gone has no network to be connected to.
    hit(&target, [of(Partition), Remove.into()]).await?;
    assert_eq!(undo(&[Remove.into()]).await?, None);
    undo(&[]).await?.ok_or("nothing left")?;
    let after = container(&target, "edge1").await?;
    assert_eq!(before.differences(&after), [""; 0]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_proven_and_undone() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let cases: [(&[FaultKind], &str, &str, &str); 10] = [
        (&[Kill], "die exit=137", "exited", "start"),
        (&[Crash], "die exit=134", "exited", "start"),
        (&[Terminate], "die exit=0", "exited", "start"),
        (&[Remove], "die exit=137 destroy", "404", "create start"),
        (&[Wipe], "die exit=137 destroy", "404", "create start"),
        (&[Pause], "pause", "paused", "unpause"),
        (&[Partition], "disconnect", "running, cut off", "connect"),
        (
            &[Partition, Kill],
            "die exit=137",
            "exited, cut off",
            "connect start",
        ),
        (
            &[Partition, Remove],
            "die exit=137 destroy",
            "404",
            "create start",
        ),
        (
            &[Pause, Partition],
            "disconnect",
            "paused, cut off",
            "connect unpause",
        ),
    ];
    for (faults, last, inspect, undone) in cases {
        for name in ["edge1", "orchestrator"] {
            let before = container(&target, name).await?;
            let recipe = hands.recipe(&before).await?;
            let mut proof = None;
            for kind in faults {
                proof = Some(hands.inject(of(*kind), &before).await?);
            }
            let proof = proof.ok_or("no fault")?;
            let words = (proof.events.join(" "), proof.inspect);
            assert_eq!(words, (last.to_owned(), inspect.to_owned()), "{faults:?}");
            let proof = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
            assert_eq!(proof.events.join(" "), undone, "{faults:?}");
            assert_eq!(hands.converge(&recipe, &[]).await?, None, "{faults:?}");
            let after = container(&target, name).await?;
            assert_eq!(before.differences(&after), [""; 0], "{faults:?}");
            // A process that still boots could not be frozen with sense.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    Ok(())
}

/// What a container engine's hands refuse.
#[tokio::test(start_paused = true)]
async fn a_fault_that_cannot_be_is_refused() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let one = container(&target, "edge1").await?;
    let (two, nats) = (
        container(&target, "edge2").await?,
        container(&target, "nats").await?,
    );
    hands.inject(Pause, &one).await?;
    hands.inject(Kill, &two).await?;
    for fault in [Kill, Terminate, Remove, Wipe, Pause, Restart] {
        refused(&target, fault, &one, "it is paused").await?;
        refused(&target, fault, &two, "it does not run").await?;
    }
    refused(&target, of(Partition), &two, "it does not run").await?;
    refused(
        &target,
        cut(&["more"]),
        &nats,
        "in none of the networks more",
    )
    .await?;
    let recipe = hands.recipe(&two).await?;
    hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    let stale = Container {
        id: "another".to_owned(),
        ..two
    };
    refused(&target, Kill, &stale, "no container with its id").await
}

async fn refused(
    target: &SimTarget,
    fault: impl Into<Fault>,
    container: &Container,
    words: &str,
) -> Result {
    let fault = fault.into();
    match target.hands().inject(fault.clone(), container).await {
        Err(FaultError::NotInjected { reason, .. }) if reason.contains(words) => Ok(()),
        other => Err(format!("{fault:?} of {}: {other:?}, not «{words}»", container.name).into()),
    }
}

#[tokio::test(start_paused = true)]
async fn edges_say_what_they_run_whatever_is_done_to_them() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let edges = edges(&target).await?;
    assert_eq!(target.truth(&edges[0]).await?, Truth::Runs(Vec::new()));
    deploy(&target, json!({})).await?;
    let Truth::Runs(executions) = target.truth(&edges[0]).await? else {
        return Err("it does not say what it runs".into());
    };
    assert_eq!(executions.len(), 1);
    assert_eq!(executions[0].observed, Some(ExecutionState::Running));

    let one = container(&target, "edge1").await?;
    let recipe = hands.recipe(&one).await?;
    hands.inject(of(Partition), &one).await?;
    let cut = target.truth(&edges[0]).await?;
    assert!(
        matches!(cut, Truth::Runs(found) if found == executions),
        "a cut edge runs on"
    );
    hands.inject(Pause, &one).await?;
    let frozen = target.truth(&edges[0]).await;
    assert!(matches!(frozen, Err(TargetError::Frozen(_))), "{frozen:?}");
    hands.converge(&recipe, &[]).await?;
    for fault in [Kill, Remove] {
        hands
            .inject(fault, &container(&target, "edge1").await?)
            .await?;
        assert_eq!(target.truth(&edges[0]).await?, Truth::Down);
        hands.converge(&recipe, &[]).await?;
        let booting = target.truth(&edges[0]).await;
        assert!(
            !matches!(booting, Ok(Truth::Down | Truth::Silent)),
            "{booting:?}"
        );
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

fn more(number: usize) -> NewEdge {
    NewEdge {
        name: ContainerName(format!("rejoin-r1-more-{number}")),
        service: format!("more-{number}"),
        labels: BTreeMap::from([("site".to_owned(), "b".to_owned())]),
        run: "r1".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_added_edge_is_one_of_the_targets_until_it_is_taken_away() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let before = hands.inventory().await?;
    let model = container(&target, "edge1").await?;
    deploy(&target, json!({ "site": "b" })).await?;
    let (new, absence) = (more(1), hands.absence(&more(1)));
    assert_eq!(
        hands.converge(&absence, &[]).await?,
        None,
        "nothing to do yet"
    );
    let proof = hands.add(&new, &model).await?;
    assert_eq!(
        (proof.events.join(" "), proof.inspect),
        ("create start".into(), "running".into())
    );
    let taken = hands.add(&new, &model).await;
    assert!(
        matches!(taken, Err(FaultError::NotInjected { .. })),
        "{taken:?}"
    );
    tokio::time::sleep(Duration::from_secs(5)).await;

    let edges = edges(&target).await?;
    let edge = edges
        .iter()
        .find(|it| it.name == "more-1")
        .ok_or("no edge")?;
    let nodes = target.eyes().nodes().await?;
    let node = matching::node_of(edge, &nodes).ok_or("no node")?;
    assert_eq!(node.state, Some(NodeState::Connected));
    let truth = target.truth(edge).await?;
    assert!(
        matches!(&truth, Truth::Runs(it) if it.len() == 1),
        "{truth:?}"
    );

    // It can be hit, and stand again, like any other.
    let added = container(&target, &new.name.0).await?;
    let recipe = hands.recipe(&added).await?;
    hands.inject(Wipe, &added).await?;
    assert_eq!(hands.converge(&absence, &[]).await?, None, "gone as well");
    hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    assert_eq!(
        container(&target, &new.name.0).await?.state,
        RunState::Running
    );
    hands.converge(&absence, &[]).await?.ok_or("nothing done")?;
    assert_eq!(hands.inventory().await?, before);

    let stranger = NewEdge {
        name: ContainerName("edge2".to_owned()),
        ..more(2)
    };
    let refused = hands.converge(&hands.absence(&stranger), &[]).await;
    assert!(
        matches!(refused, Err(FaultError::Occupied { .. })),
        "{refused:?}"
    );
    assert_eq!(hands.inventory().await?, before);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_of_containers_and_of_the_lines_that_are_wanted() -> Result {
    let target = sim()?;
    let hands = target.hands();
    let mut marks = hands.watch(Heed::marks_and(&[])?);
    let mut more = hands.watch(Heed::marks_and(&["evaluat".to_owned()])?);
    let one = container(&target, "edge1").await?;
    let recipe = hands.recipe(&one).await?;
    hands.inject(of(Partition), &one).await?;
    hands.converge(&recipe, &[]).await?;
    hands.inject(Restart, &one).await?;
    deploy(&target, json!({})).await?;

    let mut told = [Vec::new(), Vec::new()];
    for (sightings, told) in [&mut marks, &mut more].into_iter().zip(&mut told) {
        while let Ok(sighting) = sightings.try_recv() {
            told.push(sighting);
        }
    }
    let events = |told: &[Sighting]| {
        let actions = told.iter().filter_map(|sighting| match sighting {
            Sighting::Event { action, .. } => Some(action.clone()),
            Sighting::Line { .. } | Sighting::Gap { .. } => None,
        });
        actions.collect::<Vec<_>>().join(" ")
    };
    let lines = |told: &[Sighting]| {
        told.iter()
            .filter(|it| matches!(it, Sighting::Line { .. }))
            .count()
    };
    for told in &told {
        assert_eq!(events(told), "die start", "of networks nothing is told");
    }
    assert!(lines(&told[0]) > 0, "the marks are told");
    assert!(
        lines(&told[1]) > lines(&told[0]),
        "and what a playbook asks for"
    );
    Ok(())
}
