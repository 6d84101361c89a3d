//! Undoing: what the ledger owes is put back, whatever ended the run.
//!
//! Healing has its own deadline and is never under the run's cancellation; only a second SIGINT stops
//! it, and then it says what is left.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;

use super::Run;
use super::pump::Halt;
use super::stop::Stop;
use crate::api::Orchestrator;
use crate::api::model::{Job, JobId};
use crate::fault::{ContainerName, Faults, Recipe};
use crate::journal::{Event, Phase};
use crate::target::{RUN_LABEL, Target};

/// How long healing may take in all.
pub const HEAL_TIMEOUT: Duration = Duration::from_secs(90);
/// Between the two tries.
const PAUSE: Duration = Duration::from_secs(1);

impl<T: Target> Run<'_, T> {
    /// Puts these containers back, all at once; returns what went wrong. A container that owes
    /// nothing is as it was, and is not touched.
    pub(super) async fn put_back(
        &mut self,
        containers: &[ContainerName],
    ) -> Result<Vec<String>, Halt> {
        // The last readings before the undo: what "came back" is measured against.
        self.sweep().await?;
        Ok(self.converge(containers).await)
    }

    async fn converge(&mut self, containers: &[ContainerName]) -> Vec<String> {
        let owed = |name| self.ledger.debt(name).map(|debt| debt.recipe.clone());
        let recipes: Vec<Recipe> = containers.iter().filter_map(owed).collect();
        for recipe in &recipes {
            self.ownership.take(&recipe.container);
        }
        let hands = self.target.hands();
        let done = join_all(recipes.iter().map(|recipe| hands.converge(recipe))).await;
        let mut failed = Vec::new();
        for (recipe, result) in recipes.into_iter().zip(done) {
            let container = recipe.container;
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
            self.left_over(format!("{container} is as it was, but {error}"));
        }
    }

    /// Puts everything back that is still owed.
    pub(super) async fn heal(&mut self) {
        let owed = self.owed();
        if owed.is_empty() {
            return;
        }
        self.recorder.put(Event::Phase { phase: Phase::Heal });
        let mut heard = None;
        // Two futures of one `self` cannot be raced; the stop signals are lent out for the while.
        let mut stop = std::mem::replace(&mut self.stop, Stop::never());
        let ended = tokio::select! {
            biased;
            () = stop.insist(&mut heard) => Some("healing was stopped by a second SIGINT".to_owned()),
            failed = self.heal_twice(&owed) => (!failed.is_empty()).then(|| failed.join("; ")),
            () = tokio::time::sleep(HEAL_TIMEOUT) => Some(format!("healing took longer than {HEAL_TIMEOUT:?}")),
        };
        self.stop = stop;
        if let Some(reason) = heard {
            self.note_end(Err(Halt::Stop(reason)));
        }
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

    fn owed(&self) -> Vec<ContainerName> {
        self.ledger.owed().map(|d| d.before.name.clone()).collect()
    }

    /// Heals, and after a pause once more what did not heal at first: an engine that was busy may
    /// have recovered.
    async fn heal_twice(&mut self, owed: &[ContainerName]) -> Vec<String> {
        let failed = self.converge(owed).await;
        if failed.is_empty() {
            return failed;
        }
        self.recorder.note("healing failed, trying once more");
        tokio::time::sleep(PAUSE).await;
        let left = self.owed();
        self.converge(&left).await
    }

    /// Deletes this run's jobs: those that it knows, and those that carry its label because the answer
    /// to their deploy was lost.
    pub(super) async fn clean_up(&mut self) {
        let record = self.recorder.record();
        if record.started.is_empty() {
            return;
        }
        let mut jobs: BTreeMap<JobId, String> = record
            .jobs
            .iter()
            .map(|(alias, (id, _))| (id.clone(), alias.clone()))
            .collect();
        let run = self.prepared.plan.run.clone();
        let eyes = self.target.eyes();
        let not_ours = self.not_ours.clone();
        let labelled =
            |job: &Job| job.labels.get(RUN_LABEL) == Some(&run.0) && !not_ours.contains(&job.id);
        match eyes.jobs().await {
            Ok(all) => {
                for job in all.into_iter().filter(labelled) {
                    jobs.entry(job.id).or_insert(job.name);
                }
            }
            Err(error) => self.left_over(format!(
                "whether jobs with the label {RUN_LABEL}={run} are left is not known: {error}"
            )),
        }
        if jobs.is_empty() {
            return;
        }
        self.recorder.put(Event::Phase {
            phase: Phase::Cleanup,
        });
        let reason = format!("rejoin run {run} is over");
        for (id, name) in jobs {
            if let Err(error) = eyes.delete_job(&id, &reason).await {
                self.left_over(format!("job {name} ({id}) could not be deleted: {error}"));
            }
        }
    }

    pub(super) fn left_over(&mut self, what: String) {
        self.recorder.put(Event::LeftOver { what });
    }
}
