//! What is other than it was, a line each: for logs, where nothing can be drawn again.

use std::collections::BTreeMap;

use super::{Snapshot, clean, job_of, node_name, node_of, word};

/// What changed since the snapshot before; everything, where there is none.
pub fn changes(before: Option<&Snapshot>, now: &Snapshot) -> Vec<String> {
    let was = before.map(lines).unwrap_or_default();
    let is = lines(now);
    let mut changes = Vec::new();
    for (key, state) in &is {
        match was.get(key) {
            Some(before) if before == state => {}
            Some(before) => changes.push(format!("{}: {before} -> {state}", key.1)),
            None => changes.push(format!("{}: {state}", key.1)),
        }
    }
    let gone = was.keys().filter(|key| !is.contains_key(key));
    changes.extend(gone.map(|key| format!("{}: gone", key.1)));
    changes
}

/// Each thing by its kind's order and its name, with its state.
fn lines(now: &Snapshot) -> BTreeMap<(u8, String), String> {
    let nodes = now.nodes.iter().map(|node| {
        let name = format!("node {} ({})", node_name(node), clean(&node.id.0));
        ((0, name), word(node.state.as_ref()))
    });
    let jobs = now.jobs.iter().map(|job| {
        let version = job
            .version
            .map_or(String::new(), |version| format!(" v{version}"));
        let name = format!("job {}{version}", clean(&job.name));
        ((1, name), word(job.state.as_ref()))
    });
    let executions = now.executions.iter().map(|one| {
        let id = clean(&one.id.0);
        let name = format!(
            "execution {id} of {} on {}",
            job_of(now, one),
            node_of(now, one)
        );
        let state = word(one.observed.as_ref());
        let desired = word(one.desired.as_ref());
        ((2, name), format!("{state} (desired {desired})"))
    });
    nodes.chain(jobs).chain(executions).collect()
}
