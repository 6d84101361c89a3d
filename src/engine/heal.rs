//! Undoing: what the ledger owes is put back, whatever ended the run.
//!
//! Healing has its own deadline and is never under the run's cancellation; only a second SIGINT stops
//! it, and then it says what is left. Each container is tried again by itself until then: one that does
//! not come back says nothing about those beside it.

mod tries;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::Run;
use super::pump::Halt;
use super::stop::Stop;
use crate::fault::many::{AT_ONCE, each};
use crate::fault::{ContainerName, Faults, Proof, Recipe};
use crate::journal::{Event, Phase};
use crate::target::Target;

use tries::{Failure, TRIES, Try, attempt};

/// How long healing may take in all.
pub const HEAL_TIMEOUT: Duration = Duration::from_secs(90);
impl<T: Target> Run<'_, T> {
    /// The undo of what was done to a container that stood; `None` where nothing was, so that it is as
    /// it was and is not touched. That an added edge has to go in the end is no fault of it.
    pub(super) fn fault_of(&self, container: &ContainerName) -> Option<Recipe> {
        let debt = || self.ledger.debt(container);
        let stood = || debt().filter(|debt| debt.before.is_some());
        let standing = self.standing.get(container);
        standing
            .or_else(|| stood().map(|debt| &debt.recipe))
            .cloned()
    }

    /// Makes containers what these recipes say, all at once; returns what went wrong.
    pub(super) async fn converge(&mut self, recipes: Vec<Recipe>) -> Vec<String> {
        for recipe in &recipes {
            self.ownership.take(&recipe.container);
        }
        let hands = self.target.hands();
        let done = each(recipes.iter().map(|recipe| hands.converge(recipe))).await;
        let mut failed = Vec::new();
        for (recipe, result) in recipes.into_iter().zip(done) {
            match result {
                Ok(proof) => self.converged(&recipe, proof),
                Err(error) => failed.push(error.to_string()),
            }
        }
        failed
    }

    /// Records that a container is what its recipe says.
    fn converged(&mut self, recipe: &Recipe, proof: Option<Proof>) {
        let container = recipe.container.clone();
        let at = proof.as_ref().map(|proof| proof.at);
        self.ownership.release(&container, at);
        self.cut.remove(&container);
        let debt = self.ledger.debt(&container);
        let gone = debt.is_some_and(|debt| debt.before.is_none() && debt.recipe == *recipe);
        if gone {
            self.standing.remove(&container);
            self.forget(&container);
            self.recorder.put(Event::Withdrawn { container, proof });
        } else {
            self.undone(&container);
            self.recorder.put(Event::Restored { container, proof });
        }
    }

    /// Nothing of what was done to this container is left; that it was added stays owed.
    pub(super) fn undone(&mut self, container: &ContainerName) {
        if self.standing.remove(container).is_none() && !self.is_added(container) {
            self.forget(container);
        }
    }

    /// Takes a container out of the ledger. Where that cannot be written nothing is left to be put back:
    /// whoever reads the ledger next finds the container as it was.
    fn forget(&mut self, container: &ContainerName) {
        if let Err(error) = self.ledger.healed(container) {
            self.recorder.note(&format!(
                "{container} is as it was; that could not be noted: {error}"
            ));
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
        let mut failed = BTreeMap::new();
        // Two futures of one `self` cannot be raced; the stop signals are lent out for the while.
        let mut stop = std::mem::replace(&mut self.stop, Stop::never());
        let ended = tokio::select! {
            biased;
            () = stop.insist(&mut heard) => Some("healing was stopped by a second SIGINT".to_owned()),
            () = self.heal_each(owed, &mut failed) => None,
            () = tokio::time::sleep(HEAL_TIMEOUT) => Some(format!("healing took longer than {HEAL_TIMEOUT:?}")),
        };
        self.stop = stop;
        if let Some(reason) = heard {
            self.note_end(Err(Halt::Stop(reason)));
        }
        let left: Vec<_> = self
            .ledger
            .owed()
            .map(|debt| (debt.container().clone(), debt.mend()))
            .collect();
        for (container, mend) in left {
            let why = failed.remove(&container);
            let reason: Vec<String> = ended.iter().cloned().chain(why).chain([mend]).collect();
            self.recorder.put(Event::NotRestored {
                container,
                reason: reason.join("; "),
            });
        }
    }

    fn owed(&self) -> Vec<Recipe> {
        self.ledger.owed().map(|debt| debt.recipe.clone()).collect()
    }

    /// Heals, each container as often as it takes; `failed` says why those failed that are not healed yet.
    /// Safe to drop while waiting: what was healed is recorded.
    async fn heal_each(&mut self, owed: Vec<Recipe>, failed: &mut BTreeMap<ContainerName, String>) {
        for recipe in &owed {
            self.ownership.take(&recipe.container);
        }
        let hands = self.target.hands();
        let first = owed.into_iter().map(|recipe| Try { recipe, number: 1 });
        let mut waiting: VecDeque<Try> = first.collect();
        let mut under_way = FuturesUnordered::new();
        loop {
            while under_way.len() < AT_ONCE
                && let Some(next) = waiting.pop_front()
            {
                under_way.push(attempt(hands, next));
            }
            let Some((tried, result)) = under_way.next().await else {
                return;
            };
            let Try { recipe, number } = tried;
            match result {
                Ok(proof) => {
                    failed.remove(&recipe.container);
                    self.converged(&recipe, proof);
                }
                Err(failure) => {
                    let again = self.not_healed(&recipe.container, number, failure, failed);
                    let number = number + 1;
                    waiting.extend(again.then_some(Try { recipe, number }));
                }
            }
        }
    }

    /// Notes that a try failed; whether to try again.
    fn not_healed(
        &mut self,
        container: &ContainerName,
        number: u32,
        failure: Failure,
        failed: &mut BTreeMap<ContainerName, String>,
    ) -> bool {
        let (reason, again) = match failure {
            Failure::Refused(reason, may_pass) => (reason, may_pass || number < TRIES),
            Failure::Panicked(reason) => {
                self.note_end(Err(Halt::Broken(reason.clone())));
                (reason, false)
            }
        };
        if number == 1 && again {
            self.recorder.note(&format!(
                "{container} is not healed yet, trying again: {reason}"
            ));
        }
        failed.insert(container.clone(), reason);
        again
    }

    pub(super) fn left_over(&mut self, what: String) {
        self.recorder.put(Event::LeftOver { what });
    }
}
