//! The undo: a container is made what its recipe says, from whatever it is now.
//!
//! Not a replay of steps: it looks first, so it is right after a half-done undo, after a crash of the
//! harness, and where somebody else brought the container back already. It ends with a look, too: what
//! is not as it was is no undo.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::DockerHands;
use super::engine::failed;
use super::inject::{proof, running};
use super::recipe::{Remedy, described};
use super::time::EngineTime;
use super::witness::Witness;
use crate::fault::recreate::json::{object, text};
use crate::fault::recreate::state;
use crate::fault::{Container, ContainerName, FaultError, Proof, Recipe, RunState};

/// How long the engine may take to end a removal that it has begun.
const REMOVAL_LIMIT: Duration = Duration::from_secs(60);
/// The pause before the next look meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Makes the container what its recipe says.
pub(super) async fn converge(
    hands: &DockerHands,
    recipe: &Recipe,
) -> Result<Option<Proof>, FaultError> {
    let undo = Undo {
        hands,
        name: recipe.container.clone(),
        remedy: Remedy::read(recipe)?,
    };
    let proof = undo.run().await?;
    undo.verify().await?;
    Ok(proof)
}

struct Undo<'a> {
    hands: &'a DockerHands,
    name: ContainerName,
    remedy: Remedy,
}

impl Undo<'_> {
    /// Acts on what is there; waits as long as the engine is still removing it.
    async fn run(&self) -> Result<Option<Proof>, FaultError> {
        let deadline = Instant::now() + REMOVAL_LIMIT;
        loop {
            match self.inspect(&self.name.0).await? {
                // No id: the name is taken, by somebody else or by what is being removed.
                None => {
                    if let Some(id) = self.create().await? {
                        return self.complete(&id).await;
                    }
                }
                Some(found) if text(&found, "/State/Status") != "removing" => {
                    return self.put_right(&found).await;
                }
                Some(_) => {}
            }
            if Instant::now() >= deadline {
                let limit = REMOVAL_LIMIT.as_secs();
                return Err(self.failed(&format!(
                    "its removal has not ended for {limit} s; see `docker inspect {}`",
                    self.name
                )));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn put_right(&self, inspect: &Value) -> Result<Option<Proof>, FaultError> {
        self.must_be_ours(inspect)?;
        match (state(inspect), self.remedy.creation.state) {
            (RunState::Paused, RunState::Running) => {
                let id = text(inspect, "/Id");
                let request = self.hands.engine().docker.unpause_container(id);
                let since = self.hands.engine().now().await?;
                let proof = self.prove(id, "unpause", request, &["unpause"], since);
                proof.await.map(Some)
            }
            (RunState::Exited, RunState::Running) => {
                let since = self.hands.engine().now().await?;
                self.start(inspect, &["start"], since).await.map(Some)
            }
            // Running where it did not run before is left alone, and the last look says so: no fault of
            // ours did that.
            _ => Ok(None),
        }
    }

    async fn create(&self) -> Result<Option<String>, FaultError> {
        let body = &self.remedy.creation.create;
        self.hands.engine().plain.create(&self.name.0, body).await
    }

    /// Makes a created container whole.
    async fn complete(&self, id: &str) -> Result<Option<Proof>, FaultError> {
        let found = self.inspect(id).await?;
        let inspect = found.ok_or_else(|| self.failed("it was removed while it was created"))?;
        if self.remedy.creation.state == RunState::Running {
            let start = self.start(&inspect, &["create", "start"], EngineTime::EVER);
            return start.await.map(Some);
        }
        self.connect(&inspect).await?;
        Ok(Some(Proof {
            at: self.hands.engine().now().await?.timestamp(),
            events: vec!["create".to_owned()],
            inspect: text(&inspect, "/State/Status").to_owned(),
        }))
    }

    async fn connect(&self, inspect: &Value) -> Result<(), FaultError> {
        let connected = object(inspect, "/NetworkSettings/Networks");
        for (network, endpoint) in &self.remedy.creation.networks {
            if !connected.is_some_and(|networks| networks.contains_key(network)) {
                let plain = &self.hands.engine().plain;
                plain.join(text(inspect, "/Id"), network, endpoint).await?;
            }
        }
        Ok(())
    }

    /// Connects what is not connected yet, and starts the container.
    async fn start(
        &self,
        inspect: &Value,
        events: &[&str],
        since: EngineTime,
    ) -> Result<Proof, FaultError> {
        self.connect(inspect).await?;
        let id = text(inspect, "/Id");
        let request = self.hands.engine().docker.start_container(id, None);
        self.prove(id, "start", request, events, since).await
    }

    /// Sends the request, waits for its events, and sees the container run.
    async fn prove(
        &self,
        id: &str,
        word: &str,
        request: impl Future<Output = Result<(), bollard::errors::Error>>,
        events: &[&str],
        since: EngineTime,
    ) -> Result<Proof, FaultError> {
        let not_proven = |reason: String| self.not_proven(word, reason);
        let witness = Witness::of(self.hands.engine(), id, since);
        let account = witness.through(request, events).await;
        let account = account.map_err(|error| failed(&format!("{word} {}", self.name), &error))?;
        let seen = account.map_err(not_proven)?;
        match self.inspect(id).await? {
            Some(after) if state(&after) == RunState::Running => Ok(proof(&seen, running(&after))),
            Some(after) => {
                let code = after.pointer("/State/ExitCode").and_then(Value::as_i64);
                Err(not_proven(format!(
                    "it ended at once with code {}; see `docker logs {}`",
                    code.unwrap_or_default(),
                    self.name
                )))
            }
            None => Err(not_proven("it was removed again".to_owned())),
        }
    }

    /// Whether this may be touched: the recorded container, or one that this very recipe made.
    fn must_be_ours(&self, inspect: &Value) -> Result<Container, FaultError> {
        let before = &self.remedy.before;
        let occupied = |reason: String| FaultError::Occupied {
            container: self.name.clone(),
            reason,
        };
        let Some(now) = described(self.hands, inspect) else {
            let scope = self.hands.scope().describe();
            return Err(occupied(format!("it is not part of {scope}")));
        };
        if (&now.service, now.role) != (&before.service, before.role) {
            return Err(occupied(format!("it is {}", now.service)));
        }
        if now.id != before.id && !made_from(before, &now) {
            return Err(occupied(before.differences(&now).join("; ")));
        }
        Ok(now)
    }

    /// The last look: everything is as it was.
    async fn verify(&self) -> Result<(), FaultError> {
        let found = self.inspect(&self.name.0).await?;
        let gone = || self.not_proven("restore", "it was removed again".to_owned());
        let now = self.must_be_ours(&found.ok_or_else(gone)?)?;
        let differences = self.remedy.before.differences(&now);
        if differences.is_empty() {
            return Ok(());
        }
        Err(FaultError::NotAsBefore {
            container: self.name.clone(),
            differences: differences.join("; "),
        })
    }

    async fn inspect(&self, container: &str) -> Result<Option<Value>, FaultError> {
        self.hands.engine().plain.inspect(container).await
    }

    fn not_proven(&self, word: &str, reason: String) -> FaultError {
        FaultError::NotProven {
            fault: word.to_owned(),
            container: self.name.clone(),
            reason,
        }
    }

    fn failed(&self, reason: &str) -> FaultError {
        FaultError::Engine {
            action: format!("create {} again", self.name),
            reason: reason.to_owned(),
        }
    }
}

/// Whether `now` was made from the recipe of `before`; it may still lack networks, which are connected
/// one after the other.
fn made_from(before: &Container, now: &Container) -> bool {
    let kept = before
        .identity
        .iter()
        .all(|(field, was)| match now.identity.get(field) {
            Some(is) => is == was,
            None => field.starts_with("network."),
        });
    let known = |field: &String| before.identity.contains_key(field);
    kept && now.identity.keys().all(known)
}
