//! Undoing: what the ledger owes is put back, whatever ended the run.
//!
//! Healing has its own deadline and is never under the run's cancellation; only a second SIGINT stops
//! it, and then it says what is left.

use std::time::Duration;

use futures_util::future::join_all;

use super::Run;
use super::pump::Halt;
use crate::api::Orchestrator;
use crate::api::model::JobId;
use crate::fault::{ContainerName, Faults, Recipe};
use crate::journal::{Event, Phase};
use crate::target::Target;

/// How long healing may take in all.
pub const HEAL_TIMEOUT: Duration = Duration::from_secs(90);

impl<T: Target> Run<'_, T> {
    /// Puts these containers back, all at once; returns what went wrong. A container that owes
    /// nothing is as it was.
    pub(super) async fn put_back(
        &mut self,
        containers: &[ContainerName],
    ) -> Result<Vec<String>, Halt> {
        // The last readings before the undo: what "came back" is measured against.
        self.sweep().await?;
        Ok(self.converge(containers).await)
    }

    async fn converge(&mut self, containers: &[ContainerName]) -> Vec<String> {
        let hands = self.target.hands();
        let ledger = &self.ledger;
        let recipes: Vec<(ContainerName, Option<Recipe>)> = containers
            .iter()
            .map(|name| {
                (
                    name.clone(),
                    ledger.debt(name).map(|debt| debt.recipe.clone()),
                )
            })
            .collect();
        let done = join_all(recipes.iter().map(|(_, recipe)| async move {
            match recipe {
                Some(recipe) => hands.converge(recipe).await,
                None => Ok(None),
            }
        }))
        .await;
        let mut failed = Vec::new();
        for ((container, _), result) in recipes.into_iter().zip(done) {
            match result {
                Ok(proof) => {
                    self.ownership
                        .release(&container, proof.as_ref().map(|proof| proof.at));
                    self.forget(&container);
                    self.recorder.put(Event::Restored { container, proof });
                }
                Err(error) => failed.push(error.to_string()),
            }
        }
        failed
    }

    /// Takes a container out of the ledger.
    pub(super) fn forget(&mut self, container: &ContainerName) {
        if let Err(error) = self.ledger.healed(container) {
            self.recorder.put(Event::LeftOver {
                what: format!("{container} is as it was, but {error}"),
            });
        }
    }

    /// Puts everything back that is still owed.
    pub(super) async fn heal(&mut self) {
        let owed: Vec<ContainerName> = self.ledger.owed().map(|d| d.before.name.clone()).collect();
        if owed.is_empty() {
            return;
        }
        self.recorder.put(Event::Phase { phase: Phase::Heal });
        // Two futures of one `self` cannot be raced; the stop signals are lent out for the while.
        let mut stop = std::mem::replace(&mut self.stop, super::stop::Stop::never());
        let ended = tokio::select! {
            biased;
            () = stop.insist() => Some("healing was stopped by a second SIGINT".to_owned()),
            failed = self.heal_twice(&owed) => (!failed.is_empty()).then(|| failed.join("; ")),
            () = tokio::time::sleep(HEAL_TIMEOUT) => Some(format!("healing took longer than {HEAL_TIMEOUT:?}")),
        };
        self.stop = stop;
        let Some(reason) = ended else { return };
        let left: Vec<_> = self
            .ledger
            .owed()
            .map(|d| (d.before.name.clone(), d.mend()))
            .collect();
        for (container, mend) in left {
            self.recorder.put(Event::NotRestored {
                container,
                reason: format!("{reason}; {mend}"),
            });
        }
    }

    /// Heals, and once more what did not heal at first: an engine that was busy may have recovered.
    async fn heal_twice(&mut self, owed: &[ContainerName]) -> Vec<String> {
        let failed = self.converge(owed).await;
        if failed.is_empty() {
            return failed;
        }
        self.recorder.note("healing failed, trying once more");
        let left: Vec<ContainerName> = self.ledger.owed().map(|d| d.before.name.clone()).collect();
        self.converge(&left).await
    }

    /// Deletes the jobs that this run deployed, and only those.
    pub(super) async fn clean_up(&mut self) {
        let jobs: Vec<(String, JobId)> = self
            .recorder
            .record()
            .jobs
            .iter()
            .map(|(alias, (id, _))| (alias.clone(), id.clone()))
            .collect();
        if jobs.is_empty() {
            return;
        }
        self.recorder.put(Event::Phase {
            phase: Phase::Cleanup,
        });
        let reason = format!("rejoin run {} is over", self.prepared.plan.run);
        for (alias, id) in jobs {
            if let Err(error) = self.target.eyes().delete_job(&id, &reason).await {
                self.recorder.put(Event::LeftOver {
                    what: format!("job {alias} ({id}) could not be deleted: {error}"),
                });
            }
        }
    }
}
