//! The simulation's hands: faults on the containers of the in-memory world, proven by what it tells.
//!
//! They refuse what a container engine's hands refuse, so that a playbook means the same on both.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use standin::sim::{World, WorldError};
use tokio::sync::{mpsc, watch};

use super::shapes::{DATA, container, sighting, state, words};
use crate::clock::Timestamp;
use crate::fault::{
    Container, ContainerName, Fault, FaultError, Faults, Heed, Inventory, NewEdge, Proof, Recipe,
    RunState, Sighting, Wanted, word,
};
use crate::playbook::FaultKind;

/// Something that can be done to a container, by its name.
type Action = fn(&World, &str) -> Result<(), WorldError>;

/// Hands on the containers of a world.
#[derive(Debug)]
pub struct SimHands {
    world: World,
    /// The edges that a run added, with the names that playbooks use for them.
    added: Mutex<BTreeMap<String, String>>,
}

impl SimHands {
    pub(super) const fn new(world: World) -> Self {
        Self {
            world,
            added: Mutex::new(BTreeMap::new()),
        }
    }

    /// The world's hint when to look.
    pub(super) fn changed(&self) -> watch::Receiver<u64> {
        self.world.changed()
    }

    /// The world.
    pub(super) const fn world(&self) -> &World {
        &self.world
    }

    fn added(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The container as it is now; `None` where it is removed or never was.
    fn look(&self, name: &str) -> Option<Container> {
        container(self.world.container(name)?, &self.added())
    }

    fn state(&self, name: &str) -> Option<RunState> {
        state(&self.world, name)
    }

    fn cut(&self, name: &str) -> bool {
        self.world.container(name).is_some_and(|view| view.cut)
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
        let words = match self.state(name) {
            Some(RunState::Running) => "running",
            Some(RunState::Paused) => "paused",
            Some(RunState::Exited) => "exited",
            None => "404",
        };
        let off = if self.cut(name) { ", cut off" } else { "" };
        Ok(Proof {
            at: Timestamp(self.world.now().millis()),
            events: events
                .into_iter()
                .map(|(action, exit)| match exit {
                    Some(code) => format!("{action} exit={code}"),
                    None => action.to_owned(),
                })
                .collect(),
            inspect: format!("{words}{off}"),
        })
    }

    /// Why this fault cannot be injected into the container as it is.
    fn obstacle(&self, fault: FaultKind, container: &Container) -> Option<&'static str> {
        let now = self.look(&container.name.0);
        let Some(now) = now.filter(|now| now.id == container.id) else {
            return Some("no container with its id is there any more");
        };
        match (now.state, fault) {
            (RunState::Exited, _) => Some("it does not run"),
            (RunState::Running, _) | (RunState::Paused, FaultKind::Partition) => None,
            (RunState::Paused, _) => Some("it is paused"),
        }
    }

    /// Takes an edge away that was added; `None` where there is none.
    fn withdraw(&self, name: &str) -> Result<Option<Proof>, FaultError> {
        let (state, ours) = (self.state(name), self.added().contains_key(name));
        match (state, ours) {
            (None, _) => Ok(None),
            (Some(_), false) => Err(FaultError::Occupied {
                container: ContainerName(name.to_owned()),
                reason: "no run added it".to_owned(),
            }),
            (Some(_), true) => {
                let removed = self.act(|world, name| world.remove(name, true), name);
                removed
                    .map(Some)
                    .map_err(|error| failed("remove", name, &error))
            }
        }
    }
}

impl Faults for SimHands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let added = self.added();
        let views = self.world.containers().into_iter();
        let found = views.filter_map(|view| container(view, &added));
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

    async fn inject(
        &self,
        fault: impl Into<Fault>,
        container: &Container,
    ) -> Result<Proof, FaultError> {
        let fault = fault.into();
        let action: Action = match fault.kind {
            FaultKind::Kill => World::kill,
            FaultKind::Crash => World::crash,
            FaultKind::Terminate => World::terminate,
            FaultKind::Remove => |world, name| world.remove(name, false),
            FaultKind::Wipe => |world, name| world.remove(name, true),
            FaultKind::Pause => World::pause,
            FaultKind::Partition => World::cut,
            FaultKind::Restart => World::restart,
        };
        let not_injected = |reason: String| FaultError::NotInjected {
            fault: word(fault.kind).to_owned(),
            container: container.name.clone(),
            reason,
        };
        if let Some(obstacle) = self.obstacle(fault.kind, container) {
            return Err(not_injected(obstacle.to_owned()));
        }
        if fault.kind == FaultKind::Partition && !fault.networks.contains(DATA) {
            let networks: Vec<String> = fault.networks.into_iter().collect();
            let networks = networks.join(", ");
            return Err(not_injected(format!(
                "it is in none of the networks {networks}"
            )));
        }
        self.act(action, &container.name.0)
            .map_err(|error| not_injected(error.to_string()))
    }

    async fn converge(
        &self,
        recipe: &Recipe,
        still: &[Fault],
    ) -> Result<Option<Proof>, FaultError> {
        let wanted = Wanted::with(still);
        let name = recipe.container.0.as_str();
        if recipe.body.get("absent").is_some() {
            return self.withdraw(name);
        }
        let runs = recipe.body["runs"] != Value::Bool(false);
        let wake: Option<Action> = match (self.state(name), wanted.state) {
            (Some(RunState::Paused), None) => Some(World::unpause),
            (Some(RunState::Exited), None) if runs => Some(World::start),
            (None, None) => Some(World::start),
            _ => None,
        };
        let cut = self.cut(name) && !wanted.off.contains(DATA);
        if wanted.gone || (wake.is_none() && !cut) {
            return Ok(None);
        }
        // A container that is made again is in its network, also if it has to stay off it.
        let made_off = self.state(name).is_none() && wanted.off.contains(DATA);
        // The bus first, so that a process that wakes up finds it.
        let mended = self.act(
            |world, name| {
                if cut {
                    world.heal(name)?;
                }
                wake.map_or(Ok(()), |wake| wake(world, name))?;
                if made_off {
                    world.cut(name)?;
                }
                Ok(())
            },
            name,
        );
        mended
            .map(Some)
            .map_err(|error| failed("start", name, &error))
    }

    async fn add(&self, edge: &NewEdge, _model: &Container) -> Result<Proof, FaultError> {
        let name = edge.name.0.as_str();
        let proof = self
            .act(
                |world, name| world.add_edge(name, edge.labels.clone()),
                name,
            )
            .map_err(|error| FaultError::NotInjected {
                fault: "add".to_owned(),
                container: edge.name.clone(),
                reason: error.to_string(),
            })?;
        self.added().insert(name.to_owned(), edge.service.clone());
        Ok(proof)
    }

    fn made(&self, _: &str) -> bool {
        true // nobody else has hands on this world
    }

    fn absence(&self, edge: &NewEdge) -> Recipe {
        Recipe {
            container: edge.name.clone(),
            body: json!({ "absent": { "run": edge.run } }),
        }
    }

    fn watch(&self, heed: Heed) -> mpsc::UnboundedReceiver<Sighting> {
        let mut from = self.world.sightings();
        let (to, sightings) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(seen) = from.recv().await {
                let sighting = sighting(seen).filter(|sighting| match sighting {
                    Sighting::Line { text, .. } => heed.tells(text),
                    Sighting::Event { .. } | Sighting::Gap { .. } => true,
                });
                if sighting.is_some_and(|sighting| to.send(sighting).is_err()) {
                    break;
                }
            }
        });
        sightings
    }
}

fn failed(action: &str, name: &str, error: &WorldError) -> FaultError {
    FaultError::Engine {
        action: format!("{action} {name}"),
        reason: error.to_string(),
    }
}
