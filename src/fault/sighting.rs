//! What happens in containers while a run goes on, as the engine tells it.

use serde::{Deserialize, Serialize};

use super::ContainerName;
use crate::clock::Timestamp;

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
