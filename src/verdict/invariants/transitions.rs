//! `legal-transitions`: executions change their state only along the table, in the readings and, where it
//! was read, in the history.

use std::collections::BTreeMap;

use super::{Breach, Story};
use crate::api::model::{ExecutionId, ExecutionState, Transition};

use ExecutionState as S;

/// The earliest change that the table does not have.
pub(super) fn judge(story: &Story<'_>) -> Option<Breach> {
    let jobs = story.plan.jobs.keys();
    let found = jobs.flat_map(|job| [polled(story, job), told(story, job)]);
    found.flatten().min_by_key(|breach| breach.at)
}

/// Between two readings any path through the table may have been taken.
fn polled(story: &Story<'_>, job: &str) -> Option<Breach> {
    let mut last: BTreeMap<&ExecutionId, &ExecutionState> = BTreeMap::new();
    for (seen, executions) in story.executions(job) {
        for execution in executions {
            let Some(now) = &execution.observed else {
                continue;
            };
            if let Some(was) = last.insert(&execution.id, now)
                && !reachable(was, now)
            {
                let (id, place) = (&execution.id, story.place(&execution.node_id));
                let what = format!("execution {id} of {job} on {place} went from {was} to {now}");
                return Some(Breach::at(seen, what));
            }
        }
    }
    None
}

/// History is complete: every change is one step, and begins where the one before it ended.
fn told(story: &Story<'_>, job: &str) -> Option<Breach> {
    for (seen, history) in story.histories(job) {
        for (id, changes) in history {
            if let Some(wrong) = wrong(changes) {
                let node = story.node_of(job, id);
                let place = node.map_or(String::new(), |node| format!(" on {}", story.place(node)));
                let what = format!("the history of execution {id} of {job}{place} {wrong}");
                return Some(Breach::at(seen, what));
            }
        }
    }
    None
}

fn wrong(changes: &[Transition]) -> Option<String> {
    let mut last: Option<&ExecutionState> = None;
    for change in changes {
        if let (Some(was), Some(from)) = (last, &change.from)
            && was != from
            && !odd(was)
            && !odd(from)
        {
            return Some(format!("goes on from {from} where it was {was}"));
        }
        let from = change.from.as_ref().or(last);
        if let (Some(from), Some(to)) = (from, &change.to)
            && from != to
            && !odd(from)
            && !odd(to)
            && !next(from).contains(to)
        {
            return Some(format!("goes from {from} to {to}"));
        }
        last = change.to.as_ref();
    }
    None
}

/// A spelling that is not known proves nothing.
fn odd(state: &ExecutionState) -> bool {
    matches!(state, S::Other(_))
}

/// Where an execution may go from a state in one step (design of the state machine; the harness keeps
/// its own table, so that a mistake in the stand-in's cannot hide here).
pub fn next(state: &ExecutionState) -> &'static [ExecutionState] {
    match state {
        S::Pending => &[S::Starting, S::Running, S::Failed, S::Stopped, S::Lost],
        S::Starting => &[
            S::Validating,
            S::Running,
            S::Failed,
            S::Stopping,
            S::Stopped,
            S::Lost,
        ],
        S::Validating | S::Running | S::Degraded => &[
            S::Validating,
            S::Running,
            S::Degraded,
            S::Completed,
            S::Failed,
            S::Stopping,
            S::Stopped,
            S::Lost,
        ],
        S::Stopping => &[S::Stopped, S::Completed, S::Failed, S::Lost],
        S::Completed | S::Failed | S::Lost | S::Stopped | S::Other(_) => &[],
    }
}

/// Whether some path leads from one state to the other.
fn reachable(from: &ExecutionState, to: &ExecutionState) -> bool {
    if from == to || odd(from) || odd(to) {
        return true;
    }
    let mut known = vec![from];
    let mut index = 0;
    while let Some(state) = known.get(index) {
        for next in next(state) {
            if next == to {
                return true;
            }
            if !known.contains(&next) {
                known.push(next);
            }
        }
        index += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_between_polls_may_skip_but_never_go_back() {
        assert!(reachable(&S::Pending, &S::Completed));
        assert!(reachable(&S::Running, &S::Degraded));
        assert!(!reachable(&S::Running, &S::Pending));
        assert!(!reachable(&S::Running, &S::Starting));
        assert!(!reachable(&S::Completed, &S::Running));
        assert!(!reachable(&S::Stopping, &S::Running));
        assert!(reachable(&S::Running, &S::Other("odd".into())));
    }

    fn change(from: Option<&str>, to: &str) -> Transition {
        Transition {
            seq: None,
            at: None,
            from: from.map(S::from),
            to: Some(to.into()),
        }
    }

    #[test]
    fn a_history_takes_every_step_alone_and_from_where_it_was() {
        let whole = [
            change(None, "pending"),
            change(Some("pending"), "starting"),
            change(Some("starting"), "running"),
            change(Some("running"), "lost"),
        ];
        assert_eq!(wrong(&whole), None);
        let skips = [change(Some("starting"), "completed")];
        let words = "goes from starting to completed".to_owned();
        assert_eq!(wrong(&skips), Some(words));
        let jumps = [change(None, "running"), change(Some("pending"), "running")];
        let words = "goes on from pending where it was running".to_owned();
        assert_eq!(wrong(&jumps), Some(words));
        let unsaid = [change(None, "running"), change(None, "pending")];
        let words = "goes from running to pending".to_owned();
        assert_eq!(wrong(&unsaid), Some(words));
        let odd = [change(None, "running"), change(Some("dreaming"), "pending")];
        assert_eq!(wrong(&odd), None);
    }
}
