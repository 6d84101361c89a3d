//! The lanes of the timeline, out of the entries.

mod claims;
mod containers;
mod faults;
mod readings;

use std::collections::BTreeMap;

use super::mark::{Group, Lane, Mark, Moment, Tone};
use super::stages::Stage;
use crate::fault::Proof;
use crate::journal::{Entry, Event};
use crate::plan::Plan;

/// The most lanes of one kind: a page of more is no overview.
pub(super) const MOST_LANES: usize = 100;

/// All lanes, kind by kind; kinds without any are left out.
pub(super) fn groups(plan: &Plan, entries: &[Entry], stages: &[Stage]) -> Vec<Group> {
    let Some(end) = entries.last().map(Moment::from) else {
        return Vec::new();
    };
    let mut faults = faults::Faults::default();
    let mut containers = containers::Containers::default();
    let mut readings = readings::Readings::default();
    for entry in entries {
        faults.take(entry);
        containers.take(entry);
        readings.take(entry);
    }
    let [nodes, work] = readings.groups();
    let all = [
        faults.group(end),
        containers.group(end),
        nodes,
        work,
        claims::group(plan, stages, end),
        lines(entries),
    ];
    let some = all.into_iter().filter(|group| !group.lanes.is_empty());
    some.collect()
}

/// The lines of logs that say something about the work, by container.
fn lines(entries: &[Entry]) -> Group {
    let mut wrote: BTreeMap<&str, Vec<Mark>> = BTreeMap::new();
    for entry in entries {
        if let Event::Line {
            when,
            container,
            text,
        } = &entry.event
        {
            let says = vec![
                text.clone(),
                format!("written {when}, by the engine's clock"),
            ];
            let tick = Mark::tick(entry, Tone::Plain, "log line".to_owned(), says);
            wrote.entry(&container.0).or_default().push(tick);
        }
    }
    let lanes = wrote.into_iter();
    let lanes = lanes.map(|(name, marks)| Lane::of(name.to_owned(), marks));
    bounded("Log lines about the work", lanes.collect())
}

/// A group of at most so many lanes.
fn bounded(name: &'static str, mut lanes: Vec<Lane>) -> Group {
    let more = lanes.len().saturating_sub(MOST_LANES);
    lanes.truncate(MOST_LANES);
    Group { name, lanes, more }
}

/// A proof, a line for each of its sources.
fn proof(proof: &Proof) -> Vec<String> {
    vec![
        format!("the engine told: {}", proof.events.join(", ")),
        format!("an inspect said: {}", proof.inspect),
        format!("proven {}", proof.at),
    ]
}
