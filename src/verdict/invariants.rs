//! What must hold all the time: judged over every reading of the run.

use std::collections::BTreeMap;

use super::record::{Record, Seen};
use super::{Outcome, Part, What};
use crate::api::model::{Execution, ExecutionId, ExecutionState};
use crate::clock::Elapsed;
use crate::journal::{ReadingId, Topic};
use crate::plan::Plan;
use crate::playbook::Invariant;

use ExecutionState as S;

/// A reading that breaks an invariant.
struct Breach {
    reading: ReadingId,
    at: Elapsed,
    what: String,
}

/// Judges one invariant; without a single execution seen it is unknown.
pub(super) fn judge(invariant: Invariant, plan: &Plan, record: &Record, decided: Elapsed) -> Part {
    let mut seen_any = false;
    let mut breach: Option<Breach> = None;
    for job in plan.jobs.keys() {
        let readings = record.readings(&Topic::Executions(job.clone()));
        let readings: Vec<(&Seen, &[Execution])> = readings
            .iter()
            .filter_map(|seen| Some((seen, record.executions(job, seen)?)))
            .collect();
        seen_any |= readings
            .iter()
            .any(|(_, executions)| !executions.is_empty());
        let found = match invariant {
            Invariant::OneExecutionPerNode => one_per_node(job, &readings),
            Invariant::LegalTransitions => legal(job, &readings),
        };
        if let Some(found) = found
            && breach.as_ref().is_none_or(|first| found.at < first.at)
        {
            breach = Some(found);
        }
    }
    let (outcome, note) = match (&breach, seen_any) {
        (Some(breach), _) => (Outcome::Fail, breach.what.clone()),
        (None, true) => (Outcome::Pass, String::new()),
        (None, false) => (Outcome::Unknown, "no execution was ever seen".to_owned()),
    };
    Part {
        what: What::Invariant(invariant),
        outcome,
        reached: true,
        note,
        readings: breach.iter().map(|breach| breach.reading).collect(),
        since: breach.as_ref().map(|breach| breach.at),
        decided: breach.map_or(decided, |breach| breach.at),
        evidence: Vec::new(),
    }
}

fn one_per_node(job: &str, readings: &[(&Seen, &[Execution])]) -> Option<Breach> {
    for (seen, executions) in readings {
        let mut places: BTreeMap<_, Vec<&ExecutionId>> = BTreeMap::new();
        for execution in *executions {
            if execution
                .observed
                .as_ref()
                .is_some_and(|state| !state.is_terminal())
            {
                let place = (&execution.node_id, execution.job_version);
                places.entry(place).or_default().push(&execution.id);
            }
        }
        if let Some(((node, _), ids)) = places.iter().find(|(_, ids)| ids.len() > 1) {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            return Some(Breach {
                reading: seen.id,
                at: seen.received,
                what: format!(
                    "{job} has {} executions on node {node}: {}",
                    ids.len(),
                    ids.join(", ")
                ),
            });
        }
    }
    None
}

fn legal(job: &str, readings: &[(&Seen, &[Execution])]) -> Option<Breach> {
    let mut last: BTreeMap<&ExecutionId, &ExecutionState> = BTreeMap::new();
    for (seen, executions) in readings {
        for execution in *executions {
            let Some(now) = &execution.observed else {
                continue;
            };
            if let Some(was) = last.insert(&execution.id, now)
                && !reachable(was, now)
            {
                return Some(Breach {
                    reading: seen.id,
                    at: seen.received,
                    what: format!(
                        "execution {} of {job} went from {was} to {now}",
                        execution.id
                    ),
                });
            }
        }
    }
    None
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

/// Whether some path leads from one state to the other: between two readings any may have been taken.
/// A spelling that is not known proves nothing.
fn reachable(from: &ExecutionState, to: &ExecutionState) -> bool {
    if from == to || matches!(from, S::Other(_)) || matches!(to, S::Other(_)) {
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
}
