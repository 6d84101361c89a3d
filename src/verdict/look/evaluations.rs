//! Claims about evaluations: what the scheduler looked at, and why.

use std::collections::BTreeSet;

use super::super::record::Seen;
use super::{Finding, Found, Tally, View, absent};
use crate::api::model::{Evaluation, EvaluationId, EvaluationState};
use crate::journal::{Answer, Topic};

/// What an evaluation must be.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) trigger: Option<&'a str>,
    pub(super) state: Option<&'a EvaluationState>,
}

impl Wanted<'_> {
    fn triggered(self, evaluation: &Evaluation) -> bool {
        self.trigger
            .is_none_or(|trigger| evaluation.trigger == trigger)
    }

    fn fits(self, evaluation: &Evaluation) -> bool {
        let is = self
            .state
            .is_none_or(|state| evaluation.state.as_ref() == Some(state));
        is && self.triggered(evaluation)
    }

    /// Whether the answer depends on a state that the server did not give.
    fn unsaid(self, evaluation: &Evaluation) -> bool {
        self.state.is_some() && evaluation.state.is_none() && self.triggered(evaluation)
    }
}

impl<'a> View<'a> {
    pub(super) fn evaluations_are(
        &self,
        job: &str,
        wanted: Wanted<'_>,
        count: Option<u64>,
        after: Option<usize>,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        let topic = Topic::Evaluations(job.to_owned());
        let seen = self.fresh(&topic, used)?;
        let Some(all) = self.record.evaluations(job, seen) else {
            let shown = |answer: &Answer| matches!(answer, Answer::Evaluations(Some(_)));
            return Err(self.unshown(&topic, shown, "evaluations"));
        };
        let old = self.old_evaluations(job, after)?;
        let new: Vec<&Evaluation> = all.iter().filter(|e| !old.contains(&e.id)).collect();
        let silent = new.iter().find(|e| wanted.unsaid(e));
        let fit = new.iter().filter(|e| wanted.fits(e));
        let mut tally = Tally {
            fit: fit.map(|e| format!("{} ({})", e.id, e.trigger)).collect(),
            differ: Vec::new(),
        };
        if tally.fit.is_empty() {
            tally.differ.push(describe(job, wanted, &new));
        }
        let finding = tally.finding(count);
        match silent {
            // With a count it may also be one too many.
            Some(silent) if count.is_some() || finding != Finding::Met => absent(format!(
                "the server gives no state of evaluation {}",
                silent.id
            )),
            _ => Ok(finding),
        }
    }

    /// The evaluations that were there when that step ended.
    pub(in super::super) fn old_evaluations(
        &self,
        job: &str,
        after: Option<usize>,
    ) -> Found<BTreeSet<&'a EvaluationId>> {
        let Some(step) = after else {
            return Ok(BTreeSet::new());
        };
        let Some(last) = self.record.ended_at.get(&step) else {
            return absent("the step that it is measured from did not end");
        };
        let topic = Topic::Evaluations(job.to_owned());
        let before = self.record.usable_up_to(&topic, *last);
        let before = before.and_then(|seen| self.record.evaluations(job, seen));
        let before = before.unwrap_or_default().iter();
        Ok(before.map(|evaluation| &evaluation.id).collect())
    }

    /// Why there is no answer about a topic: never there, so this target cannot show it, or not any more.
    pub(super) fn unshown(
        &self,
        topic: &Topic,
        shown: impl Fn(&Answer) -> bool,
        what: &str,
    ) -> Finding {
        let mut answers = self.record.readings(topic).iter().map(|seen| &seen.answer);
        if answers.any(shown) {
            Finding::Absent(format!("the server shows no {what} of this job any more"))
        } else {
            Finding::Hidden(format!("the server shows no {what}"))
        }
    }
}

/// What there is instead: the last one with the right trigger, else the last of all.
fn describe(job: &str, wanted: Wanted<'_>, new: &[&Evaluation]) -> String {
    let triggered = new.iter().rev().find(|e| wanted.triggered(e));
    if let Some(nearest) = triggered {
        let state = nearest
            .state
            .as_ref()
            .map_or("without a state", |s| s.as_str());
        return format!("evaluation {} ({}) is {state}", nearest.id, nearest.trigger);
    }
    let which = wanted
        .trigger
        .map_or(String::new(), |trigger| format!("{trigger} "));
    match new.last() {
        None => format!("no {which}evaluation of {job}"),
        Some(last) => format!(
            "no {which}evaluation of {job}, the last one is {} ({})",
            last.id, last.trigger
        ),
    }
}
