//! A journal made by hand, entry by entry.

use crate::clock::{Elapsed, Timestamp};
use crate::journal::{Answer, Entry, Event, Reading, ReadingId, StepOutcome, Topic};
use crate::verdict::record::Record;

/// A journal that grows.
#[derive(Default)]
pub(super) struct Tape {
    pub(super) entries: Vec<Entry>,
    pub(super) record: Record,
    readings: u64,
}

impl Tape {
    pub(super) fn put(&mut self, when: Elapsed, event: Event) {
        let entry = Entry {
            seq: self.entries.len() as u64 + 1,
            at: Timestamp(when.0),
            elapsed: when,
            event,
        };
        self.record.take(&entry);
        self.entries.push(entry);
    }

    /// A sweep with these answers, sent and recorded at that time.
    pub(super) fn sweep(&mut self, when: Elapsed, answers: Vec<(Topic, Answer)>) {
        let mut readings = Vec::new();
        for (of, answer) in answers {
            self.readings += 1;
            readings.push(Reading {
                id: ReadingId(self.readings),
                of,
                sent: when,
                answer,
            });
        }
        self.put(
            when,
            Event::Sweep {
                every: 1000,
                readings,
            },
        );
    }

    pub(super) fn begin(&mut self, when: Elapsed, step: usize) {
        self.put(when, Event::StepStarted { step });
    }

    pub(super) fn end(
        &mut self,
        when: Elapsed,
        step: usize,
        outcome: StepOutcome,
        readings: &[u64],
    ) {
        self.put(
            when,
            Event::StepEnded {
                step,
                outcome,
                readings: readings.iter().copied().map(ReadingId).collect(),
                note: None,
            },
        );
    }
}
