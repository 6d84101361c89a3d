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
    /// Its compose service (`edge1`); playbooks use [`Container::known_as`].
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
    /// Its labels `rejoin.timing`, `rejoin.variant`, [`NAME_LABEL`] and [`PROTECT_LABEL`], where it has them.
    pub labels: BTreeMap<String, String>,
    /// Whether its environment holds a bootstrap token, with which a new edge joins.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enrols_by_token: bool,
}

impl Container {
    /// The name that playbooks use for it: its label [`NAME_LABEL`], else the compose service.
    pub fn known_as(&self) -> &str {
        let name = self.labels.get(NAME_LABEL).filter(|name| !name.is_empty());
        name.unwrap_or(&self.service)
    }

    /// Whether anything that outlives it holds data of it: a volume, or a folder of the host, that it may
    /// write. An edge without is somebody else once it was removed.
    pub fn keeps_data(&self) -> bool {
        let kept = |(field, mount): (&String, &String)| {
            let outlives = mount.starts_with("volume ") || mount.starts_with("bind ");
            field.starts_with(MOUNT) && outlives && mount.ends_with(" rw")
        };
        self.identity.iter().any(kept)
    }

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

/// What a container's identity calls its mounts, before the folder.
pub const MOUNT: &str = "mount.";

/// The label that gives a container the name which playbooks use, where the compose service has another:
/// two compose files of one project must not have services of one name.
pub const NAME_LABEL: &str = "rejoin.name";

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
