//! The undo: a container is made what its recipe says, from whatever it is now.
//!
//! Not a replay of steps: it looks first, so it is right after a half-done undo, after a crash of the
//! harness, and where somebody else brought the container back already. It ends with a look, too: what
//! is not as it was is no undo.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::DockerHands;
use super::absent;
use super::make::Making;
use super::proof::{not_proven, then};
use super::recipe::{Remedy, Standing, described};
use super::time::EngineTime;
use super::volumes;
use crate::fault::recreate::json::text;
use crate::fault::recreate::state;
use crate::fault::{
    Container, ContainerName, FaultError, NETWORK, PROTECT_LABEL, Proof, Recipe, RunState, Wanted,
};

/// How long the engine may take to end a removal that it has begun.
pub(super) const REMOVAL_LIMIT: Duration = Duration::from_secs(60);
/// The pause before the next look meanwhile.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Makes the container what its recipe says.
pub(super) async fn converge(
    hands: &DockerHands,
    recipe: &Recipe,
    wanted: Wanted,
) -> Result<Option<Proof>, FaultError> {
    let standing = match Remedy::read(recipe)? {
        Remedy::Standing(standing) => standing,
        Remedy::Absent(absent) => {
            return absent::converge(hands, &recipe.container, &absent.run).await;
        }
    };
    if wanted.gone {
        return Ok(None); // nothing else of it can be undone meanwhile
    }
    let undo = Undo {
        hands,
        name: &recipe.container,
        standing: &standing,
        wanted,
    };
    let proof = undo.run().await?;
    undo.verify().await?;
    Ok(proof)
}

struct Undo<'a> {
    hands: &'a DockerHands,
    name: &'a ContainerName,
    standing: &'a Standing,
    wanted: Wanted,
}

impl Undo<'_> {
    /// Acts on what is there; waits as long as the engine is still removing it.
    async fn run(&self) -> Result<Option<Proof>, FaultError> {
        let deadline = Instant::now() + REMOVAL_LIMIT;
        loop {
            match self.inspect().await? {
                // No id: the name is taken, by somebody else or by what is being removed.
                None => {
                    if let Some(id) = self.create().await? {
                        self.hands.remember(&id);
                        return self.making().complete(&id).await.map(Some);
                    }
                }
                Some(found) if text(&found, "/State/Status") != "removing" => {
                    return self.put_right(&found).await;
                }
                Some(_) => {}
            }
            if Instant::now() >= deadline {
                return Err(still_there(self.name));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Networks first, so that a process that wakes up finds them.
    async fn put_right(&self, inspect: &Value) -> Result<Option<Proof>, FaultError> {
        self.must_be_ours(inspect)?;
        let making = self.making();
        let is = state(inspect);
        let connected = match is {
            RunState::Exited if making.state() == RunState::Exited => {
                making.attach(inspect).await?
            }
            RunState::Exited => None, // they come with the start
            RunState::Running | RunState::Paused => making.reconnect(inspect).await?,
        };
        let woken = match (is, making.state()) {
            (RunState::Paused, RunState::Running) => Some(making.unpause(inspect).await?),
            (RunState::Exited, RunState::Running) => {
                // Its last start was before its death; one that never ran has no time of death.
                let died = EngineTime::parse(text(inspect, "/State/FinishedAt"));
                let since = died.unwrap_or(EngineTime::EVER);
                Some(making.start(inspect, &["start"], since).await?)
            }
            // Running where it did not run before is left alone, and the last look says so: no fault of
            // ours did that.
            _ => None,
        };
        Ok(match (connected, woken) {
            (Some(connected), Some(woken)) => Some(then(connected, woken)),
            (connected, woken) => connected.or(woken),
        })
    }

    /// Creates the container, and before it those of its volumes that are gone: compose owns them by
    /// their labels, which the container's own request would not give them.
    async fn create(&self) -> Result<Option<String>, FaultError> {
        self.has_its_networks().await?;
        for volume in &self.standing.volumes {
            volumes::make(self.hands.engine(), volume).await?;
        }
        self.making().create().await
    }

    /// Networks are compose's to make. Looked for first: the engine would create the container all the same
    /// and only refuse to start it.
    async fn has_its_networks(&self) -> Result<(), FaultError> {
        for network in self.standing.creation.networks.keys() {
            if self.hands.engine().plain.network(network).await?.is_none() {
                return Err(FaultError::NotRecreatable {
                    container: self.name.clone(),
                    reason: format!(
                        "its network {network} is gone, so its stack was taken down meanwhile; if it is to stay \
                         down, `rejoin down` settles the ledger"
                    ),
                });
            }
        }
        Ok(())
    }

    fn making(&self) -> Making<'_> {
        Making {
            engine: self.hands.engine(),
            name: self.name,
            creation: &self.standing.creation,
            wanted: &self.wanted,
        }
    }

    /// Whether this may be touched: the recorded container, or one that this very recipe made.
    fn must_be_ours(&self, inspect: &Value) -> Result<Container, FaultError> {
        let before = &self.standing.before;
        let occupied = |reason: String| FaultError::Occupied {
            container: self.name.clone(),
            reason,
        };
        let Some(now) = described(self.hands, inspect) else {
            let scope = self.hands.scope().describe();
            return Err(occupied(format!("it is not part of {scope}")));
        };
        if now.is_protected() && !before.is_protected() {
            return Err(occupied(format!(
                "it is protected by its label {PROTECT_LABEL}, and what is owed is not"
            )));
        }
        if (&now.service, now.role) != (&before.service, before.role) {
            return Err(occupied(format!("it is {}", now.service)));
        }
        if now.id != before.id && !made_from(before, &now) {
            return Err(occupied(before.differences(&now).join("; ")));
        }
        Ok(now)
    }

    /// The last look: everything is as it was, but for what is still wanted.
    async fn verify(&self) -> Result<(), FaultError> {
        let found = self.inspect().await?;
        let gone = || not_proven("restore", self.name, "it was removed again".to_owned());
        let now = self.must_be_ours(&found.ok_or_else(gone)?)?;
        let expected = self.wanted.expected(&self.standing.before);
        let differences = expected.differences(&now);
        if differences.is_empty() {
            return Ok(());
        }
        Err(FaultError::NotAsBefore {
            container: self.name.clone(),
            differences: differences.join("; "),
        })
    }

    async fn inspect(&self) -> Result<Option<Value>, FaultError> {
        self.hands.engine().plain.named(self.name).await
    }
}

/// The engine has begun to remove the container and does not end.
pub(super) fn still_there(name: &ContainerName) -> FaultError {
    let limit = REMOVAL_LIMIT.as_secs();
    FaultError::Engine {
        action: format!("remove {name}"),
        reason: format!("its removal has not ended for {limit} s; see `docker inspect {name}`"),
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
            None => field.starts_with(NETWORK),
        });
    let known = |field: &String| before.identity.contains_key(field);
    kept && now.identity.keys().all(known)
}
