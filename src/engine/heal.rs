//! Undoing: what the ledger owes is put back, whatever ended the run.
//!
//! Healing has its own deadline and is never under the run's cancellation; only a second SIGINT stops
//! it, and then it says what is left.

use futures_util::future::join_all;

use super::Run;
use super::patience::{patiently, twice};
use super::pump::Halt;
use super::stop::Stop;
use crate::fault::{ContainerName, Faults, Proof, Recipe};
use crate::journal::{Event, Phase};
use crate::target::Target;

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
        let done = join_all(recipes.iter().map(|recipe| hands.converge(recipe))).await;
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

    /// Takes a container out of the ledger.
    fn forget(&mut self, container: &ContainerName) {
        if let Err(error) = self.ledger.healed(container) {
            self.left_over(format!("{container} is as it was, but {error}"));
        }
    }

    /// Puts everything back that is still owed.
    pub(super) async fn heal(&mut self) {
        if self.ledger.owed().next().is_none() {
            return;
        }
        self.recorder.put(Event::Phase { phase: Phase::Heal });
        let mut heard = None;
        // Two futures of one `self` cannot be raced; the stop signals are lent out for the while.
        let mut stop = std::mem::replace(&mut self.stop, Stop::never());
        let healing = twice(async |again| {
            if again {
                self.recorder.note("healing failed, trying once more");
            }
            let owed = self.ledger.owed().map(|debt| debt.recipe.clone()).collect();
            self.converge(owed).await
        });
        let ended = patiently(&mut stop, &mut heard, healing).await;
        self.stop = stop;
        if let Some(reason) = heard {
            self.note_end(Err(Halt::Stop(reason)));
        }
        let Some(reason) = ended else { return };
        let left: Vec<_> = self
            .ledger
            .owed()
            .map(|debt| (debt.container().clone(), debt.heal()))
            .collect();
        for (container, heal) in left {
            self.recorder.put(Event::NotRestored {
                container,
                reason: format!("{reason}; {heal}"),
            });
        }
    }

    pub(super) fn left_over(&mut self, what: String) {
        self.recorder.put(Event::LeftOver { what });
    }
}
