//! Taking added edges away again, with their volumes.

use bollard::query_parameters::RemoveContainerOptionsBuilder;
use serde_json::Value;
use tokio::time::Instant;

use super::DockerHands;
use super::converge::{LOOK_AGAIN, REMOVAL_LIMIT, still_there};
use super::engine::failed;
use super::proof::{not_proven, proof};
use super::scope::ADDED;
use super::time::EngineTime;
use super::volumes;
use super::witness::Witness;
use crate::fault::recreate::json::{object, text};
use crate::fault::{ContainerName, FaultError, PROTECT_LABEL, Proof, protects};

/// Takes this edge, which `run` added, and its volumes away, whatever is left of them.
pub(super) async fn converge(
    hands: &DockerHands,
    name: &ContainerName,
    run: &str,
) -> Result<Option<Proof>, FaultError> {
    let removed = remove_container(hands, name, run).await?;
    let left = volumes::labelled(hands.engine(), &hands.scope().of_volumes(name)).await?;
    for volume in &left {
        volumes::remove(hands.engine(), volume).await?;
    }
    if removed.is_none() && !left.is_empty() {
        return Ok(Some(Proof {
            at: hands.engine().now().await?.timestamp(),
            events: Vec::new(),
            inspect: "404".to_owned(),
        }));
    }
    Ok(removed)
}

/// Takes every added edge of the target away, whichever run left it; says which.
pub(super) async fn all(hands: &DockerHands) -> Result<Vec<ContainerName>, FaultError> {
    let labels = hands.scope().of_added();
    let mut gone = Vec::new();
    for container in hands.listed(labels.clone()).await? {
        let run = container.labels.and_then(|mut labels| labels.remove(ADDED));
        let name = container.names.into_iter().flatten().next();
        let (Some(name), Some(run)) = (name, run) else {
            continue;
        };
        let name = ContainerName(name.trim_start_matches('/').to_owned());
        converge(hands, &name, &run).await?;
        gone.push(name);
    }
    // What a crash left between a container's removal and that of its volumes.
    for volume in volumes::labelled(hands.engine(), &labels).await? {
        volumes::remove(hands.engine(), &volume).await?;
    }
    gone.sort();
    Ok(gone)
}

/// Waits as long as the engine is removing it already.
async fn remove_container(
    hands: &DockerHands,
    name: &ContainerName,
    run: &str,
) -> Result<Option<Proof>, FaultError> {
    let deadline = Instant::now() + REMOVAL_LIMIT;
    loop {
        let Some(found) = hands.engine().plain.named(name).await? else {
            return Ok(None);
        };
        if text(&found, "/State/Status") != "removing" {
            must_be_added(hands, name, run, &found)?;
            return remove(hands, name, text(&found, "/Id")).await.map(Some);
        }
        if Instant::now() >= deadline {
            return Err(still_there(name));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn must_be_added(
    hands: &DockerHands,
    name: &ContainerName,
    run: &str,
    inspect: &Value,
) -> Result<(), FaultError> {
    let labels = object(inspect, "/Config/Labels");
    let label = |name: &str| labels.and_then(|labels| labels.get(name)?.as_str());
    let reason = match label(ADDED) {
        Some(_) if protects(label(PROTECT_LABEL)) => {
            format!("it is protected by its label {PROTECT_LABEL}")
        }
        Some(by) if by == run && hands.scope().member(label).is_some() => return Ok(()),
        Some(by) if by != run => format!("it was added by the run {by}"),
        Some(_) => format!("it is not part of {}", hands.scope().describe()),
        None => format!("it was not added by the run {run}"),
    };
    Err(FaultError::Occupied {
        container: name.clone(),
        reason,
    })
}

async fn remove(hands: &DockerHands, name: &ContainerName, id: &str) -> Result<Proof, FaultError> {
    let engine = hands.engine();
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    let witness = Witness::of(engine, id, EngineTime::EVER); // a container is destroyed once
    let request = engine.docker.remove_container(id, Some(options));
    let account = witness.through(request, &["destroy"]).await;
    let account = account.map_err(|error| failed(&format!("remove {name}"), &error))?;
    let seen = account.map_err(|missing| not_proven("removal", name, missing))?;
    match engine.plain.inspect(id).await? {
        None => Ok(proof(&seen, "404".to_owned())),
        Some(_) => Err(not_proven(
            "removal",
            name,
            "an inspect still finds it".to_owned(),
        )),
    }
}
