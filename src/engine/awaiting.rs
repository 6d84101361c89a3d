//! Waiting for a re-evaluation: an evaluation that was not there before the restore, complete, and one
//! more batch without another.
//!
//! Where the API shows no evaluations the log's word counts, where there is no log either the timing
//! profile. The step's note says which it was.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::api::model::{EvaluationId, EvaluationState};
use crate::clock::Elapsed;
use crate::journal::{Answer, Topic};
use crate::plan::Plan;
use crate::verdict::record::Record;
use crate::verdict::rejoin;

/// An `await: reevaluation` in progress.
#[derive(Debug)]
pub(super) struct Awaiting {
    job: String,
    trigger: String,
    since: Elapsed,
    batch: Duration,
    old: BTreeSet<EvaluationId>,
    seen: BTreeSet<EvaluationId>,
    last: Option<(Elapsed, String)>,
}

impl Awaiting {
    /// Begins to wait. What counts as new is measured against the last reading before the run last
    /// brought a node back; where it never did, before now.
    pub(super) fn begin(plan: &Plan, record: &Record, job: &str, trigger: &str) -> Self {
        let back = rejoin::last_return(record, None);
        let since = back.map(|back| back.at).unwrap_or_default();
        let after = back.map_or(record.last_reading(), |back| back.after);
        let old = record
            .usable_up_to(&Topic::Evaluations(job.to_owned()), after)
            .and_then(|seen| record.evaluations(job, seen))
            .unwrap_or_default()
            .iter()
            .map(|evaluation| evaluation.id.clone())
            .collect();
        Self {
            job: job.to_owned(),
            trigger: trigger.to_owned(),
            since,
            batch: plan.timing.reevaluation_batch,
            old,
            seen: BTreeSet::new(),
            last: None,
        }
    }

    /// Looks at the record; `Some` ends the waiting and says on what.
    pub(super) fn on(&mut self, record: &Record, now: Elapsed) -> Option<String> {
        let topic = Topic::Evaluations(self.job.clone());
        if let Some(seen) = record.last(&topic) {
            match record.answer(&topic, seen) {
                Answer::Evaluations(Some(_)) => self.by_evaluations(record, now),
                Answer::Evaluations(None) => self.by_log(record),
                _ => {}
            }
        }
        let (last, what) = self.last.as_ref()?;
        (now >= last.plus(self.batch)).then(|| what.clone())
    }

    /// When to look again at the latest.
    pub(super) fn next(&self) -> Option<Elapsed> {
        self.last.as_ref().map(|(last, _)| last.plus(self.batch))
    }

    /// The deadline is over.
    pub(super) fn given_up(&self) -> String {
        match &self.last {
            Some((_, what)) => format!("{what}, and still more came"),
            None => format!(
                "no {} evaluation of {} was seen; went on by the timing profile",
                self.trigger, self.job
            ),
        }
    }

    fn by_evaluations(&mut self, record: &Record, now: Elapsed) {
        let topic = Topic::Evaluations(self.job.clone());
        let Some(seen) = record.last(&topic) else {
            return;
        };
        for evaluation in record.evaluations(&self.job, seen).unwrap_or_default() {
            let complete = evaluation.state == Some(EvaluationState::Complete);
            let new = evaluation.trigger == self.trigger && !self.old.contains(&evaluation.id);
            if complete && new && self.seen.insert(evaluation.id.clone()) {
                let what = format!("evaluation {} ({})", evaluation.id, self.trigger);
                self.last = Some((now, what));
            }
        }
    }

    fn by_log(&mut self, record: &Record) {
        let Some((id, _)) = record.jobs.get(&self.job) else {
            return;
        };
        let line = record.lines.iter().rev().find(|line| {
            line.seen >= self.since
                && line
                    .text
                    .contains("REEVALUATOR: Created evaluation for job")
                && line.text.contains(&self.trigger)
                && line.text.contains(&id.0)
        });
        if let Some(line) = line {
            self.last = Some((line.seen, format!("the log of {}", line.container)));
        }
    }
}
