//! What the playbook waits for: how long it may take, and how long it took.

use super::super::mark::{Group, Lane, Mark, Moment, Shape, Tone};
use super::super::stages::{Stage, outcome_tone};
use super::bounded;
use crate::clock::Elapsed;
use crate::plan::{Action, Plan};
use crate::report::words;

/// A lane for every claim that the run came to: the time until its deadline, and over it what it took.
pub(super) fn group(plan: &Plan, stages: &[Stage], end: Moment) -> Group {
    let lanes = stages.iter().filter_map(|stage| {
        let step = plan.steps.get(stage.step?)?;
        let (Action::Claim { within, .. } | Action::Await { within, .. }) = &step.action else {
            return None;
        };
        let deadline = stage.from.at.plus(step.action.longest());
        let to = until(deadline, end);
        let mut says = vec![format!("within {}", words::budget(within))];
        if deadline > end.at {
            says.push(format!(
                "the deadline, {deadline}, is after the end of the record"
            ));
        }
        let band = Mark {
            shape: Shape::Band,
            tone: Tone::Plain,
            from: stage.from,
            to: to.max(stage.to),
            label: format!("deadline {deadline}"),
            says,
        };
        let took = Mark {
            shape: Shape::Bar,
            tone: stage.ended.map_or(Tone::Plain, outcome_tone),
            from: stage.from,
            to: stage.to,
            label: stage.result.clone(),
            says: stage.says.clone(),
        };
        let name = format!("{} {}", step.at.line, words::step(step));
        Some(Lane::of(name, vec![band, took]))
    });
    bounded(
        "Claims: what they took, and their deadlines",
        lanes.collect(),
    )
}

/// The place of a time: after everything that was recorded then.
fn until(at: Elapsed, end: Moment) -> Moment {
    if at >= end.at {
        return end;
    }
    Moment { at, seq: u64::MAX }
}
