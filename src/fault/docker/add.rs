//! Starting edges that were not there before.

use std::collections::BTreeMap;

use serde_json::Value;

use super::DockerHands;
use super::make::Making;
use super::recipe::{described, image_now};
use super::volumes::{self, Volume};
use crate::fault::recreate::addition;
use crate::fault::{Container, FaultError, Faults, NewEdge, Proof, Role, RunState, Wanted};

/// Starts `edge`, made like `model`, and proves it.
pub(super) async fn add(
    hands: &DockerHands,
    edge: &NewEdge,
    model: &Container,
) -> Result<Proof, FaultError> {
    let not_injected = |reason: String| FaultError::NotInjected {
        fault: "add".to_owned(),
        container: edge.name.clone(),
        reason,
    };
    let taken = || not_injected("another container has this name".to_owned());
    let engine = hands.engine();
    if engine.plain.named(&edge.name).await?.is_some() {
        return Err(taken());
    }
    let inspect = whole(hands, model).await?.ok_or_else(|| {
        not_injected(format!(
            "neither {} nor another edge runs and has all its networks: there is nothing to make it like",
            model.service
        ))
    })?;
    if let Some(folder) = volumes::host_folder(&inspect) {
        return Err(not_injected(format!(
            "{} writes to {folder} of the host, and so would an edge made like it",
            model.service
        )));
    }
    let labels = hands.scope().edge_labels(edge);
    let image = image_now(hands, &inspect).await?;
    let made = addition(&inspect, &image, edge, &labels).map_err(not_injected)?;
    for name in made.volumes {
        let volume = Volume {
            name,
            driver: "local".to_owned(),
            options: BTreeMap::new(),
            labels: hands.scope().volume_labels(edge),
        };
        volumes::make(engine, &volume).await?;
    }
    let making = Making {
        engine,
        name: &edge.name,
        creation: &made.creation,
        wanted: &Wanted::default(),
    };
    let id = making.create().await?.ok_or_else(taken)?;
    hands.remember(&id);
    making.complete(&id).await
}

/// The model as it is now, or another edge where a fault is on it: what it is off at the moment, the new
/// one would never have.
async fn whole(hands: &DockerHands, model: &Container) -> Result<Option<Value>, FaultError> {
    let inventory = hands.inventory().await?;
    let nats: Vec<&Container> = of_role(&inventory, Role::Nats).collect();
    let mut edges: Vec<&Container> = of_role(&inventory, Role::Edge).collect();
    edges.sort_by_key(|edge| edge.name != model.name);
    let candidate = edges.into_iter().find(|edge| {
        let reaches = nats.iter().any(|nats| share_a_network(edge, nats));
        edge.state == RunState::Running && (nats.is_empty() || reaches)
    });
    let Some(candidate) = candidate else {
        return Ok(None);
    };
    let found = hands.engine().plain.inspect(&candidate.id).await?;
    Ok(found.filter(|inspect| described(hands, inspect).is_some()))
}

fn of_role(inventory: &crate::fault::Inventory, role: Role) -> impl Iterator<Item = &Container> {
    inventory.values().filter(move |it| it.role == role)
}

fn share_a_network(one: &Container, other: &Container) -> bool {
    let shared = |network| other.networks().any(|its| its == network);
    one.networks().any(shared)
}
