//! The faults, each with its proof: the engine's event and what an inspect says afterwards.

use bollard::errors::Error;
use bollard::query_parameters::{KillContainerOptionsBuilder, RemoveContainerOptionsBuilder};
use serde_json::Value;

use super::engine::{Engine, failed, reason, status};
use super::time::EngineTime;
use super::witness::{Seen, Witness};
use crate::fault::recreate::json::text;
use crate::fault::recreate::state;
use crate::fault::{Container, ContainerName, FaultError, Proof, RunState};
use crate::playbook::FaultKind;

/// One fault on its way into one container.
struct Injection<'a> {
    engine: &'a Engine,
    container: &'a Container,
    word: &'static str,
}

/// Injects `fault` into the container with exactly this id, and proves it.
pub(super) async fn inject(
    engine: &Engine,
    fault: FaultKind,
    container: &Container,
) -> Result<Proof, FaultError> {
    let word = match fault {
        FaultKind::Kill => "kill",
        FaultKind::Remove => "remove",
        FaultKind::Restart => "restart",
    };
    let injection = Injection {
        engine,
        container,
        word,
    };
    match fault {
        FaultKind::Kill => injection.kill().await,
        FaultKind::Remove => injection.remove().await,
        FaultKind::Restart => injection.restart().await,
    }
}

impl Injection<'_> {
    async fn kill(&self) -> Result<Proof, FaultError> {
        self.running().await?;
        let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        let request = self
            .engine
            .docker
            .kill_container(&self.container.id, Some(options));
        let seen = self.prove(request, &["die"]).await?;
        match self.inspect().await? {
            Some(after) if state(&after) == RunState::Running => {
                Err(self.not_proven("it runs again"))
            }
            Some(after) => Ok(proof(&seen, text(&after, "/State/Status").to_owned())),
            None => Ok(proof(&seen, "404".to_owned())), // it was run with --rm
        }
    }

    async fn remove(&self) -> Result<Proof, FaultError> {
        self.running().await?;
        // By force, as `docker rm -f`; the volumes stay, named ones and others.
        let options = RemoveContainerOptionsBuilder::new()
            .force(true)
            .v(false)
            .build();
        let request = self
            .engine
            .docker
            .remove_container(&self.container.id, Some(options));
        let seen = self.prove(request, &["destroy"]).await?;
        match self.inspect().await? {
            None => Ok(proof(&seen, "404".to_owned())),
            Some(_) => Err(self.not_proven("an inspect still finds it")),
        }
    }

    async fn restart(&self) -> Result<Proof, FaultError> {
        let before = self.running().await?;
        let request = self
            .engine
            .docker
            .restart_container(&self.container.id, None);
        let seen = self.prove(request, &["die", "start"]).await?;
        let after = self
            .inspect()
            .await?
            .ok_or_else(|| self.not_proven("an inspect finds it no more"))?;
        let started = text(&after, "/State/StartedAt");
        let died = seen.first().map(|die| die.time);
        if started == text(&before, "/State/StartedAt") || EngineTime::parse(started) <= died {
            return Err(self.not_proven("its start time is from before the request"));
        }
        if state(&after) != RunState::Running {
            return Err(self.not_proven("it does not run"));
        }
        Ok(proof(&seen, running(&after)))
    }

    /// What the engine says about the container, which must be running.
    async fn running(&self) -> Result<Value, FaultError> {
        let found = self.inspect().await?;
        let inspect =
            found.ok_or_else(|| self.not_injected("no container with its id is there any more"))?;
        match state(&inspect) {
            RunState::Running => Ok(inspect),
            RunState::Paused => Err(self.not_injected("it is paused")),
            RunState::Exited => Err(self.not_injected("it does not run")),
        }
    }

    /// Sends the request under the eyes of a witness that was there first, and that counts nothing
    /// from before: the same may have happened to the container already.
    async fn prove(
        &self,
        request: impl Future<Output = Result<(), Error>>,
        actions: &[&str],
    ) -> Result<Vec<Seen>, FaultError> {
        let since = self.engine.now().await?;
        let witness = Witness::of(self.engine, &self.container.id, since);
        let account = witness.through(request, actions).await;
        let account = account.map_err(|error| self.refused(&error))?;
        account.map_err(|missing| self.not_proven(&missing))
    }

    async fn inspect(&self) -> Result<Option<Value>, FaultError> {
        self.engine.plain.inspect(&self.container.id).await
    }

    fn refused(&self, error: &Error) -> FaultError {
        match status(error) {
            Some(404 | 409) => self.not_injected(&reason(error)),
            _ => failed(&format!("{} {}", self.word, self.name()), error),
        }
    }

    fn not_injected(&self, reason: &str) -> FaultError {
        FaultError::NotInjected {
            fault: self.word.to_owned(),
            container: self.name().clone(),
            reason: reason.to_owned(),
        }
    }

    fn not_proven(&self, reason: &str) -> FaultError {
        FaultError::NotProven {
            fault: self.word.to_owned(),
            container: self.name().clone(),
            reason: reason.to_owned(),
        }
    }

    fn name(&self) -> &ContainerName {
        &self.container.name
    }
}

/// A proof from the events seen (never empty) and the words of an inspect.
pub(super) fn proof(seen: &[Seen], inspect: String) -> Proof {
    Proof {
        at: seen
            .last()
            .map_or(crate::clock::Timestamp(0), |event| event.time.timestamp()),
        events: seen.iter().map(Seen::words).collect(),
        inspect,
    }
}

/// The words of an inspect about a running container.
pub(super) fn running(inspect: &Value) -> String {
    let pid = inspect
        .pointer("/State/Pid")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    format!("running pid={pid}")
}
