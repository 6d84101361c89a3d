//! `one-execution-per-node`: never two executions of one version of a job on one node that are not over.
//! Those that a rerun found may end while the new ones begin.

use std::collections::BTreeMap;

use super::{Breach, Story};
use crate::api::model::Execution;

/// The earliest reading with two of them.
pub(super) fn judge(story: &Story<'_>) -> Option<Breach> {
    let jobs = story.plan.jobs.keys();
    let found = jobs.filter_map(|job| of_job(story, job));
    found.min_by_key(|breach| breach.at)
}

fn of_job(story: &Story<'_>, job: &str) -> Option<Breach> {
    for (seen, executions) in story.executions(job) {
        let mut places: BTreeMap<_, Vec<&Execution>> = BTreeMap::new();
        for execution in executions {
            let state = execution.observed.as_ref();
            if state.is_some_and(|state| !state.is_terminal()) {
                let reruns = story.record.reruns.get(job).into_iter().flatten();
                let since = reruns.filter(|before| !before.contains_key(&execution.id));
                let place = (&execution.node_id, execution.job_version, since.count());
                places.entry(place).or_default().push(execution);
            }
        }
        let Some(((node, ..), several)) = places.iter().find(|(_, several)| several.len() > 1)
        else {
            continue;
        };
        let words = |execution: &&Execution| {
            let state = execution.observed.as_ref();
            format!(
                "{} ({})",
                execution.id,
                state.map_or("?", |state| state.as_str())
            )
        };
        let listed: Vec<String> = several.iter().map(words).collect();
        let (count, place) = (several.len(), story.place(node));
        let what = format!(
            "{job} has {count} executions on {place}: {}",
            listed.join(", ")
        );
        return Some(Breach::at(seen, what));
    }
    None
}
