//! What can go wrong with a container.
//!
//! Apart so that whoever reads what can go wrong finds it in one place.

use super::ContainerName;

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
