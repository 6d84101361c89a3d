//! Proofs, from what a witness saw and what an inspect says. Pure.

use serde_json::Value;

use super::witness::Seen;
use crate::clock::Timestamp;
use crate::fault::recreate::json::text;
use crate::fault::recreate::state;
use crate::fault::{ContainerName, FaultError, Proof, RunState};

/// A proof from the events seen (never empty) and the words of an inspect.
pub(super) fn proof(seen: &[Seen], inspect: String) -> Proof {
    Proof {
        at: seen
            .last()
            .map_or(Timestamp(0), |event| event.time.timestamp()),
        events: seen.iter().map(Seen::words).collect(),
        inspect,
    }
}

/// Two proofs of one undo, in this order: the later one says what came of it.
pub(super) fn then(earlier: Proof, later: Proof) -> Proof {
    let mut events = earlier.events;
    events.extend(later.events);
    Proof { events, ..later }
}

/// The words of an inspect about a container: `running pid=4711`, `paused`, `exited`, ...
pub(super) fn words(inspect: &Value) -> String {
    match state(inspect) {
        RunState::Running => {
            let pid = inspect.pointer("/State/Pid").and_then(Value::as_u64);
            format!("running pid={}", pid.unwrap_or_default())
        }
        RunState::Paused | RunState::Exited => text(inspect, "/State/Status").to_owned(),
    }
}

/// The request went through, but what it should have done was not seen.
pub(super) fn not_proven(word: &str, container: &ContainerName, reason: String) -> FaultError {
    FaultError::NotProven {
        fault: word.to_owned(),
        container: container.clone(),
        reason,
    }
}
