//! How long the work took to come back once the nodes were.

use std::time::Duration;

use super::record::Record;
use crate::api::model::ExecutionState;
use crate::clock::Elapsed;
use crate::journal::{Entry, Event, ReadingId, StepOutcome};
use crate::plan::{Action, Claim, Mode, Plan};

/// What became of the work after the last undo that it was expected after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing was brought back before work was expected to run.
    NothingCameBack,
    /// It was not seen running again.
    Never,
    /// From the undo to the reading that first shows it running.
    After(Duration),
}

/// Judges a run: of the steps that expect executions to run after something was brought back, the last
/// one counts. What is brought back once the steps are over is not measured.
pub fn recovery(plan: &Plan, entries: &[Entry]) -> Recovery {
    let mut record = Record::default();
    let mut found = None;
    for entry in entries {
        if matches!(entry.event, Event::Phase { .. }) {
            break;
        }
        record.take(entry);
        let Event::StepEnded {
            step,
            outcome,
            readings,
            ..
        } = &entry.event
        else {
            continue;
        };
        if !expects_work(plan, *step) || record.returns.is_empty() {
            continue;
        }
        match outcome {
            StepOutcome::NotObservable => {}
            StepOutcome::Done => found = Some(after(&record, readings)),
            _ => found = Some(Recovery::Never),
        }
    }
    // A run that ended early did not come to the steps that would tell.
    let missed = (0..plan.steps.len())
        .any(|step| expects_work(plan, step) && !record.ended.contains_key(&step));
    match found {
        _ if missed && !record.returns.is_empty() => Recovery::Never,
        Some(recovery) => recovery,
        None => Recovery::NothingCameBack,
    }
}

fn expects_work(plan: &Plan, step: usize) -> bool {
    let Some(Action::Claim {
        mode: Mode::Expect,
        claim,
        ..
    }) = plan.steps.get(step).map(|step| &step.action)
    else {
        return false;
    };
    let (Claim::Executions {
        observed, count, ..
    }
    | Claim::Truth {
        observed, count, ..
    }) = claim
    else {
        return false;
    };
    // That none runs is no recovery.
    *observed == Some(ExecutionState::Running) && *count != Some(0)
}

/// From the last undo before the first deciding reading to that reading; with `hold` the first one is
/// where it began to hold.
fn after(record: &Record, readings: &[ReadingId]) -> Recovery {
    let met = readings.first().and_then(|id| received(record, *id));
    let Some(met) = met else {
        return Recovery::Never;
    };
    let mut returns = record.returns.iter().rev();
    match returns.find(|back| back.at <= met) {
        Some(back) => Recovery::After(met.since(back.at)),
        None => Recovery::NothingCameBack,
    }
}

fn received(record: &Record, id: ReadingId) -> Option<Elapsed> {
    let index = record.sweeps.partition_point(|sweep| sweep.last < id);
    let sweep = record.sweeps.get(index)?;
    (sweep.first <= id).then_some(sweep.received)
}
