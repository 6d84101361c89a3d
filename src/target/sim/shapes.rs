//! The world's containers and sightings in the shapes that the harness knows.

use std::collections::BTreeMap;

use standin::sim::{self, ContainerView, Sight};

use crate::clock::Timestamp;
use crate::fault::{Container, ContainerName, Role, RunState, Sighting};

pub(super) fn sighting(seen: sim::Sighting) -> Sighting {
    let (at, container) = (Timestamp(seen.at.millis()), ContainerName(seen.container));
    match (words(&seen.what), seen.what) {
        (_, Sight::Log(text)) => Sighting::Line {
            at,
            container,
            text,
        },
        (words, _) => {
            let (action, exit) = words.unwrap_or_default();
            Sighting::Event {
                at,
                container,
                id: seen.id,
                action: action.to_owned(),
                exit,
            }
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

/// The container that a view shows; `None` where there is none now.
pub(super) fn container(view: ContainerView) -> Option<Container> {
    let state = match view.state {
        sim::RunState::Running => RunState::Running,
        sim::RunState::Paused => RunState::Paused,
        sim::RunState::Exited => RunState::Exited,
        sim::RunState::Removed => return None,
    };
    let role = match view.role {
        sim::Role::Nats => Role::Nats,
        sim::Role::Orchestrator => Role::Orchestrator,
        sim::Role::Edge => Role::Edge,
    };
    Some(Container {
        service: view.name.clone(),
        role,
        hostname: view.name.clone(),
        id: view.id,
        image: "standin".to_owned(),
        image_id: String::new(),
        state,
        identity: [("state".to_owned(), view.state.to_string())].into(),
        labels: BTreeMap::new(),
        name: ContainerName(view.name),
    })
}
