//! Claims about executions: what the orchestrator says of them.

use super::super::record::Seen;
use super::{Finding, Found, Tally, View, Wanted, absent};
use crate::api::model::{Execution, ExecutionState};
use crate::journal::Topic;
use crate::plan::{Claim, Edge, Who};

impl<'a> View<'a> {
    pub(super) fn executions_are(
        &self,
        job: &str,
        who: &Who,
        wanted: Wanted<'_>,
        count: Option<u64>,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        let located = self.located(who, used)?;
        let seen = self.fresh(&Topic::Executions(job.to_owned()), used)?;
        let all = self.record.executions(job, seen).unwrap_or_default();
        let mut tally = Tally::default();
        for (edge, node) in located {
            let here = self.current_on(job, all, &node.id);
            let fit = here.iter().filter(|execution| wanted.fits(execution));
            let before = tally.fit.len();
            tally.fit.extend(fit.map(|one| describe(edge, &[one])));
            if tally.fit.len() == before {
                if let Some(silent) = here.iter().find(|e| wanted.unsaid(e)) {
                    let id = &silent.id;
                    return absent(format!("the server gives no state of execution {id}"));
                }
                let differs = match here.as_slice() {
                    [] => format!("no execution on {}{}", edge.name, self.since_rerun(job)),
                    _ => describe(edge, &here),
                };
                tally.differ.push(differs);
            }
        }
        Ok(tally.finding(count))
    }
}

/// The last of some executions, since a terminal one before it is history.
pub(super) fn newest<'a>(some: &[&'a Execution]) -> Option<&'a Execution> {
    let age = |execution: &&&'a Execution| (&execution.created_at, &execution.id);
    some.iter().max_by_key(age).copied()
}

/// What is on an edge instead.
fn describe(edge: &Edge, here: &[&Execution]) -> String {
    let Some(execution) = newest(here) else {
        return format!("no execution on {}", edge.name);
    };
    let state =
        |state: &Option<ExecutionState>| state.as_ref().map_or("?".to_owned(), ToString::to_string);
    format!(
        "{} on {} (desired {})",
        state(&execution.observed),
        edge.name,
        state(&execution.desired)
    )
}

/// The executions that a look found contrary: those of the job on the selected edges that do not fit, or
/// those that do where they are too many.
pub fn contrary_executions<'a>(view: &View<'a>, claim: &Claim) -> Vec<(&'a Edge, &'a Execution)> {
    let Claim::Executions {
        job,
        on,
        observed,
        desired,
        count,
    } = claim
    else {
        return Vec::new();
    };
    let wanted = Wanted {
        observed: observed.as_ref(),
        desired: desired.as_ref(),
    };
    let mut used = Vec::new();
    let Ok(located) = view.located(on, &mut used) else {
        return Vec::new();
    };
    let topic = Topic::Executions(job.clone());
    let Ok(seen) = view.fresh(&topic, &mut used) else {
        return Vec::new();
    };
    let all = view.record.executions(job, seen).unwrap_or_default();
    let here = located.into_iter().flat_map(|(edge, node)| {
        let here = view.current_on(job, all, &node.id).into_iter();
        here.map(move |execution| (edge, execution))
    });
    let (fit, unfit): (Vec<_>, Vec<_>) = here.partition(|(_, one)| wanted.fits(one));
    let matching = u64::try_from(fit.len()).unwrap_or(u64::MAX);
    if count.is_some_and(|count| matching > count) {
        fit
    } else {
        unfit
    }
}
