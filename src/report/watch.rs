//! What an orchestrator shows, as a page that is drawn again and again, or as lines of what changed.
//!
//! Every word comes from a server: nothing in it may move a terminal's cursor.

mod changes;

use std::collections::BTreeMap;
use std::time::Duration;

pub use changes::changes;

use super::style::{Style, text};
use crate::api::model::{Execution, ExecutionState, Job, Node};
use crate::clock::brief;

/// Lines of the page that are no rows: the head, three headers, and what lies between them.
const FRAME: usize = 10;
/// So many rows of each table are shown however small the screen is.
const LEAST: usize = 3;

/// Everything at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Jobs, without deleted ones.
    pub jobs: Vec<Job>,
    /// Executions.
    pub executions: Vec<Execution>,
}

/// Nobody answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// Since how long.
    pub since: Duration,
    /// What the last request came to.
    pub reason: String,
}

/// The page, for a screen of so many lines.
pub fn page(name: &str, now: &Snapshot, away: Option<&Away>, style: Style, lines: usize) -> String {
    let head = match away {
        None => format!("{name}: {}", counts(now)),
        Some(away) => format!(
            "{name}: no answer for {}: {}",
            brief(away.since),
            clean(&away.reason)
        ),
    };
    let head: String = head.chars().take(usize::from(style.width)).collect();
    let room = lines.saturating_sub(FRAME) / 3;
    let room = room.max(LEAST);
    let tables = [
        nodes(now, style, room),
        jobs(now, style, room),
        executions(now, style, room),
    ];
    format!("{head}\n\n{}", tables.join("\n\n"))
}

/// How many there are, by state.
pub fn counts(now: &Snapshot) -> String {
    let nodes = now.nodes.iter().map(|node| word(node.state.as_ref()));
    let jobs = now.jobs.iter().map(|job| word(job.state.as_ref()));
    let executions = now.executions.iter().map(|one| word(one.observed.as_ref()));
    [
        count("node", nodes.collect()),
        count("job", jobs.collect()),
        count("execution", executions.collect()),
    ]
    .join(", ")
}

fn count(what: &str, states: Vec<String>) -> String {
    let mut by_state: BTreeMap<String, usize> = BTreeMap::new();
    let all = states.len();
    for state in states {
        *by_state.entry(state).or_default() += 1;
    }
    let plural = if all == 1 { "" } else { "s" };
    let parts: Vec<String> = by_state
        .iter()
        .map(|(state, n)| format!("{n} {state}"))
        .collect();
    if parts.is_empty() {
        format!("no {what}s")
    } else {
        format!("{all} {what}{plural} ({})", parts.join(", "))
    }
}

fn nodes(now: &Snapshot, style: Style, room: usize) -> String {
    let rows = now.nodes.iter().map(|node| {
        let beat = node.last_heartbeat.as_deref().unwrap_or("?");
        let calm = word(node.state.as_ref()) == "connected";
        (
            calm,
            vec![node_name(node), word(node.state.as_ref()), clean(beat)],
        )
    });
    table(
        &["node", "state", "last heartbeat"],
        rows.collect(),
        style,
        room,
    )
}

fn jobs(now: &Snapshot, style: Style, room: usize) -> String {
    let rows = now.jobs.iter().map(|job| {
        let version = job
            .version
            .map_or("?".to_owned(), |version| version.to_string());
        let calm = matches!(word(job.state.as_ref()).as_str(), "running" | "completed");
        (
            calm,
            vec![clean(&job.name), version, word(job.state.as_ref())],
        )
    });
    table(&["job", "version", "state"], rows.collect(), style, room)
}

fn executions(now: &Snapshot, style: Style, room: usize) -> String {
    let rows = now.executions.iter().map(|one| {
        let observed = one.observed.as_ref();
        let calm =
            observed.is_some_and(|state| *state == ExecutionState::Running || state.is_terminal());
        let (job, node) = (job_of(now, one), node_of(now, one));
        (
            calm,
            vec![job, node, word(one.desired.as_ref()), word(observed)],
        )
    });
    table(
        &["job", "node", "desired", "observed"],
        rows.collect(),
        style,
        room,
    )
}

/// A table of the rows that the screen has room for: first those in which something is going on.
fn table(header: &[&str], mut rows: Vec<(bool, Vec<String>)>, style: Style, room: usize) -> String {
    rows.sort();
    let left = rows.len().saturating_sub(room);
    let mut table = style.listing(header);
    table.add_rows(rows.into_iter().take(room).map(|(_, row)| row));
    match left {
        0 => text(&table),
        left => format!("{}\n  and {left} more", text(&table)),
    }
}

fn node_name(node: &Node) -> String {
    clean(node.name.as_deref().unwrap_or(&node.id.0))
}

fn job_of(now: &Snapshot, execution: &Execution) -> String {
    let job = now.jobs.iter().find(|job| job.id == execution.job_id);
    clean(job.map_or(&execution.job_id.0, |job| &job.name))
}

fn node_of(now: &Snapshot, execution: &Execution) -> String {
    let node = now.nodes.iter().find(|node| node.id == execution.node_id);
    node.map_or_else(|| clean(&execution.node_id.0), node_name)
}

fn word(state: Option<impl ToString>) -> String {
    state.map_or_else(|| "?".to_owned(), |state| clean(&state.to_string()))
}

fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

#[cfg(test)]
mod tests;
