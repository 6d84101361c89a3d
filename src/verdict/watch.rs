//! A claim under its deadline: the machine that ends a step of `expect` or `assume`.
//!
//! The engine feeds it every sweep to learn when to go on; the verdict feeds it the journal's sweeps
//! and must come to the same end.

use std::time::Duration;

use crate::clock::Elapsed;
use crate::journal::{ReadingId, StepOutcome};
use crate::plan::{Action, Claim, Plan};

use super::look::{Finding, Look, View};
use super::record::Record;

/// How many sweeps after the deadline may say nothing before the claim is undecided.
const PATIENCE: u32 = 3;

/// How a claim ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// `Done`, `Contradicted` or `Undecided`.
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
    step: usize,
    after: ReadingId,
    deadline: Elapsed,
    hold: Option<Duration>,
    held: Option<Held>,
    silent: u32,
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
    /// Begins to watch the claim of a step; `None` where the step holds none.
    pub fn begin(plan: &Plan, record: &Record, step: usize, now: Elapsed) -> Option<Self> {
        let Action::Claim {
            claim,
            within,
            hold,
            ..
        } = &plan.steps.get(step)?.action
        else {
            return None;
        };
        Some(Self {
            claim: claim.clone(),
            step,
            after: record.last_reading(),
            deadline: now.plus(within.time),
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
            step: self.step,
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
                self.met(look, every)
            }
            Finding::Contrary(_) => {
                self.silent = 0;
                self.contrary(&look)
            }
            Finding::Absent(reason) => self.absent(&look, now, reason),
        }
    }

    fn met(&mut self, look: Look, every: Duration) -> Option<Ruling> {
        let ruling = |readings| Ruling {
            outcome: StepOutcome::Done,
            readings,
            note: None,
        };
        let Some(long) = self.hold else {
            return Some(ruling(look.readings));
        };
        let held = self.held.get_or_insert_with(|| Held {
            since: look.sent,
            last: look.sent,
            every,
            readings: look.readings.clone(),
        });
        if look.sent.since(held.last) > held.every * 2 + Duration::from_millis(50) {
            let gap = look.sent.since(held.last);
            return Some(Ruling {
                outcome: StepOutcome::Undecided,
                readings: look.readings,
                note: Some(format!("nothing was read for {gap:?} while it had to hold")),
            });
        }
        (held.last, held.every) = (look.sent, every);
        if held.last.since(held.since) < long {
            return None;
        }
        let mut readings = std::mem::take(&mut held.readings);
        readings.extend(look.readings);
        Some(ruling(readings))
    }

    fn contrary(&mut self, look: &Look) -> Option<Ruling> {
        let broke = self.held.is_some();
        if !broke && look.sent <= self.deadline {
            return None;
        }
        let Finding::Contrary(seen) = &look.finding else {
            return None;
        };
        let note = seen.join(", ");
        Some(Ruling {
            outcome: StepOutcome::Contradicted,
            readings: look.readings.clone(),
            note: Some(if broke {
                format!("it held for a while, then: {note}")
            } else {
                note
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
