//! What else the journal says about a claim that failed: since when, what the scheduler did about it
//! meanwhile (`joins`), and what was there instead (`nearest`).

mod joins;
mod nearest;

use super::look::{View, contrary_edges, contrary_executions};
use crate::api::model::{Execution, ExecutionState};
use crate::clock::Elapsed;
use crate::journal::{Answer, Topic};
use crate::plan::Claim;

/// Since when, at the latest, what contradicts the claim had been so.
pub(super) fn since(view: &View<'_>, claim: &Claim) -> Option<Elapsed> {
    match claim {
        Claim::Executions { job, .. } => contrary_executions(view, claim)
            .into_iter()
            .map(|(_, execution)| unchanged_since(view, job, execution))
            .max()?,
        Claim::Job { job, .. } => {
            let topic = Topic::Job(job.clone());
            unbroken(view, &topic, |answer| match answer {
                Answer::Job(Some(job)) => Some(job.state.clone()),
                _ => None,
            })
        }
        Claim::Truth { job, .. } => contrary_edges(view, claim)
            .into_iter()
            .map(|(edge, _)| nearest::said_since(view, job, edge))
            .max()?,
        Claim::Nodes { .. }
        | Claim::Evaluations { .. }
        | Claim::History { .. }
        | Claim::Logs { .. } => None,
    }
}

/// Since when an execution has been in its present states, as far as the readings reach back.
pub fn unchanged_since(view: &View<'_>, job: &str, execution: &Execution) -> Option<Elapsed> {
    let topic = Topic::Executions(job.to_owned());
    unbroken(view, &topic, |answer| match answer {
        Answer::Executions(all) => all
            .iter()
            .find(|other| other.id == execution.id)
            .map(|other| (other.observed.clone(), other.desired.clone())),
        _ => None,
    })
}

/// The time of the earliest reading from which on every usable one shows the same as the last.
fn unbroken<T: PartialEq>(
    view: &View<'_>,
    topic: &Topic,
    part: impl Fn(&Answer) -> Option<T>,
) -> Option<Elapsed> {
    let mut now = None;
    let mut since = None;
    for seen in view.record.readings(topic).iter().rev() {
        let answer = view.record.answer(topic, seen);
        if matches!(answer, Answer::Failed(_)) {
            continue;
        }
        let Some(value) = part(answer) else {
            break;
        };
        if now.as_ref().is_some_and(|now| *now != value) {
            break;
        }
        now = Some(value);
        since = Some(seen.received);
    }
    since
}

/// Sentences about a claim that failed.
pub(super) fn about(view: &View<'_>, claim: &Claim) -> Vec<String> {
    match claim {
        Claim::Executions { job, .. } => {
            let unfit = contrary_executions(view, claim).into_iter();
            let unfit: Vec<&Execution> = unfit.map(|(_, execution)| execution).collect();
            let waits =
                |execution: &&Execution| execution.observed == Some(ExecutionState::Pending);
            let stuck: Vec<&Execution> = unfit.iter().copied().filter(waits).collect();
            // Only what waits to be started waits for a dispatch.
            if stuck.is_empty() && !unfit.is_empty() {
                return Vec::new();
            }
            let sent = joins::no_dispatch_after_join(view, job, &stuck);
            sent.into_iter().collect()
        }
        Claim::Truth { job, .. } => nearest::other_word(view, job, &contrary_edges(view, claim)),
        Claim::Evaluations { job, after, .. } => nearest::evaluations(view, job, *after),
        Claim::History { job, on, .. } => nearest::paths(view, job, on),
        Claim::Logs {
            of,
            pattern,
            count,
            after,
        } => nearest::lines(view, of, pattern, *count, *after),
        Claim::Nodes { .. } | Claim::Job { .. } => Vec::new(),
    }
}
