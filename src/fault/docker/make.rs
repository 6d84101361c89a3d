//! A container on its way into being: made, connected to its networks, started, each step proven.

use bollard::errors::Error;
use bollard::models::NetworkDisconnectRequest;
use serde_json::Value;

use super::engine::{Engine, failed};
use super::proof::{not_proven, proof, then, words};
use super::time::EngineTime;
use super::witness::Witness;
use crate::crash_point;
use crate::fault::recreate::json::{object, text};
use crate::fault::recreate::{Creation, state};
use crate::fault::{ContainerName, FaultError, Proof, RunState, Wanted};

/// The requests that make a container, and the name that it has or is to have.
#[derive(Clone, Copy)]
pub(super) struct Making<'a> {
    pub(super) engine: &'a Engine,
    pub(super) name: &'a ContainerName,
    pub(super) creation: &'a Creation,
    /// What it is not to be yet.
    pub(super) wanted: &'a Wanted,
}

impl Making<'_> {
    /// The state in which it is to end.
    pub(super) fn state(&self) -> RunState {
        self.wanted.state.unwrap_or(self.creation.state)
    }

    /// Creates the container; `None` where the name is taken.
    pub(super) async fn create(&self) -> Result<Option<String>, FaultError> {
        let body = &self.creation.create;
        self.engine.plain.create(&self.name.0, body).await
    }

    /// Makes a created container whole.
    pub(super) async fn complete(&self, id: &str) -> Result<Proof, FaultError> {
        let found = self.engine.plain.inspect(id).await?;
        let inspect = found.ok_or_else(|| FaultError::Engine {
            action: format!("create {}", self.name),
            reason: "it was removed while it was created".to_owned(),
        })?;
        self.leave(&inspect).await?;
        if self.state() == RunState::Running {
            return self
                .start(&inspect, &["create", "start"], EngineTime::EVER)
                .await;
        }
        self.connect(&inspect).await?;
        self.quiet_proof(&["create"], &inspect).await
    }

    /// Connects what is not connected yet of a container that is not to run yet; `None` where nothing is
    /// missing. The engine tells of it only when it starts.
    pub(super) async fn attach(&self, inspect: &Value) -> Result<Option<Proof>, FaultError> {
        if self.missing(inspect).next().is_none() {
            return Ok(None);
        }
        self.connect(inspect).await?;
        self.quiet_proof(&[], inspect).await.map(Some)
    }

    /// What can be said of a container that does not run: the last look of an undo proves the rest.
    async fn quiet_proof(&self, events: &[&str], inspect: &Value) -> Result<Proof, FaultError> {
        Ok(Proof {
            at: self.engine.now().await?.timestamp(),
            events: events.iter().map(ToString::to_string).collect(),
            inspect: text(inspect, "/State/Status").to_owned(),
        })
    }

    /// Connects what is not connected yet, and starts the container.
    pub(super) async fn start(
        &self,
        inspect: &Value,
        events: &[&str],
        since: EngineTime,
    ) -> Result<Proof, FaultError> {
        self.connect(inspect).await?;
        let id = text(inspect, "/Id");
        let request = self.engine.docker.start_container(id, None);
        self.prove(id, "start", request, events, since).await
    }

    /// Lets a frozen container go on.
    pub(super) async fn unpause(&self, inspect: &Value) -> Result<Proof, FaultError> {
        let id = text(inspect, "/Id");
        let since = self.engine.now().await?;
        let request = self.engine.docker.unpause_container(id);
        self.prove(id, "unpause", request, &["unpause"], since)
            .await
    }

    /// Takes a container that was just made off the networks that it has to stay off: the engine puts it
    /// into one by itself.
    async fn leave(&self, inspect: &Value) -> Result<(), FaultError> {
        let id = text(inspect, "/Id");
        for network in &self.wanted.off {
            if object(inspect, "/NetworkSettings/Networks")
                .is_some_and(|all| all.contains_key(network))
            {
                let request = NetworkDisconnectRequest {
                    container: id.to_owned(),
                    force: None,
                };
                let left = self.engine.docker.disconnect_network(network, request);
                let left = crash_point::around(left).await;
                left.map_err(|error| failed(&format!("take {} off {network}", self.name), &error))?;
            }
        }
        Ok(())
    }

    /// Connects what is not connected yet of a container that does not run: the engine acts on that
    /// when it starts.
    pub(super) async fn connect(&self, inspect: &Value) -> Result<(), FaultError> {
        let id = text(inspect, "/Id");
        for (network, endpoint) in self.missing(inspect) {
            let request = self.engine.plain.join(id, network, endpoint);
            crash_point::around(request).await?;
        }
        Ok(())
    }

    /// Connects what is not connected any more of a container that runs, perhaps frozen; `None` where
    /// nothing is missing.
    pub(super) async fn reconnect(&self, inspect: &Value) -> Result<Option<Proof>, FaultError> {
        let id = text(inspect, "/Id");
        let mut done = None;
        for (network, endpoint) in self.missing(inspect) {
            let since = self.engine.now().await?;
            let witness = Witness::in_network(self.engine, network, id, since);
            let request = self.engine.plain.join(id, network, endpoint);
            let account = witness.through(request, &["connect"]).await?;
            let seen = account.map_err(|missing| not_proven("connect", self.name, missing))?;
            let after = self.engine.plain.inspect(id).await?.unwrap_or_default();
            let proof = proof(&seen, words(&after));
            done = Some(match done {
                Some(earlier) => then(earlier, proof),
                None => proof,
            });
        }
        Ok(done)
    }

    /// The networks that it should be in and is not.
    fn missing<'b>(&'b self, inspect: &'b Value) -> impl Iterator<Item = (&'b String, &'b Value)> {
        let connected = object(inspect, "/NetworkSettings/Networks");
        let networks = self.creation.networks.iter();
        let networks = networks.filter(|(name, _)| !self.wanted.off.contains(*name));
        networks.filter(move |(name, _)| !connected.is_some_and(|all| all.contains_key(*name)))
    }

    /// Sends the request, waits for its events, and sees the container run.
    async fn prove(
        &self,
        id: &str,
        word: &str,
        request: impl Future<Output = Result<(), Error>>,
        events: &[&str],
        since: EngineTime,
    ) -> Result<Proof, FaultError> {
        let not_proven = |reason: String| not_proven(word, self.name, reason);
        let witness = Witness::of(self.engine, id, since);
        let account = witness.through(request, events).await;
        let account = account.map_err(|error| failed(&format!("{word} {}", self.name), &error))?;
        let seen = account.map_err(not_proven)?;
        match self.engine.plain.inspect(id).await? {
            Some(after) if state(&after) == RunState::Running => Ok(proof(&seen, words(&after))),
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
}
