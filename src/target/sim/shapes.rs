//! The world's containers and sightings in the shapes that the harness knows.

use std::collections::BTreeMap;

use standin::sim::{self, ContainerView, Sight, World};

use crate::clock::Timestamp;
use crate::fault::{Container, ContainerName, MOUNT, NETWORK, Role, RunState, Sighting};

/// The one network of the simulation, called as in the debug stack: the one that leads to NATS.
pub(super) const DATA: &str = "data";

/// What a watch tells of it; of networks it tells nothing, as on a container engine.
pub(super) fn sighting(seen: sim::Sighting) -> Option<Sighting> {
    let (at, container) = (Timestamp(seen.at.millis()), ContainerName(seen.container));
    match (words(&seen.what), seen.what) {
        (_, Sight::Connected | Sight::Disconnected) => None,
        (_, Sight::Log(text)) => Some(Sighting::Line {
            at,
            container,
            text,
        }),
        (words, _) => {
            let (action, exit) = words?;
            Some(Sighting::Event {
                at,
                container,
                id: seen.id,
                action: action.to_owned(),
                exit,
            })
        }
    }
}

/// An event in a container engine's words; `None` for a line.
pub(super) fn words(sight: &Sight) -> Option<(&'static str, Option<i64>)> {
    Some(match sight {
        Sight::Created => ("create", None),
        Sight::Started => ("start", None),
        Sight::Died { exit_code } => ("die", Some(*exit_code)),
        Sight::Destroyed => ("destroy", None),
        Sight::Paused => ("pause", None),
        Sight::Unpaused => ("unpause", None),
        Sight::Disconnected => ("disconnect", None),
        Sight::Connected => ("connect", None),
        Sight::Log(_) => return None,
    })
}

/// Whether the container runs; `None` where it is removed or never was.
pub(super) fn state(world: &World, name: &str) -> Option<RunState> {
    run_state(world.container(name)?.state)
}

const fn run_state(state: sim::RunState) -> Option<RunState> {
    match state {
        sim::RunState::Running => Some(RunState::Running),
        sim::RunState::Paused => Some(RunState::Paused),
        sim::RunState::Exited => Some(RunState::Exited),
        sim::RunState::Removed => None,
    }
}

/// The container that a view shows; `None` where there is none now. Those in `added` have another name
/// in playbooks.
pub(super) fn container(
    view: ContainerView,
    added: &BTreeMap<String, String>,
) -> Option<Container> {
    let state = run_state(view.state)?;
    let role = match view.role {
        sim::Role::Nats => Role::Nats,
        sim::Role::Orchestrator => Role::Orchestrator,
        sim::Role::Edge => Role::Edge,
    };
    let mut identity = BTreeMap::from([
        ("state".to_owned(), view.state.to_string()),
        (format!("{MOUNT}/data"), format!("volume {} rw", view.name)),
    ]);
    if !view.cut {
        identity.insert(format!("{NETWORK}{DATA}"), "connected".to_owned());
    }
    Some(Container {
        service: added.get(&view.name).unwrap_or(&view.name).clone(),
        role,
        hostname: view.name.clone(),
        id: view.id,
        image: "standin".to_owned(),
        image_id: String::new(),
        state,
        identity,
        labels: BTreeMap::new(),
        enrols_by_token: false,
        name: ContainerName(view.name),
    })
}
