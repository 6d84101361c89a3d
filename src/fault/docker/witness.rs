//! The engine's own account of what happens to one container: the events that prove a fault or its undo.
//!
//! Subscribed before the request. The engine also replays its recent events from `since` on, a time of
//! its own clock, so neither a slow subscription nor a clock that differs can lose the proof.

use std::pin::Pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::{Stream, StreamExt};
use serde_json::Value;

use super::engine::{Engine, reason};
use crate::clock::Timestamp;
use crate::fault::recreate::json::text;

/// All events that the engine still remembers; right for a container that is new or about to end.
pub(super) const EVER: &str = "1";

/// One event of a container.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) at: Timestamp,
    pub(super) action: String,
    pub(super) exit: Option<i64>,
}

impl Seen {
    /// Reads the engine's message; `None` for one without a time or an action.
    pub(super) fn read(message: &EventMessage) -> Option<Self> {
        let nanos = u64::try_from(message.time_nano?).ok()?;
        let attributes = message
            .actor
            .as_ref()
            .and_then(|actor| actor.attributes.as_ref());
        let exit = attributes.and_then(|all| all.get("exitCode")?.parse().ok());
        Some(Self {
            at: Timestamp(nanos / 1_000_000),
            action: message.action.clone()?,
            exit,
        })
    }

    /// `die exit=137`, as a proof says it.
    pub(super) fn words(&self) -> String {
        match self.exit {
            Some(code) => format!("{} exit={code}", self.action),
            None => self.action.clone(),
        }
    }
}

/// A subscription to the events of one container.
pub(super) struct Witness {
    stream: Pin<Box<dyn Stream<Item = Result<EventMessage, bollard::errors::Error>> + Send>>,
}

impl Witness {
    /// Subscribes to the container with this id, from `since` on.
    pub(super) fn of(engine: &Engine, id: &str, since: &str) -> Self {
        let filters = [("type", vec!["container"]), ("container", vec![id])].into();
        let options = EventsOptionsBuilder::new()
            .since(since)
            .filters(&filters)
            .build();
        Self {
            stream: Box::pin(engine.docker.events(Some(options))),
        }
    }

    /// Waits until these actions were seen in this order; says what is missing after `limit`.
    pub(super) async fn saw(
        &mut self,
        actions: &[&str],
        limit: Duration,
    ) -> Result<Vec<Seen>, String> {
        let mut seen: Vec<Seen> = Vec::new();
        let deadline = tokio::time::Instant::now() + limit;
        while let Some(wanted) = actions.get(seen.len()) {
            let Ok(next) = tokio::time::timeout_at(deadline, self.stream.next()).await else {
                return Err(format!("no `{wanted}` event within {} s", limit.as_secs()));
            };
            match next {
                Some(Ok(message)) => {
                    seen.extend(Seen::read(&message).filter(|event| event.action == *wanted));
                }
                Some(Err(error)) => {
                    return Err(format!("the engine's events broke off: {}", reason(&error)));
                }
                None => return Err("the engine's events ended".to_owned()),
            }
        }
        Ok(seen)
    }
}

/// When the container was last started, as the `since` of an events request; [`EVER`] if it never was.
pub(super) fn last_start(inspect: &Value) -> String {
    since(text(inspect, "/State/StartedAt"))
}

/// When the container last ended, likewise.
pub(super) fn last_end(inspect: &Value) -> String {
    since(text(inspect, "/State/FinishedAt"))
}

/// An engine's RFC 3339 time as `seconds.nanoseconds`; Go's zero time is before the epoch and means never.
fn since(time: &str) -> String {
    let passed = humantime::parse_rfc3339_weak(time)
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    match passed {
        Some(passed) => format!("{}.{:09}", passed.as_secs(), passed.subsec_nanos()),
        None => EVER.to_owned(),
    }
}
