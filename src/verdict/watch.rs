//! A claim under its deadline: the machine that ends a step of `expect` or `assume`.
//!
//! The engine feeds it every sweep to learn when to go on; the verdict feeds it the journal's sweeps
//! and must come to the same end.

use std::time::Duration;

use crate::clock::{Elapsed, brief};
use crate::journal::{ReadingId, StepOutcome};
use crate::plan::{Action, Claim, Plan};

use super::look::{Finding, Look, View};
use super::record::Record;
use super::timeliness;

/// How many sweeps after the deadline may say nothing before the claim is undecided.
const PATIENCE: u32 = 3;
/// How much later than planned a sweep may be sent without leaving a gap.
const SLACK: Duration = Duration::from_millis(500);

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// `Done`, `Contradicted`, `Undecided` or `NotObservable`.
    pub outcome: StepOutcome,
    /// The readings that decided it.
    pub readings: Vec<ReadingId>,
    /// What was seen instead, or why nothing can be said.
    pub note: Option<String>,
}

/// A claim that waits for its ruling.
#[derive(Debug)]
pub struct Watch {
    claim: Claim,
    after: ReadingId,
    deadline: Elapsed,
    hold: Option<Duration>,
    held: Option<Held>,
    silent: u32,
    /// How long after its return an edge may take, where the claim is about recovery.
    recovers: Option<Duration>,
}

/// Since when a claim has been held, and how fresh that knowledge is.
#[derive(Debug)]
struct Held {
    since: Elapsed,
    last: Elapsed,
    every: Duration,
    readings: Vec<ReadingId>,
}

impl Watch {
    /// Begins to watch the claim of a step that was just recorded as started; `None` where the step
    /// holds none. Its time runs from that entry, so that the replay counts as the engine did.
    pub fn begin(plan: &Plan, record: &Record, step: usize) -> Option<Self> {
        let Action::Claim {
            claim,
            within,
            hold,
            recovers,
            ..
        } = &plan.steps.get(step)?.action
        else {
            return None;
        };
        let started = *record.started.get(&step)?;
        let recovers = recovers.then_some(within.time);
        let deadline = match recovers {
            None => started.plus(within.time),
            // What counts is when it ran, not when it is asked for: that may be over already.
            Some(time) => {
                let last = timeliness::last_return_of(plan, record, claim);
                last.map_or(started, |at| at.plus(time)).max(started)
            }
        };
        Some(Self {
            claim: claim.clone(),
            after: record.last_reading(),
            deadline,
            recovers,
            hold: hold.as_ref().map(|hold| hold.time),
            held: None,
            silent: 0,
        })
    }

    /// Until when the claim may come true.
    pub fn deadline(&self) -> Elapsed {
        self.deadline
    }

    /// What the newest readings are looked at with.
    pub fn view<'a>(&self, plan: &'a Plan, record: &'a Record) -> View<'a> {
        View {
            plan,
            record,
            after: self.after,
        }
    }

    /// Takes a sweep into account that was recorded at `now`; `every` is the time until the next one
    /// was planned.
    pub fn on(
        &mut self,
        plan: &Plan,
        record: &Record,
        now: Elapsed,
        every: Duration,
    ) -> Option<Ruling> {
        let look = self.view(plan, record).look(&self.claim);
        match &look.finding {
            Finding::Met => {
                self.silent = 0;
                match self.recovers {
                    Some(limit) => {
                        let view = self.view(plan, record);
                        Some(timeliness::judge(&view, &self.claim, limit, look.readings))
                    }
                    None => self.met(look, now, every),
                }
            }
            Finding::Contrary(_) => {
                self.silent = 0;
                self.contrary(&look)
            }
            Finding::Absent(reason) => self.absent(&look, now, reason),
            // The first line may still be on its way; everything else a target shows at once or never.
            Finding::Hidden(_)
                if matches!(self.claim, Claim::Logs { .. }) && look.sent <= self.deadline =>
            {
                None
            }
            Finding::Hidden(reason) => Some(Ruling {
                outcome: StepOutcome::NotObservable,
                readings: look.readings.clone(),
                note: Some(reason.clone()),
            }),
        }
    }

    fn met(&mut self, look: Look, now: Elapsed, every: Duration) -> Option<Ruling> {
        let undecided = |look: Look, note: String| Ruling {
            outcome: StepOutcome::Undecided,
            readings: look.readings,
            note: Some(note),
        };
        let done = |readings| Ruling {
            outcome: StepOutcome::Done,
            readings,
            note: None,
        };
        // What is so long after the deadline may have become so after it.
        let late = look.sent.since(self.deadline);
        if self.held.is_none() && late > every * 2 + SLACK {
            let note = format!(
                "it is so, but nothing was read until {} after the deadline",
                brief(late)
            );
            return Some(undecided(look, note));
        }
        let Some(long) = self.hold else {
            return Some(done(look.readings));
        };
        let held = self.held.get_or_insert_with(|| Held {
            since: look.sent,
            last: look.sent,
            every,
            readings: look.readings.clone(),
        });
        let gap = look.sent.since(held.last);
        if gap > held.every * 2 + SLACK {
            let note = format!("nothing was read for {} while it had to hold", brief(gap));
            return Some(undecided(look, note));
        }
        (held.last, held.every) = (now, every);
        if look.sent.since(held.since) < long {
            return None;
        }
        let mut readings = std::mem::take(&mut held.readings);
        readings.extend(look.readings);
        Some(done(readings))
    }

    fn contrary(&mut self, look: &Look) -> Option<Ruling> {
        let held = self.held.take();
        if look.sent <= self.deadline {
            // Before the deadline it may still come true, and then hold.
            return None;
        }
        let Finding::Contrary(seen) = &look.finding else {
            return None;
        };
        let note = seen.join(", ");
        Some(Ruling {
            outcome: StepOutcome::Contradicted,
            readings: look.readings.clone(),
            note: Some(match held {
                Some(held) => format!("it held from {} on, then: {note}", held.since),
                None => note,
            }),
        })
    }

    fn absent(&mut self, look: &Look, now: Elapsed, reason: &str) -> Option<Ruling> {
        self.silent += u32::from(now > self.deadline);
        (self.silent > PATIENCE).then(|| Ruling {
            outcome: StepOutcome::Undecided,
            readings: look.readings.clone(),
            note: Some(reason.to_owned()),
        })
    }
}
