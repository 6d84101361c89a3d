//! The engine's own account of what happens to one container, perhaps in one network: the events that
//! prove a fault or its undo.
//!
//! Subscribed before the request. The engine also replays its recent events from `since` on, a time of
//! its own clock, so neither a slow subscription nor a clock that differs can lose the proof.

use std::time::Duration;

use bollard::models::{EventMessage, EventMessageTypeEnum};
use futures_util::StreamExt;

use super::engine::{Engine, Events, reason};
use super::time::EngineTime;
use crate::crash_point;

/// How long an event may take after the engine's answer. Generous: it comes within milliseconds.
const EVENT_LIMIT: Duration = Duration::from_secs(20);

/// One event of a container.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) time: EngineTime,
    pub(super) action: String,
    pub(super) exit: Option<i64>,
    /// For `connect` and `disconnect`: of which network.
    network: Option<String>,
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
        let of_network = message.typ == Some(EventMessageTypeEnum::NETWORK);
        let network = attributes.filter(|_| of_network);
        Some(Self {
            time: EngineTime(nanos),
            action: message.action.clone()?,
            exit,
            network: network.and_then(|all| all.get("name").cloned()),
        })
    }

    /// `die exit=137` or `disconnect shop_data`, as a proof says it.
    pub(super) fn words(&self) -> String {
        match (self.exit, &self.network) {
            (Some(code), _) => format!("{} exit={code}", self.action),
            (None, Some(network)) => format!("{} {network}", self.action),
            (None, None) => self.action.clone(),
        }
    }
}

/// A subscription to the events of one container.
pub(super) struct Witness {
    stream: Events,
    /// The container's id, where the events are a network's.
    of: Option<String>,
}

impl Witness {
    /// Subscribes to the container with this id, from `since` on.
    pub(super) fn of(engine: &Engine, id: &str, since: EngineTime) -> Self {
        Self {
            stream: engine.events("container", Some(id), since),
            of: None,
        }
    }

    /// Subscribes to what the container with this id does in this network, from `since` on.
    pub(super) fn in_network(engine: &Engine, network: &str, id: &str, since: EngineTime) -> Self {
        Self {
            stream: engine.events("network", Some(network), since),
            of: Some(id.to_owned()),
        }
    }

    /// Looks on while the engine works at the request, until these actions were seen in this order.
    ///
    /// The request is always awaited to its own end, also where the witness has nothing more to see: one
    /// that is dropped may still be carried out later. Outside stands the engine's refusal, inside
    /// what was not seen.
    pub(super) async fn through<E>(
        mut self,
        request: impl Future<Output = Result<(), E>>,
        actions: &[&str],
    ) -> Result<Result<Vec<Seen>, String>, E> {
        let mut seen = std::pin::pin!(self.saw(actions));
        let mut request = std::pin::pin!(crash_point::around(request));
        let mut early = None;
        loop {
            tokio::select! {
                biased;
                account = &mut seen, if early.is_none() => early = Some(account),
                answer = &mut request => break answer?,
            }
        }
        if let Some(account) = early {
            return Ok(account);
        }
        let late = tokio::time::timeout(EVENT_LIMIT, seen).await;
        Ok(late.unwrap_or_else(|_| {
            let (wanted, limit) = (actions.join("`, `"), EVENT_LIMIT.as_secs());
            Err(format!(
                "the events did not come within {limit} s: `{wanted}`"
            ))
        }))
    }

    async fn saw(&mut self, actions: &[&str]) -> Result<Vec<Seen>, String> {
        let mut seen: Vec<Seen> = Vec::new();
        while let Some(wanted) = actions.get(seen.len()) {
            match self.stream.next().await {
                Some(Ok(message)) if self.concerns(&message) => {
                    seen.extend(Seen::read(&message).filter(|event| event.action == *wanted));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    return Err(format!("the engine's events broke off: {}", reason(&error)));
                }
                None => return Err("the engine's events ended".to_owned()),
            }
        }
        Ok(seen)
    }

    /// A network tells of all its containers.
    fn concerns(&self, message: &EventMessage) -> bool {
        let attributes = message
            .actor
            .as_ref()
            .and_then(|actor| actor.attributes.as_ref());
        let container = attributes.and_then(|all| all.get("container"));
        self.of.is_none() || self.of.as_ref() == container
    }
}

#[cfg(test)]
mod tests {
    use bollard::errors::Error;

    use super::*;

    fn witness(answers: Vec<Result<EventMessage, Error>>) -> Witness {
        Witness {
            stream: Box::pin(futures_util::stream::iter(answers)),
            of: None,
        }
    }

    /// A request that is dropped may still be carried out, after the undo has found nothing to do.
    #[tokio::test(start_paused = true)]
    async fn a_slow_request_is_awaited_whatever_the_witness_says() -> Result<(), Error> {
        let event = || EventMessage {
            action: Some("destroy".to_owned()),
            time_nano: Some(1),
            ..EventMessage::default()
        };
        let slow = Duration::from_secs(100);
        for (answers, seen) in [
            (vec![], 0),
            (vec![Err(Error::RequestTimeoutError)], 0),
            (vec![Ok(event())], 1),
        ] {
            let mut answered = false;
            let request = async {
                tokio::time::sleep(slow).await;
                answered = true;
                Ok::<_, Error>(())
            };
            let account = witness(answers).through(request, &["destroy"]).await?;
            assert_eq!(account.map_or(0, |account| account.len()), seen);
            assert!(answered, "the request was dropped");
        }
        Ok(())
    }
}
