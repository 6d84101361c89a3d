//! The hands: the containers of a target, the faults injected into them, and how they are undone.
//!
//! [`Faults`] is the port. [`docker`] is the real thing (the only room that knows bollard), with
//! [`recreate`] as its pure part; the simulation has its own in `target/sim`. [`catalogue`] says of each
//! fault what it does, how it is proven and what undoes it; [`many`] bounds what is done at a time; `container`,
//! `sighting` and `error` hold what hands and engine speak of.

pub mod catalogue;
mod container;
pub mod docker;
mod error;
mod heed;
pub mod many;
pub mod recreate;
mod sighting;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::clock::Timestamp;
use crate::playbook::FaultKind;

pub use catalogue::word;
pub use container::{
    ADDED_LABEL, Container, ContainerName, Inventory, MOUNT, NAME_LABEL, NETWORK, PROTECT_LABEL,
    Role, RunState, protects,
};
pub use error::FaultError;
pub use heed::Heed;
pub use sighting::{Lost, MARKS, Sighting};
pub use wanted::Wanted;

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
    /// now on. Of the lines that they write, those that `heed` tells.
    fn watch(&self, heed: Heed) -> mpsc::UnboundedReceiver<Sighting>;
}
