//! Settling: once everything is healed the target is watched for as long as anything can still act.

use super::Run;
use super::pump::Halt;
use super::topics::Extra;
use crate::clock::Elapsed;
use crate::journal::{Event, Phase};
use crate::plan::budget;
use crate::playbook::Invariant;
use crate::target::Target;
use crate::verdict::{invariants, rejoin};

impl<T: Target> Run<'_, T> {
    /// Watches what can still act once everything is back.
    pub(super) async fn settle(&mut self) -> Result<(), Halt> {
        self.wait_for_nodes().await?;
        self.recorder.put(Event::Phase {
            phase: Phase::Settle,
        });
        let plan = &self.prepared.plan;
        let listed = |invariant| plan.invariants.contains(&invariant);
        self.extra.truth = listed(Invariant::StoppedRunsNowhere) || listed(Invariant::EdgeAgrees);
        let until = self.recorder.now().plus(plan.settle.time);
        self.pass(until).await?;
        self.wait_for_pending(until).await?;
        if listed(Invariant::LegalTransitions) {
            self.extra.histories = Extra::everything(plan).histories;
        }
        self.last_word().await
    }

    /// The last word on what must hold in the end: if one of the answers cannot be had, all of them are
    /// asked for again, for as long as an answer may take. What is judged by what stands there is only said
    /// where two looks show it.
    async fn last_word(&mut self) -> Result<(), Halt> {
        let until = self.recorder.now().plus(self.observer.patience);
        let invariants = &self.prepared.plan.invariants;
        let judged_there = |it: &Invariant| {
            let standing = [
                Invariant::StoppedRunsNowhere,
                Invariant::EdgeAgrees,
                Invariant::NothingStuck,
            ];
            standing.contains(it)
        };
        let mut wanted = if invariants.iter().any(judged_there) {
            2
        } else {
            1
        };
        loop {
            self.sweep().await?;
            if self.observer.heard_all() {
                wanted -= 1;
            }
            if wanted == 0 || self.recorder.now() >= until {
                return Ok(());
            }
            self.pass(self.observer.soon(self.recorder.now())).await?;
        }
    }

    /// Nothing can act on a node that healing has only just brought back: waits until the orchestrator has
    /// heard of it, at most as long as connecting may take.
    async fn wait_for_nodes(&mut self) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let until = self
            .recorder
            .now()
            .plus(budget::of_connecting(&plan.timing).time);
        while !rejoin::all_back(plan, self.recorder.record()) && self.recorder.now() < until {
            self.wake(until).await?;
        }
        Ok(())
    }

    /// Goes on while something may be stuck and has not waited long enough to say so. What comes to wait
    /// again and again shall not hold up the end for ever.
    async fn wait_for_pending(&mut self, settled: Elapsed) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let latest = settled.plus(budget::of_work(&plan.timing).time);
        while let Some(until) = invariants::settle_until(plan, self.recorder.record()) {
            let until = until.min(latest);
            if self.recorder.now() >= until {
                break;
            }
            self.wake(until).await?;
        }
        Ok(())
    }
}
