//! What else the journal says about a claim that failed: since when, and what the scheduler did
//! about it meanwhile.

use super::look::{View, contrary_executions};
use super::record::Return;
use super::rejoin;
use crate::api::model::{Evaluation, EvaluationState, Execution};
use crate::clock::Elapsed;
use crate::journal::{Answer, Topic};
use crate::plan::Claim;

/// The orchestrator's words when it sends an execution to its node, and the edge's when it arrives.
const DISPATCHES: [&str; 3] = [
    "DISPATCH: Attempting to send message",
    "RECONCILER: Re-dispatching pending execution",
    "EDGE: Received RunExecutionRequest",
];

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
        Claim::Nodes { .. } => None,
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
    let Claim::Executions { job, .. } = claim else {
        return Vec::new();
    };
    let stuck: Vec<&Execution> = contrary_executions(view, claim)
        .into_iter()
        .map(|(_, execution)| execution)
        .collect();
    let mut said = Vec::new();
    said.extend(no_dispatch_after_join(view, job, &stuck));
    said
}

/// That the scheduler looked at the job when the nodes came back, and sent nothing.
fn no_dispatch_after_join(view: &View<'_>, job: &str, stuck: &[&Execution]) -> Option<String> {
    let back = rejoin::last_return(view.record, None)?;
    let (evaluation, unseen_until, seen) = completed_join(view, job, back)?;
    let about = format!(
        "evaluation {} (node-join) of {job} was complete at {seen}",
        evaluation.id
    );
    if stuck.is_empty() {
        return Some(format!("{about} and placed nothing on these nodes"));
    }
    if view.record.lines.is_empty() || view.record.gap {
        return Some(format!(
            "{about}; whether it dispatched is not observable: the log is not, or not whole"
        ));
    }
    let mine = |text: &str| stuck.iter().any(|execution| text.contains(&execution.id.0));
    let dispatches =
        view.record.lines.iter().filter(|line| {
            DISPATCHES.iter().any(|word| line.text.contains(word)) && mine(&line.text)
        });
    let last = dispatches.map(|line| line.seen).max();
    match last {
        Some(at) if at > unseen_until => Some(format!("{about}; a dispatch followed at {at}")),
        Some(at) => Some(format!(
            "{about} without a new dispatch: the last one of these executions was logged at {at}"
        )),
        None => Some(format!("{about} without any dispatch of these executions")),
    }
}

/// The first completed node-join evaluation of the job that was not there before the restore: itself,
/// the time up to which it was not seen, and the time at which it was.
fn completed_join<'a>(
    view: &View<'a>,
    job: &str,
    back: &Return,
) -> Option<(&'a Evaluation, Elapsed, Elapsed)> {
    let topic = Topic::Evaluations(job.to_owned());
    let before = view
        .record
        .usable_up_to(&topic, back.after)
        .and_then(|seen| view.record.evaluations(job, seen))
        .unwrap_or_default();
    let mut unseen_until = back.at;
    for seen in view.record.readings(&topic) {
        let Some(evaluations) = view.record.evaluations(job, seen) else {
            continue;
        };
        let new = evaluations.iter().find(|evaluation| {
            evaluation.trigger == "node-join"
                && evaluation.state == Some(EvaluationState::Complete)
                && before.iter().all(|old| old.id != evaluation.id)
        });
        match new {
            Some(evaluation) if seen.id > back.after => {
                return Some((evaluation, unseen_until, seen.received));
            }
            _ => unseen_until = unseen_until.max(seen.sent),
        }
    }
    None
}
