//! The simulation's hands: faults on the containers of the in-memory world, proven by what it tells.

use serde_json::{Value, json};
use standin::sim::{World, WorldError};
use tokio::sync::{mpsc, watch};

use super::shapes::{container, sighting, words};
use crate::clock::Timestamp;
use crate::fault::{
    Container, ContainerName, FaultError, Faults, Inventory, Proof, Recipe, RunState, Sighting,
};
use crate::playbook::FaultKind;

/// Something that can be done to a container, by its name.
type Action = fn(&World, &str) -> Result<(), WorldError>;

/// Hands on the containers of a world.
#[derive(Debug)]
pub struct SimHands {
    world: World,
}

impl SimHands {
    pub(super) const fn new(world: World) -> Self {
        Self { world }
    }

    /// The world's hint when to look.
    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.world.changed()
    }

    /// The container as it is now; `None` where it is removed or never was.
    fn look(&self, name: &ContainerName) -> Option<Container> {
        self.world
            .containers()
            .into_iter()
            .find(|view| view.name == name.0)
            .and_then(container)
    }

    /// Does something to a container; says what the world told about it meanwhile.
    fn act(
        &self,
        action: impl FnOnce(&World, &str) -> Result<(), WorldError>,
        name: &str,
    ) -> Result<Proof, WorldError> {
        let mut sightings = self.world.sightings();
        action(&self.world, name)?;
        let mut events = Vec::new();
        while let Ok(seen) = sightings.try_recv() {
            if seen.container == name {
                events.extend(words(&seen.what));
            }
        }
        Ok(Proof {
            at: Timestamp(self.world.now().millis()),
            events: events
                .into_iter()
                .map(|(action, exit)| match exit {
                    Some(code) => format!("{action} exit={code}"),
                    None => action.to_owned(),
                })
                .collect(),
            inspect: match self
                .look(&ContainerName(name.to_owned()))
                .map(|found| found.state)
            {
                Some(RunState::Running) => "running".to_owned(),
                Some(RunState::Paused) => "paused".to_owned(),
                Some(RunState::Exited) => "exited".to_owned(),
                None => "404".to_owned(),
            },
        })
    }
}

impl Faults for SimHands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let found = self.world.containers().into_iter().filter_map(container);
        Ok(found
            .map(|container| (container.name.clone(), container))
            .collect())
    }

    async fn recipe(&self, container: &Container) -> Result<Recipe, FaultError> {
        Ok(Recipe {
            container: container.name.clone(),
            body: json!({ "runs": container.state == RunState::Running }),
        })
    }

    async fn inject(&self, fault: FaultKind, container: &Container) -> Result<Proof, FaultError> {
        let (word, action): (_, Action) = match fault {
            FaultKind::Kill => ("kill", World::kill),
            FaultKind::Remove => ("remove", |world, name| world.remove(name, false)),
            FaultKind::Restart => ("restart", World::restart),
        };
        let not_injected = |reason: String| FaultError::NotInjected {
            fault: word.to_owned(),
            container: container.name.clone(),
            reason,
        };
        if self
            .look(&container.name)
            .is_none_or(|now| now.id != container.id)
        {
            return Err(not_injected(
                "no container with its id is there any more".to_owned(),
            ));
        }
        self.act(action, &container.name.0)
            .map_err(|error| not_injected(error.to_string()))
    }

    async fn converge(&self, recipe: &Recipe) -> Result<Option<Proof>, FaultError> {
        let name = &recipe.container;
        let action = match self.look(name).map(|found| found.state) {
            Some(RunState::Running) => return Ok(None),
            Some(RunState::Exited) if recipe.body["runs"] == Value::Bool(false) => return Ok(None),
            Some(RunState::Paused) => World::unpause,
            Some(RunState::Exited) | None => World::start,
        };
        let proof = self
            .act(action, &name.0)
            .map_err(|error| FaultError::Engine {
                action: format!("start {name}"),
                reason: error.to_string(),
            })?;
        Ok(Some(proof))
    }

    fn watch(&self) -> mpsc::UnboundedReceiver<Sighting> {
        let mut from = self.world.sightings();
        let (to, sightings) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(seen) = from.recv().await {
                if to.send(sighting(seen)).is_err() {
                    break;
                }
            }
        });
        sightings
    }
}
