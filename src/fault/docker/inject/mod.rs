//! The faults, each with its proof: the engine's event and what an inspect says afterwards.

mod crash;
mod partition;
mod wipe;

use bollard::errors::Error;
use bollard::query_parameters::{
    KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, StopContainerOptionsBuilder,
};
use serde_json::Value;

use super::DockerHands;
use super::engine::{Engine, failed, reason, status};
use super::proof::{not_proven, proof, words};
use super::recipe::described;
use super::time::EngineTime;
use super::witness::{Seen, Witness};
use crate::fault::recreate::json::text;
use crate::fault::recreate::{addressable, state};
use crate::fault::{
    Container, ContainerName, Fault, FaultError, PROTECT_LABEL, Proof, RunState, word,
};
use crate::playbook::FaultKind;

/// How long a process may take to end when it is asked to, in seconds; then the engine kills it, which
/// the exit code in the proof tells.
const GRACE: i32 = 10;

/// One fault on its way into one container.
struct Injection<'a> {
    hands: &'a DockerHands,
    container: &'a Container,
    word: &'static str,
}

/// Injects `fault` into the container with exactly this id, and proves it.
pub(super) async fn inject(
    hands: &DockerHands,
    fault: &Fault,
    container: &Container,
) -> Result<Proof, FaultError> {
    let injection = Injection {
        hands,
        container,
        word: word(fault.kind),
    };
    match fault.kind {
        FaultKind::Kill => injection.kill().await,
        FaultKind::Crash => injection.crash().await,
        FaultKind::Terminate => injection.terminate().await,
        FaultKind::Remove => injection.remove().await,
        FaultKind::Wipe => injection.wipe().await,
        FaultKind::Pause => injection.pause().await,
        FaultKind::Partition => injection.partition(&fault.networks).await,
        FaultKind::Restart => injection.restart().await,
    }
}

/// Since when the process lives that an inspect showed alive: it did not die before the inspect, and what
/// lived before it died earlier.
fn lives_since(inspect: &Value) -> EngineTime {
    EngineTime::parse(text(inspect, "/State/StartedAt")).unwrap_or(EngineTime::EVER)
}

impl Injection<'_> {
    async fn kill(&self) -> Result<Proof, FaultError> {
        let before = self.running().await?;
        let options = KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        let docker = &self.engine().docker;
        let request = docker.kill_container(&self.container.id, Some(options));
        let seen = self.prove_since(lives_since(&before), request, &["die"]);
        self.ended(seen.await?).await
    }

    async fn terminate(&self) -> Result<Proof, FaultError> {
        let before = self.running().await?;
        let options = StopContainerOptionsBuilder::new().t(GRACE).build();
        let docker = &self.engine().docker;
        let request = docker.stop_container(&self.container.id, Some(options));
        let seen = self.prove_since(lives_since(&before), request, &["die"]);
        self.ended(seen.await?).await
    }

    /// Its process died, and none runs now.
    async fn ended(&self, seen: Vec<Seen>) -> Result<Proof, FaultError> {
        match self.inspect().await? {
            Some(after) if state(&after) == RunState::Running => {
                Err(self.not_proven("it runs again"))
            }
            Some(after) => Ok(proof(&seen, words(&after))),
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
        let docker = &self.engine().docker;
        let request = docker.remove_container(&self.container.id, Some(options));
        // A container is destroyed once.
        let seen = self.prove_since(EngineTime::EVER, request, &["destroy"]);
        let seen = seen.await?;
        match self.inspect().await? {
            None => Ok(proof(&seen, "404".to_owned())),
            Some(_) => Err(self.not_proven("an inspect still finds it")),
        }
    }

    async fn pause(&self) -> Result<Proof, FaultError> {
        self.running().await?;
        let request = self.engine().docker.pause_container(&self.container.id);
        let seen = self.prove(request, &["pause"]).await?;
        let after = self.still_there().await?;
        if state(&after) != RunState::Paused {
            return Err(self.not_proven("an inspect does not say that it is paused"));
        }
        Ok(proof(&seen, words(&after)))
    }

    async fn restart(&self) -> Result<Proof, FaultError> {
        let before = self.running().await?;
        let docker = &self.engine().docker;
        let request = docker.restart_container(&self.container.id, None);
        let seen = self.prove_since(lives_since(&before), request, &["die", "start"]);
        self.runs_anew(&before, &seen.await?).await
    }

    /// It runs, and not since before: a death and a start were seen.
    async fn runs_anew(&self, before: &Value, seen: &[Seen]) -> Result<Proof, FaultError> {
        let after = self.still_there().await?;
        let started = text(&after, "/State/StartedAt");
        let died = seen.first().map(|die| die.time);
        if started == text(before, "/State/StartedAt") || EngineTime::parse(started) <= died {
            return Err(self.not_proven("its start time is from before the request"));
        }
        if state(&after) != RunState::Running {
            return Err(self.not_proven("it does not run"));
        }
        Ok(proof(seen, words(&after)))
    }

    /// What the engine says about the container, which must be running.
    async fn running(&self) -> Result<Value, FaultError> {
        let inspect = self.alive().await?;
        match state(&inspect) {
            RunState::Paused => Err(self.not_injected("it is paused")),
            RunState::Running | RunState::Exited => Ok(inspect),
        }
    }

    /// What the engine says about the container, which must have a process, perhaps a frozen one.
    async fn alive(&self) -> Result<Value, FaultError> {
        let found = self.inspect().await?;
        let inspect =
            found.ok_or_else(|| self.not_injected("no container with its id is there any more"))?;
        self.still_ours(&inspect)?;
        match state(&inspect) {
            RunState::Running | RunState::Paused => Ok(inspect),
            RunState::Exited => Err(self.not_injected("it does not run")),
        }
    }

    /// The guard's last look, just before the request: labels may not be what the plan saw, and a name
    /// may have changed hands.
    fn still_ours(&self, inspect: &Value) -> Result<(), FaultError> {
        let reason = match described(self.hands, inspect) {
            None => format!("it is not part of {}", self.hands.scope().describe()),
            Some(now) if now.is_protected() => {
                format!("it is protected by its label {PROTECT_LABEL}")
            }
            Some(now) if now.name != *self.name() => format!("it is called {} now", now.name),
            Some(_) => match addressable(inspect) {
                Ok(()) => return Ok(()),
                Err(reason) => reason,
            },
        };
        Err(self.not_injected(&reason))
    }

    async fn still_there(&self) -> Result<Value, FaultError> {
        let found = self.inspect().await?;
        found.ok_or_else(|| self.not_proven("an inspect finds it no more"))
    }

    /// Sends the request under the eyes of a witness that was there first, and that counts nothing
    /// from before: the same may have happened to the container already.
    async fn prove(
        &self,
        request: impl Future<Output = Result<(), Error>>,
        actions: &[&str],
    ) -> Result<Vec<Seen>, FaultError> {
        let since = self.engine().now().await?;
        self.prove_since(since, request, actions).await
    }

    /// The same with a moment before which these events cannot have been: an engine takes half as long to
    /// tell the time as to kill a container.
    async fn prove_since(
        &self,
        since: EngineTime,
        request: impl Future<Output = Result<(), Error>>,
        actions: &[&str],
    ) -> Result<Vec<Seen>, FaultError> {
        let refused = |error: &Error| self.refused(error);
        self.prove_any(since, request, actions, refused).await
    }

    /// The same for a request that can fail in its own way.
    async fn prove_any<E>(
        &self,
        since: EngineTime,
        request: impl Future<Output = Result<(), E>>,
        actions: &[&str],
        refused: impl Fn(&E) -> FaultError,
    ) -> Result<Vec<Seen>, FaultError> {
        let witness = Witness::of(self.engine(), &self.container.id, since);
        let account = witness.through(request, actions).await;
        let account = account.map_err(|error| refused(&error))?;
        account.map_err(|missing| self.not_proven(&missing))
    }

    async fn inspect(&self) -> Result<Option<Value>, FaultError> {
        self.engine().plain.inspect(&self.container.id).await
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
        not_proven(self.word, self.name(), reason.to_owned())
    }

    fn name(&self) -> &ContainerName {
        &self.container.name
    }

    fn engine(&self) -> &Engine {
        self.hands.engine()
    }
}
