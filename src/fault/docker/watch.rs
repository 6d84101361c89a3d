//! Telling what happens in the target's containers while the run goes on: the engine's events and the
//! containers' lines, also of containers that are made again later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinSet};

use super::DockerHands;
use super::engine::reason;
use super::lines::Lines;
use super::witness::Seen;
use crate::clock::{Clock, Timestamp};
use crate::fault::{ContainerName, FaultError, Faults, RunState, Sighting};

/// The pause before a broken stream of events is opened again.
const REOPEN: Duration = Duration::from_millis(500);

/// Tells until nobody listens any more.
pub(super) async fn watch(hands: DockerHands, to: UnboundedSender<Sighting>) {
    let began = Clock::wall().now();
    let mut watch = Watch {
        to: to.clone(),
        since: format!("{}.{:03}", began.0 / 1000, began.0 % 1000),
        last_event: 0,
        began,
        hands,
        followers: BTreeMap::new(),
        tasks: JoinSet::new(),
    };
    tokio::select! {
        biased;
        () = to.closed() => {}
        () = watch.run() => {}
    }
}

struct Watch {
    hands: DockerHands,
    to: UnboundedSender<Sighting>,
    began: Timestamp,
    /// From when on the engine shall replay events: the engine's format.
    since: String,
    /// The engine's time of the last event told, in nanoseconds: a reopened stream repeats some.
    last_event: i64,
    /// By container id.
    followers: BTreeMap<String, Follower>,
    tasks: JoinSet<()>,
}

/// The lines of one container, up to which they were told.
struct Follower {
    told: Arc<Mutex<String>>,
    task: AbortHandle,
}

impl Watch {
    async fn run(&mut self) {
        loop {
            let broken = match self.follow_all().await {
                Ok(()) => self.events().await,
                Err(error) => error.to_string(),
            };
            let _ = self.to.send(Sighting::Gap { reason: broken });
            tokio::time::sleep(REOPEN).await;
        }
    }

    /// Follows what runs already; of what starts later the events tell.
    async fn follow_all(&mut self) -> Result<(), FaultError> {
        let inventory = match self.hands.inventory().await {
            // All of them may be removed at this moment; they will be back.
            Err(FaultError::NoMatch { .. }) => return Ok(()),
            other => other?,
        };
        for container in inventory.into_values() {
            let known = self.followers.contains_key(&container.id);
            if !known && container.state != RunState::Exited {
                self.follow(container.name, &container.id);
            }
        }
        Ok(())
    }

    /// Tells events until the stream breaks; says why it did.
    async fn events(&mut self) -> String {
        let filters = [
            ("type", vec!["container".to_owned()]),
            ("label", vec![self.hands.scope().label()]),
        ];
        let options = EventsOptionsBuilder::new()
            .since(&self.since)
            .filters(&filters.into())
            .build();
        let docker = self.hands.engine().docker.clone();
        let mut events = Box::pin(docker.events(Some(options)));
        loop {
            match events.next().await {
                Some(Ok(message)) => self.event(&message),
                Some(Err(error)) => {
                    return format!("the engine's events broke off: {}", reason(&error));
                }
                None => return "the engine's events ended".to_owned(),
            }
        }
    }

    fn event(&mut self, message: &EventMessage) {
        let actor = message.actor.as_ref();
        let id = actor.and_then(|actor| actor.id.clone());
        let attributes = actor.and_then(|actor| actor.attributes.as_ref());
        let (Some(seen), Some(id), Some(attributes)) = (Seen::read(message), id, attributes) else {
            return;
        };
        let time = message.time_nano.unwrap_or_default();
        let member = self
            .hands
            .scope()
            .member(|label| attributes.get(label).map(String::as_str));
        let (Some(name), Some(_), true) = (attributes.get("name"), member, time > self.last_event)
        else {
            return;
        };
        self.last_event = time;
        self.since = format!("{}.{:09}", time / 1_000_000_000, time % 1_000_000_000);
        let container = ContainerName(name.clone());
        if seen.action == "start" {
            self.follow(container.clone(), &id);
        }
        let _ = self.to.send(Sighting::Event {
            at: seen.at,
            container,
            id,
            action: seen.action,
            exit: seen.exit,
        });
    }

    /// Follows the container's lines, from where an earlier follower of it stopped.
    fn follow(&mut self, container: ContainerName, id: &str) {
        let told = match self.followers.remove(id) {
            Some(earlier) => {
                earlier.task.abort();
                earlier.told
            }
            None => Arc::new(Mutex::new(self.began.to_string())),
        };
        let lines = Lines {
            container,
            engine: self.hands.engine().clone(),
            id: id.to_owned(),
            told: Arc::clone(&told),
            to: self.to.clone(),
        };
        while self.tasks.try_join_next().is_some() {} // forget the finished ones
        let task = self.tasks.spawn(lines.tell());
        self.followers
            .insert(id.to_owned(), Follower { told, task });
    }
}
