//! The hands: the containers of a target, the faults injected into them, and how they are undone.
//!
//! [`Faults`] is the port. [`docker`] is the real thing (the only room that knows bollard), with
//! [`recreate`] as its pure part; the simulation has its own in `target/sim`. [`catalogue`] says of each
//! fault what it does, how it is proven and what undoes it; [`many`] bounds what is done at a time.

pub mod catalogue;
pub mod docker;
mod heed;
pub mod many;
pub mod recreate;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::clock::Timestamp;
use crate::playbook::FaultKind;

pub use catalogue::word;
pub use heed::Heed;
pub use wanted::Wanted;

/// What a container does in the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The message bus.
    Nats,
    /// The orchestrator.
    Orchestrator,
    /// A node's agent.
    Edge,
}

/// Whether a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It runs.
    Running,
    /// It runs, frozen.
    Paused,
    /// It exists and does not run.
    Exited,
}

/// The name of a container, which survives its removal and recreation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContainerName(pub String);

impl fmt::Display for ContainerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A container of the target, as it stood when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its name.
    pub name: ContainerName,
    /// The name that playbooks use for it: the compose service (`edge1`).
    pub service: String,
    /// What it does.
    pub role: Role,
    /// Its hostname, for matching it to a node.
    pub hostname: String,
    /// The engine's id; a recreated container has another.
    pub id: String,
    /// The image as named.
    pub image: String,
    /// The image's id (digest).
    pub image_id: String,
    /// Whether it runs.
    pub state: RunState,
    /// Everything that makes it the same container after a fault and its undo (design: name, image
    /// id, config, networks, mounts, labels, run state), field by field. Values that may hold secrets
    /// (the environment) stand here as hashes only: this is journalled.
    pub identity: BTreeMap<String, String>,
    /// Its labels `rejoin.timing`, `rejoin.variant` and [`PROTECT_LABEL`], where it has them.
    pub labels: BTreeMap<String, String>,
}

impl Container {
    /// The networks that it is in, as the engine calls them.
    pub fn networks(&self) -> impl Iterator<Item = &str> {
        let fields = self.identity.keys();
        fields.filter_map(|field| field.strip_prefix(NETWORK))
    }

    /// Whether its label says that nobody here may touch it.
    pub fn is_protected(&self) -> bool {
        protects(self.labels.get(PROTECT_LABEL).map(String::as_str))
    }

    /// What is not as it was, a phrase for each field; empty where it is the same container after a
    /// fault and its undo.
    pub fn differences(&self, now: &Container) -> Vec<String> {
        let mut found = Vec::new();
        if self.state != now.state {
            found.push(format!("was {:?}, is {:?}", self.state, now.state).to_lowercase());
        }
        let fields: BTreeSet<&String> = self.identity.keys().chain(now.identity.keys()).collect();
        for field in fields {
            let (was, is) = (self.identity.get(field), now.identity.get(field));
            if was != is {
                let text =
                    |value: Option<&String>| value.map_or("nothing", String::as_str).to_owned();
                found.push(format!("{field} was {}, is {}", text(was), text(is)));
            }
        }
        found
    }
}

/// What a container's identity calls its networks, before their names.
pub const NETWORK: &str = "network.";

/// All containers of a target at one moment, by name.
pub type Inventory = BTreeMap<ContainerName, Container>;

/// What an undo needs, opaque to everyone but the hands that made it; goes into the ledger (a private
/// file), never into the journal: it may hold the container's environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Of which container.
    pub container: ContainerName,
    /// How to make it again.
    pub body: serde_json::Value,
}

/// An edge that is to be added to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEdge {
    /// The container's name, which is also its hostname.
    pub name: ContainerName,
    /// The name that playbooks use for it.
    pub service: String,
    /// The labels of its node.
    pub labels: BTreeMap<String, String>,
    /// The run that adds it.
    pub run: String,
}

/// How we know that a fault happened or was undone: the engine's events and what an inspect said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// When the deciding event happened (for Docker: the engine's time).
    pub at: Timestamp,
    /// The engine's events that belong to it, such as `die exit=137`, `destroy`.
    pub events: Vec<String>,
    /// What an inspect said afterwards, such as `404`, `running pid=4711`.
    pub inspect: String,
}

impl Proof {
    /// Whether the container runs anew: what began with a death and ended with a start is its own undo,
    /// whether the fault meant that (a restart) or a restart policy did it (after a crash).
    pub fn came_back(&self) -> bool {
        self.events.last().is_some_and(|event| event == "start")
    }
}

/// The label of the edges that a run added; its value is the run's id.
pub const ADDED_LABEL: &str = "rejoin.added";

/// The label with which a container says that it must never be touched.
pub const PROTECT_LABEL: &str = "rejoin.protect";

/// Whether this value of [`PROTECT_LABEL`] protects. Everything but `false` does: who wrote the label
/// meant something by it, and compose spells a YAML `true` in more than one way.
pub fn protects(value: Option<&str>) -> bool {
    value.is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
}

/// The marks of the log lines that say something about the work (of the instrumented builds of
/// expanso#395); other lines are followed only where a playbook asks for them.
pub const MARKS: [&str; 7] = [
    "DISPATCH:",
    "PUBLISH:",
    "EDGE:",
    "RECONCILER:",
    "REEVALUATOR:",
    "HANDSHAKE:",
    "leave",
];

/// Something that happened in a container, told by the engine while the run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// The container changed.
    Event {
        /// When, by the engine's clock.
        at: Timestamp,
        /// Which container.
        container: ContainerName,
        /// The engine's id of it.
        id: String,
        /// The engine's word: `create`, `start`, `die`, `destroy`, `pause`, `unpause`, ...
        action: String,
        /// The exit code, for `die`.
        exit: Option<i64>,
    },
    /// It wrote a line.
    Line {
        /// When, by the engine's clock.
        at: Timestamp,
        /// Which container.
        container: ContainerName,
        /// The line, without its end.
        text: String,
    },
    /// The stream of sightings broke; what happened meanwhile is not known.
    Gap {
        /// What was lost.
        of: Lost,
        /// Why.
        reason: String,
    },
}

/// A fault with what it needs to be injected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// For a partition: the networks to leave, as the engine calls them; a container leaves those of them
    /// that it is in. Empty for every other fault.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub networks: BTreeSet<String>,
}

impl From<FaultKind> for Fault {
    fn from(kind: FaultKind) -> Self {
        Self {
            kind,
            networks: BTreeSet::new(),
        }
    }
}

/// What a gap lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// Events: what others did to the containers meanwhile, nobody knows.
    Events,
    /// Lines of a container's log.
    #[default]
    Lines,
}

/// What can go wrong with a container.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FaultError {
    /// No engine answers.
    #[error(
        "no container engine at {endpoint}: {reason}; start it, or set DOCKER_HOST or `docker context use`"
    )]
    NoEngine {
        /// Where it was looked for.
        endpoint: String,
        /// What the connection said.
        reason: String,
    },
    /// No container of the target exists.
    #[error("no container matches {what}; bring the stack up first: rejoin up --target {target}")]
    NoMatch {
        /// What was looked for.
        what: String,
        /// The target's name.
        target: String,
    },
    /// The fault's own request found no such container, or one in another state (404, 409, 304).
    #[error("{fault} of {container} was not injected: {reason}")]
    NotInjected {
        /// Which fault.
        fault: String,
        /// Of which container.
        container: ContainerName,
        /// What the engine said.
        reason: String,
    },
    /// The request went through, but no proof came in time.
    #[error("{fault} of {container} is not proven: {reason}")]
    NotProven {
        /// Which fault.
        fault: String,
        /// Of which container.
        container: ContainerName,
        /// What is missing.
        reason: String,
    },
    /// The container has something that recreating it would lose.
    #[error("{container} cannot be recreated as it is: {reason}")]
    NotRecreatable {
        /// Which container.
        container: ContainerName,
        /// What would be lost.
        reason: String,
    },
    /// Something else has the name of a container that is to be brought back; it was not touched.
    #[error(
        "another container holds the name {container} ({reason}); remove or rename it, then restore again"
    )]
    Occupied {
        /// The name.
        container: ContainerName,
        /// Why it is not the container that is owed.
        reason: String,
    },
    /// The container is back, and is not what it was.
    #[error(
        "{container} is back, but not as it was ({differences}); compare it with its compose file and bring the stack up again"
    )]
    NotAsBefore {
        /// Which container.
        container: ContainerName,
        /// What differs, a phrase for each field.
        differences: String,
    },
    /// The engine refused or broke off.
    #[error("the engine failed to {action}: {reason}")]
    Engine {
        /// What was asked of it.
        action: String,
        /// What it said.
        reason: String,
    },
}

impl FaultError {
    /// Whether the same may succeed a little later without anybody's doing, as when the engine was away
    /// for a moment.
    pub const fn may_pass(&self) -> bool {
        match self {
            FaultError::NoEngine { .. }
            | FaultError::NotProven { .. }
            | FaultError::Engine { .. } => true,
            FaultError::NoMatch { .. }
            | FaultError::NotInjected { .. }
            | FaultError::NotRecreatable { .. }
            | FaultError::Occupied { .. }
            | FaultError::NotAsBefore { .. } => false,
        }
    }
}

/// The hands. All waiting inside is bounded; every method may be called for several containers at a time.
#[expect(
    async_fn_in_trait,
    reason = "everything runs on one current-thread runtime; the futures need not be Send"
)]
pub trait Faults {
    /// The containers of the target now. An existing target without any is `NoMatch`.
    async fn inventory(&self) -> Result<Inventory, FaultError>;
    /// What is needed to bring this container back as it is now. Pure looking.
    async fn recipe(&self, container: &Container) -> Result<Recipe, FaultError>;
    /// Injects one fault into one container (by its id as in `container`, so that a namesake made
    /// meanwhile by other hands is not hit) and proves it.
    async fn inject(
        &self,
        fault: impl Into<Fault>,
        container: &Container,
    ) -> Result<Proof, FaultError>;
    /// Makes the container what its recipe says, but for the faults that are `still` wanted, from whatever
    /// it is now: created where it is gone (its volumes, too), started where it does not run, thawed where
    /// it is frozen, connected where it is off its networks; gone where it was added. `None` where nothing
    /// had to be done.
    async fn converge(&self, recipe: &Recipe, still: &[Fault])
    -> Result<Option<Proof>, FaultError>;
    /// Starts an edge that was not there before, made like `model` (an edge of the target) but with an
    /// identity and volumes of its own, and proves it.
    async fn add(&self, edge: &NewEdge, model: &Container) -> Result<Proof, FaultError>;
    /// Whether these hands made the container of this id, by an undo or an addition. A namesake that
    /// other hands made is not the run's to hit.
    fn made(&self, id: &str) -> bool;
    /// The faults that this engine cannot inject, each with a reason that names the engine. Pure looking.
    async fn impossible(&self) -> Result<Vec<(FaultKind, String)>, FaultError> {
        Ok(Vec::new())
    }
    /// The recipe by which [`Faults::converge`] takes an added edge away again, with its volumes. Made
    /// before the edge is, so that the ledger has it first.
    fn absence(&self, edge: &NewEdge) -> Recipe;
    /// Starts telling what happens in the target's containers (also in ones recreated or added later), from
    /// now on. Of the lines that they write, those that `heed` wants.
    fn watch(&self, heed: Heed) -> mpsc::UnboundedReceiver<Sighting>;
}
