//! What the scheduler did about work that did not come back: it looked, and did it send anything?

use super::super::look::View;
use super::super::record::Return;
use super::super::rejoin;
use crate::api::model::{Evaluation, EvaluationState, Execution};
use crate::clock::Elapsed;
use crate::journal::Topic;

/// The orchestrator's words when it sends an execution to its node, and the edge's when it arrives.
const DISPATCHES: [&str; 3] = [
    "DISPATCH: Attempting to send message",
    "RECONCILER: Re-dispatching pending execution",
    "EDGE: Received RunExecutionRequest",
];

/// That the scheduler looked at the job when the nodes came back, and sent nothing.
pub(super) fn no_dispatch_after_join(
    view: &View<'_>,
    job: &str,
    stuck: &[&Execution],
) -> Option<String> {
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
