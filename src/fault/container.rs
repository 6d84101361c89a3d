//! Containers as the hands see them, and what makes one the same after a fault and its undo.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

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

/// The label of the edges that a run added; its value is the run's id.
pub const ADDED_LABEL: &str = "rejoin.added";

/// The label with which a container says that it must never be touched.
pub const PROTECT_LABEL: &str = "rejoin.protect";

/// Whether this value of [`PROTECT_LABEL`] protects. Everything but `false` does: who wrote the label
/// meant something by it, and compose spells a YAML `true` in more than one way.
pub fn protects(value: Option<&str>) -> bool {
    value.is_some_and(|value| !value.trim().eq_ignore_ascii_case("false"))
}
