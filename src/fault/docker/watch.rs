//! Telling what happens in the target's containers while the run goes on: the engine's events and the
//! containers' lines, also of containers that are made again later.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::models::EventMessage;
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::DockerHands;
use super::engine::{Events, reason};
use super::lines::{Lines, Place};
use super::time::EngineTime;
use super::told::Told;
use super::witness::Seen;
use crate::fault::{ContainerName, FaultError, Faults, Heed, Lost, RunState, Sighting};

/// The pause before a broken stream is opened again.
pub(super) const REOPEN: Duration = Duration::from_millis(500);
/// How long a reopened stream may take to repeat the last event told, which the engine does at once.
const REPEAT_LIMIT: Duration = Duration::from_secs(2);

/// Tells until nobody listens any more, from the moment `called` on.
pub(super) async fn watch(
    hands: DockerHands,
    heed: Heed,
    called: Instant,
    to: UnboundedSender<Sighting>,
) {
    let mut watch = Watch {
        to: to.clone(),
        heed,
        called,
        began: None,
        told: Told::default(),
        record: Record::Whole,
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
    heed: Heed,
    called: Instant,
    /// When the watch was called for, as soon as the engine has told its time.
    began: Option<EngineTime>,
    told: Told,
    record: Record,
    /// By container id.
    followers: BTreeMap<String, Follower>,
    tasks: JoinSet<()>,
}

/// Whether every event was told so far.
enum Record {
    Whole,
    /// The stream broke for this reason; whether that lost any will show when it is open again.
    Broken(String),
    /// Some may be lost, and that was said.
    Lost,
}

/// The lines of one container, up to which they were told.
struct Follower {
    told: Place,
    task: AbortHandle,
}

impl Watch {
    async fn run(&mut self) {
        loop {
            let broken = match self.open().await {
                Ok(events) => self.events(events).await,
                Err(error) => error.to_string(),
            };
            // Broken twice in a row: the engine is away, and its events do not survive its end.
            self.lost();
            if let Record::Whole = self.record {
                self.record = Record::Broken(broken);
            }
            tokio::time::sleep(REOPEN).await;
        }
    }

    /// Opens the stream of events where the last one broke, and follows what runs already; of what
    /// starts later the events tell.
    async fn open(&mut self) -> Result<Events, FaultError> {
        let began = if let Some(began) = self.began {
            began
        } else {
            let now = self.hands.engine().now().await?;
            now.earlier(self.called.elapsed())
        };
        self.began = Some(began);
        self.follow_all(began).await?;
        let since = self.told.reopen().map_or(began, |since| since.max(began));
        // Of all containers: no one label is on those of compose and on those that a run added.
        Ok(self.hands.engine().events("container", None, since))
    }

    async fn follow_all(&mut self, began: EngineTime) -> Result<(), FaultError> {
        let inventory = match self.hands.inventory().await {
            // All of them may be removed at this moment; they will be back.
            Err(FaultError::NoMatch { .. }) => return Ok(()),
            other => other?,
        };
        for container in inventory.into_values() {
            let known = self.followers.contains_key(&container.id);
            if !known && container.state != RunState::Exited {
                self.follow(container.name, &container.id, began);
            }
        }
        Ok(())
    }

    /// Tells events until the stream breaks; says why it did.
    async fn events(&mut self, mut events: Events) -> String {
        loop {
            let next = match self.record {
                Record::Whole => events.next().await,
                // A reopened stream has to show that it goes on where the last one broke.
                Record::Broken(_) | Record::Lost => {
                    let Ok(next) = tokio::time::timeout(REPEAT_LIMIT, events.next()).await else {
                        self.lost();
                        self.record = Record::Whole;
                        continue;
                    };
                    next
                }
            };
            match next {
                Some(Ok(message)) => self.event(&message),
                Some(Err(error)) => {
                    return format!("the engine's events broke off: {}", reason(&error));
                }
                None => return "the engine's events ended".to_owned(),
            }
        }
    }

    /// Says that events may be lost, once for each break.
    fn lost(&mut self) {
        if let Record::Broken(reason) = &mut self.record {
            let reason = std::mem::take(reason);
            self.record = Record::Lost;
            let of = Lost::Events;
            let _ = self.to.send(Sighting::Gap { of, reason });
        }
    }

    fn event(&mut self, message: &EventMessage) {
        let actor = message.actor.as_ref();
        let id = actor.and_then(|actor| actor.id.clone());
        let attributes = actor.and_then(|actor| actor.attributes.as_ref());
        let (Some(seen), Some(id), Some(attributes)) = (Seen::read(message), id, attributes) else {
            return;
        };
        let key = (seen.time, id.clone(), seen.action.clone());
        let new = self.told.is_new(key);
        if new {
            self.lost();
        }
        self.record = Record::Whole;
        let scope = self.hands.scope();
        let member = scope.member(|label| attributes.get(label).map(String::as_str));
        let (true, Some(name), Some(_)) = (new, attributes.get("name"), member) else {
            return;
        };
        let container = ContainerName(name.clone());
        if seen.action == "start" {
            self.follow(container.clone(), &id, seen.time);
        }
        let _ = self.to.send(Sighting::Event {
            at: seen.time.timestamp(),
            container,
            id,
            action: seen.action,
            exit: seen.exit,
        });
    }

    /// Follows the container's lines, from where an earlier follower of it stopped.
    fn follow(&mut self, container: ContainerName, id: &str, began: EngineTime) {
        let told = match self.followers.remove(id) {
            Some(earlier) => {
                earlier.task.abort();
                earlier.told
            }
            None => Place::at(began),
        };
        let lines = Lines {
            container,
            engine: self.hands.engine().clone(),
            id: id.to_owned(),
            told: told.clone(),
            to: self.to.clone(),
            heed: self.heed.clone(),
        };
        while self.tasks.try_join_next().is_some() {} // forget the finished ones
        let task = self.tasks.spawn(lines.tell());
        self.followers
            .insert(id.to_owned(), Follower { told, task });
    }
}
