//! The steps of the playbook and the phases after them, one after the other.

use super::mark::{Moment, Tone};
use crate::journal::{Entry, Event, Phase, StepOutcome};
use crate::plan::Plan;
use crate::report::words;

/// A step or a phase, with the time that it took.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// The step's index in the plan; `None` for a phase.
    pub(super) step: Option<usize>,
    /// What stands in its cell.
    pub(super) label: String,
    /// What it does.
    pub(super) what: String,
    pub(super) from: Moment,
    /// The end of the record where it has not ended.
    pub(super) to: Moment,
    pub(super) ended: Option<StepOutcome>,
    /// How it ended, in a word.
    pub(super) result: String,
    /// What else is known of it.
    pub(super) says: Vec<String>,
}

/// The stages that the run came to.
pub(super) fn stages(plan: &Plan, entries: &[Entry]) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    for entry in entries {
        let at = Moment::from(entry);
        match &entry.event {
            Event::StepStarted { step } => stages.extend(step_stage(plan, *step, at)),
            Event::StepEnded {
                step,
                outcome,
                readings,
                note,
            } => {
                let mut begun = stages.iter_mut().rev();
                let Some(stage) = begun.find(|stage| stage.step == Some(*step)) else {
                    continue;
                };
                stage.to = at;
                stage.ended = Some(*outcome);
                if let Some(planned) = plan.steps.get(*step) {
                    let word = words::result(&planned.action, *outcome, note.as_deref());
                    word.clone_into(&mut stage.result);
                }
                stage.says.extend(note.clone());
                if !readings.is_empty() {
                    let by = super::readings(readings);
                    stage.says.push(format!("decided by {by}"));
                }
            }
            Event::Phase { phase } => {
                close(&mut stages, at);
                stages.push(phase_stage(*phase, at));
            }
            _ => {}
        }
    }
    if let Some(last) = entries.last() {
        close(&mut stages, last.into());
    }
    stages
}

/// A phase, or a step that nobody ended, lasts until here.
fn close(stages: &mut [Stage], at: Moment) {
    if let Some(last) = stages.last_mut().filter(|last| last.ended.is_none()) {
        last.to = at;
    }
}

fn step_stage(plan: &Plan, index: usize, at: Moment) -> Option<Stage> {
    let step = plan.steps.get(index)?;
    Some(Stage {
        step: Some(index),
        label: step.at.line.to_string(),
        what: words::step(step),
        from: at,
        to: at,
        ended: None,
        result: "not ended".to_owned(),
        says: step.name.iter().cloned().collect(),
    })
}

fn phase_stage(phase: Phase, at: Moment) -> Stage {
    let (label, what) = match phase {
        Phase::Heal => ("heal", "undoing every fault"),
        Phase::Settle => ("settle", "watching what can still act"),
        Phase::Cleanup => ("clean up", "deleting the run's jobs"),
    };
    Stage {
        step: None,
        label: label.to_owned(),
        what: what.to_owned(),
        from: at,
        to: at,
        ended: None,
        result: String::new(),
        says: Vec::new(),
    }
}

/// What an outcome means.
pub(super) const fn outcome_tone(outcome: StepOutcome) -> Tone {
    match outcome {
        StepOutcome::Done => Tone::Good,
        StepOutcome::Contradicted => Tone::Bad,
        StepOutcome::Undecided | StepOutcome::Refused => Tone::Wait,
        StepOutcome::NotObservable | StepOutcome::Interrupted => Tone::Off,
    }
}
