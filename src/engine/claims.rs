//! The steps that wait for the subject: claims under their deadline, and re-evaluations.

use std::time::Duration;

use super::Run;
use super::awaiting::Awaiting;
use super::pump::{Halt, Wake};
use crate::clock::Elapsed;
use crate::journal::{Event, StepOutcome};
use crate::plan::Mode;
use crate::target::Target;
use crate::verdict::watch::Watch;

/// The shortest time that a request can be sent after a deadline.
const JUST_AFTER: Duration = Duration::from_millis(1);
/// The pace of asking once a deadline is over.
const SOON: Duration = Duration::from_millis(250);

impl<T: Target> Run<'_, T> {
    pub(super) async fn claim(&mut self, index: usize, mode: Mode) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let begun = Watch::begin(plan, self.recorder.record(), index);
        let mut watch = begun.ok_or_else(|| Halt::Broken(format!("step {index} has no claim")))?;
        let after = watch.deadline().plus(JUST_AFTER);
        let mut swept = Some(self.sweep().await?);
        let ruling = loop {
            if let Some((at, every)) = swept
                && let Some(ruling) = watch.on(plan, self.recorder.record(), at, every)
            {
                break ruling;
            }
            // Past the deadline only the last word is missing: ask soon, not at the usual pace.
            let now = self.recorder.now();
            let until = if now >= after { now.plus(SOON) } else { after };
            swept = Some(match self.wake(until).await? {
                Wake::Swept(at, every) => (at, every),
                Wake::Deadline => self.sweep().await?,
            });
        };
        let outcome = ruling.outcome;
        self.recorder.put(Event::StepEnded {
            step: index,
            outcome,
            readings: ruling.readings,
            note: ruling.note,
        });
        match (mode, outcome) {
            (Mode::Assume, outcome) if outcome != StepOutcome::Done => Err(Halt::Step),
            _ => Ok(()),
        }
    }

    pub(super) async fn reevaluation(
        &mut self,
        index: usize,
        job: &str,
        trigger: &str,
        deadline: Elapsed,
    ) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let mut awaiting = Awaiting::begin(plan, self.recorder.record(), job, trigger);
        self.sweep().await?;
        let note = loop {
            let now = self.recorder.now();
            if let Some(note) = awaiting.on(self.recorder.record(), now) {
                break note;
            }
            if now >= deadline {
                break awaiting.given_up();
            }
            let until = awaiting.next().map_or(deadline, |at| at.min(deadline));
            if let Wake::Deadline = self.wake(until).await? {
                self.sweep().await?;
            }
        };
        self.end(index, StepOutcome::Done, Some(note));
        Ok(())
    }
}
