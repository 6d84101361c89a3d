//! Whether work that runs again came back in time: `recovers: { within: ... }`.

use std::time::Duration;

use super::look::View;
use super::record::Record;
use super::recovered::ran_again;
use super::rejoin;
use super::watch::Ruling;
use crate::clock::{Elapsed, brief};
use crate::journal::{ReadingId, StepOutcome};
use crate::plan::{Claim, Edge, Plan};

/// When the last one of the edges that a claim is about was brought back.
pub(super) fn last_return_of(plan: &Plan, record: &Record, claim: &Claim) -> Option<Elapsed> {
    let view = View {
        plan,
        record,
        after: ReadingId(0),
    };
    let edges = edges(&view, claim).into_iter();
    let returns = edges.filter_map(|edge| rejoin::last_return(record, Some(&edge.container)));
    returns.map(|back| back.at).max()
}

/// The ruling on a claim that is met by now; `readings` show that it is.
pub(super) fn judge(
    view: &View<'_>,
    claim: &Claim,
    limit: Duration,
    readings: Vec<ReadingId>,
) -> Ruling {
    let Claim::Executions { job, .. } = claim else {
        return ruling(StepOutcome::Undecided, readings, "only work recovers");
    };
    let (mut late, mut unclear, mut shown) = (Vec::new(), Vec::new(), readings);
    for edge in edges(view, claim) {
        let name = &edge.name;
        let Some(back) = rejoin::last_return(view.record, Some(&edge.container)) else {
            unclear.push(format!(
                "{name} was not brought back in this run, so there is nothing to count from"
            ));
            continue;
        };
        let Some(ran) = ran_again(view, job, edge, back) else {
            unclear.push(format!(
                "no reading since shows {name} back and {job} running there"
            ));
            continue;
        };
        shown.push(ran.reading);
        let (least, most) = (ran.not_before.since(back.at), ran.by.since(back.at));
        if least > limit {
            late.push(format!(
                "on {name} it ran {} after the restore at the earliest",
                brief(least)
            ));
        } else if most > limit {
            unclear.push(format!(
                "on {name} it ran between {} and {} after the restore: nobody looked in between",
                brief(least),
                brief(most)
            ));
        }
    }
    shown.sort_unstable();
    shown.dedup();
    match (late.is_empty(), unclear.is_empty()) {
        (false, _) => ruling(StepOutcome::Contradicted, shown, &late.join(", ")),
        (true, false) => ruling(StepOutcome::Undecided, shown, &unclear.join(", ")),
        (true, true) => Ruling {
            outcome: StepOutcome::Done,
            readings: shown,
            note: None,
        },
    }
}

fn ruling(outcome: StepOutcome, readings: Vec<ReadingId>, note: &str) -> Ruling {
    Ruling {
        outcome,
        readings,
        note: Some(note.to_owned()),
    }
}

/// The edges that a claim about executions selects.
fn edges<'a>(view: &View<'a>, claim: &Claim) -> Vec<&'a Edge> {
    match claim {
        Claim::Executions { on, .. } => view.selected(on).unwrap_or_default(),
        _ => Vec::new(),
    }
}
