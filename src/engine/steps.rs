//! The steps, one after the other: which one is whose business.

use super::Run;
use super::pump::Halt;
use super::topics::Extra;
use crate::fault::Fault;
use crate::journal::{Event, ReadingId, StepOutcome};
use crate::plan::Action;
use crate::target::Target;

impl<T: Target> Run<'_, T> {
    pub(super) async fn steps(&mut self) -> Result<(), Halt> {
        // What the target looks like before the first step: the base line of everything after it.
        self.sweep().await?;
        let prepared = self.prepared;
        for (index, step) in prepared.plan.steps.iter().enumerate() {
            self.recorder.put(Event::StepStarted { step: index });
            let done = self.step(index, &step.action).await;
            let why = match &done {
                Err(Halt::Stop(reason)) => Some(reason.to_string()),
                Err(Halt::Trouble(reason)) => Some(reason.clone()),
                _ => None,
            };
            if let Some(why) = why {
                let note = format!("the run was ended before this step could be decided: {why}");
                self.end(index, StepOutcome::Interrupted, Some(note));
            }
            done?;
        }
        Ok(())
    }

    async fn step(&mut self, index: usize, action: &Action) -> Result<(), Halt> {
        match action {
            Action::Deploy { job } => self.deploy(index, job).await,
            Action::Update { job, to } => self.update(index, job, to).await,
            Action::Rerun { job } => self.rerun(index, job).await,
            Action::Adopt { job, name, within } => {
                let deadline = self.recorder.now().plus(within.time);
                self.adopt(index, job, name, deadline).await
            }
            Action::Manual { text, within } => {
                let deadline = self.recorder.now().plus(within.time);
                self.manual(index, text, deadline).await
            }
            Action::Stop { job } => self.end_job(index, job, false).await,
            Action::Delete { job } => self.end_job(index, job, true).await,
            Action::Fault {
                fault,
                on,
                networks,
            } => {
                let fault = Fault {
                    kind: *fault,
                    networks: networks.clone(),
                };
                self.inject(index, fault, on).await
            }
            Action::Restore { on, faults } => self.restore(index, on, faults).await,
            Action::Add { edges, labels } => self.add(index, edges, labels).await,
            Action::Wait { time } => {
                self.pass(self.recorder.now().plus(*time)).await?;
                self.end(index, StepOutcome::Done, None);
                Ok(())
            }
            Action::Await {
                job,
                trigger,
                within,
            } => {
                let deadline = self.recorder.now().plus(within.time);
                self.reevaluation(index, job, trigger, deadline).await
            }
            Action::Claim { mode, claim, .. } => {
                self.extra = Extra::of_claim(claim);
                let done = self.claim(index, *mode).await;
                self.extra = Extra::default();
                done
            }
            Action::Observe { .. } => self.observe(index).await,
        }
    }

    /// Records everything there is to see, once.
    async fn observe(&mut self, index: usize) -> Result<(), Halt> {
        let after = self.recorder.record().last_reading();
        self.extra = Extra::everything(&self.prepared.plan);
        let swept = self.sweep().await;
        self.extra = Extra::default();
        swept?;
        let last = self.recorder.record().last_reading();
        self.recorder.put(Event::StepEnded {
            step: index,
            outcome: StepOutcome::Done,
            readings: (after.0 + 1..=last.0).map(ReadingId).collect(),
            note: None,
        });
        Ok(())
    }

    /// Ends a step that did what it says, or one of which nobody can say whether it did: then nothing
    /// can follow it.
    pub(super) fn end_unless(
        &mut self,
        index: usize,
        failed: &[String],
        note: Option<String>,
    ) -> Result<(), Halt> {
        if failed.is_empty() {
            self.end(index, StepOutcome::Done, note);
            return Ok(());
        }
        self.end(index, StepOutcome::Undecided, Some(failed.join("; ")));
        Err(Halt::Step)
    }
}
