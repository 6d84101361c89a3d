//! Undoing: what the ledger owes is put back, whatever ended the run.
//!
//! Healing has its own deadline and is never under the run's cancellation; only a second SIGINT stops
//! it, and then it says what is left.

use std::collections::BTreeMap;

use super::Run;
use super::patience::{Tried, patiently};
use super::pump::Halt;
use super::stop::Stop;
use crate::fault::many::each;
use crate::fault::{ContainerName, Fault, Faults, Proof, Recipe};
use crate::journal::{Event, Phase};
use crate::target::Target;

/// What is to be undone of one container.
pub(super) struct Undo {
    recipe: Recipe,
    /// The faults that remain.
    still: Vec<Fault>,
}

impl Undo {
    /// Everything.
    fn whole(recipe: Recipe) -> Self {
        Self::but_for(recipe, Vec::new())
    }

    /// Everything but these faults.
    pub(super) fn but_for(recipe: Recipe, still: Vec<Fault>) -> Self {
        Self { recipe, still }
    }
}

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

    /// Makes containers what these undos say, all at once; returns what went wrong.
    pub(super) async fn converge(&mut self, undos: Vec<Undo>) -> Vec<String> {
        for undo in &undos {
            self.ownership.take(&undo.recipe.container);
        }
        let hands = self.target.hands();
        let done = each(
            undos
                .iter()
                .map(|undo| hands.converge(&undo.recipe, &undo.still)),
        )
        .await;
        let mut failed = Vec::new();
        for (undo, result) in undos.into_iter().zip(done) {
            match result {
                Ok(proof) => self.converged(undo, proof),
                Err(error) => failed.push(error.to_string()),
            }
        }
        failed
    }

    /// Records that a container is what its recipe says, but for what is still wanted.
    fn converged(&mut self, undo: Undo, proof: Option<Proof>) {
        let Undo { recipe, still } = undo;
        let container = recipe.container.clone();
        let at = proof.as_ref().map(|proof| proof.at);
        self.ownership.release(&container, at);
        let left = still.iter().map(|fault| fault.kind).collect();
        if !still.is_empty() {
            self.faults.insert(container.clone(), still);
            self.recorder.put(Event::Restored {
                container,
                proof,
                left,
            });
            return;
        }
        self.faults.remove(&container);
        let debt = self.ledger.debt(&container);
        let gone = debt.is_some_and(|debt| debt.before.is_none() && debt.recipe == recipe);
        if gone {
            self.standing.remove(&container);
            self.forget(&container);
            self.recorder.put(Event::Withdrawn { container, proof });
        } else {
            self.undone(&container);
            self.recorder.put(Event::Restored {
                container,
                proof,
                left,
            });
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
        if self.ledger.owed().next().is_none() {
            return;
        }
        self.recorder.put(Event::Phase { phase: Phase::Heal });
        let mut heard = None;
        let mut failed = BTreeMap::new();
        // Two futures of one `self` cannot be raced; the stop signals are lent out for the while.
        let mut stop = std::mem::replace(&mut self.stop, Stop::never());
        let owed: Vec<Recipe> = self.ledger.owed().map(|debt| debt.recipe.clone()).collect();
        for recipe in &owed {
            self.ownership.take(&recipe.container);
        }
        let hands = self.target.hands();
        let ended = patiently(hands, owed, &mut stop, &mut heard, |recipe, tried| {
            self.tried(recipe, tried, &mut failed);
        })
        .await;
        self.stop = stop;
        if let Some(reason) = heard {
            self.note_end(Err(Halt::Stop(reason)));
        }
        let left: Vec<_> = self
            .ledger
            .owed()
            .map(|debt| (debt.container().clone(), debt.heal()))
            .collect();
        for (container, heal) in left {
            let why = failed.remove(&container);
            let reason: Vec<String> = ended.iter().cloned().chain(why).chain([heal]).collect();
            self.recorder.put(Event::NotRestored {
                container,
                reason: reason.join("; "),
            });
        }
    }

    /// Takes in how a try to heal went.
    fn tried(
        &mut self,
        recipe: Recipe,
        tried: Tried,
        failed: &mut BTreeMap<ContainerName, String>,
    ) {
        let container = recipe.container.clone();
        match tried {
            Tried::Healed(proof) => {
                failed.remove(&container);
                self.converged(Undo::whole(recipe), proof);
            }
            Tried::Refused {
                reason,
                number,
                again,
            } => {
                if number == 1 && again {
                    self.recorder.note(&format!(
                        "{container} is not healed yet, trying again: {reason}"
                    ));
                }
                failed.insert(container, reason);
            }
            Tried::Panicked(reason) => {
                self.note_end(Err(Halt::Broken(reason.clone())));
                failed.insert(container, reason);
            }
        }
    }

    pub(super) fn left_over(&mut self, what: String) {
        self.recorder.put(Event::LeftOver { what });
    }
}
