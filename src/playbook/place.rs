//! Who: nodes and services, as a playbook names them.

use serde::{Deserialize, Serialize};

/// What a fault, a restore or a claim about logs is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `nodes:`, the edges of nodes.
    Nodes(Selection),
    /// `services:`, in the order given, each once.
    Services(Vec<Service>),
}

/// The services of a deployment that are no edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// The orchestrator.
    Orchestrator,
    /// The message bus.
    Nats,
}

/// A selection of nodes, by the names of their edges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// `all`: every edge container at the moment of judging.
    All,
    /// Names of edges or of earlier selections, in the order given, not resolved yet.
    Names(Vec<String>),
    /// `{ pick: N }`: N edges drawn with the run's seed.
    Pick(usize),
    /// `{ spared: NAME }`: every edge but those of an earlier selection. (`{ hit: NAME }` and
    /// `{ added: NAME }` are `Names`.)
    Spared(String),
}
