//! Steps, claims and invariants in the words of the playbook.

mod claim;

use crate::api::Traffic;
use crate::clock::brief;
use crate::journal::{Phase, StepOutcome};
use crate::plan::{Action, Budget, Mode, Step};
use crate::playbook::{Invariant, Observable};
use crate::target::Subject;

pub use crate::fault::word as fault;
pub use claim::words as claim;

/// A step, on one line.
pub fn step(step: &Step) -> String {
    action(&step.action)
}

/// What a step does, on one line.
pub fn action(action: &Action) -> String {
    match action {
        Action::Deploy { job } => format!("deploy {job}"),
        Action::Update { job, to } => format!("update {job} to {to}"),
        Action::Rerun { job } => format!("rerun {job}"),
        Action::Adopt { job, name, .. } => format!("adopt {} as {job}", printable(name)),
        Action::Manual { text, .. } => format!("manual: {}", printable(text)),
        Action::Stop { job } => format!("stop {job}"),
        Action::Delete { job } => format!("delete {job}"),
        Action::Fault {
            fault,
            on,
            networks,
        } => {
            let networks = from(networks.iter().map(String::as_str));
            format!("{} {}{networks}", self::fault(*fault), on.join(", "))
        }
        Action::Restore { on, faults } => {
            let faults = from(faults.iter().map(|fault| self::fault(*fault)));
            format!("restore {}{faults}", on.join(", "))
        }
        Action::Add { edges, .. } => format!("add {}", edges.join(", ")),
        Action::Wait { time } => format!("wait {}", brief(*time)),
        Action::Await { job, trigger, .. } => format!("await {trigger} evaluation of {job}"),
        Action::Claim {
            mode,
            claim,
            hold,
            within,
            recovers,
        } => {
            let word = match mode {
                Mode::Expect => "expect",
                Mode::Assume => "assume",
            };
            let limit = if *recovers {
                format!(", within {} of the restore", brief(within.time))
            } else {
                String::new()
            };
            let hold = hold
                .as_ref()
                .map_or(String::new(), |hold| format!(", for {}", brief(hold.time)));
            format!("{word} {}{limit}{hold}", claim::words(claim))
        }
        Action::Observe { what } => format!("observe {what}"),
    }
}

/// What is under test, and by which choices.
pub fn subject(subject: &Subject, seed: u64) -> String {
    let mut what = vec![format!("target {}", subject.target)];
    let variant = subject.variant.iter();
    what.extend(variant.map(|variant| format!("variant {variant}")));
    what.push(format!("timing {}", subject.timing));
    what.push(format!("seed {seed}"));
    what.join(", ")
}

/// A text of other people as one line that a terminal only shows: what would move its cursor, or turn the
/// order of the letters around it, becomes a space.
pub fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let harmless = |c: char| if c.is_control() || turns(c) { ' ' } else { c };
    text.chars().map(harmless).collect()
}

/// ` from A, B`; nothing where there are none.
fn from<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" from {}", names.join(", "))
}

/// The word for how a step ended, the same in the progress and in the report; a note may say it better.
pub fn result<'a>(action: &Action, outcome: StepOutcome, note: Option<&'a str>) -> &'a str {
    let expected = matches!(
        action,
        Action::Claim {
            mode: Mode::Expect,
            ..
        }
    );
    match (action, outcome) {
        (Action::Claim { .. }, StepOutcome::Done) => "met",
        (Action::Fault { .. } | Action::Add { .. }, StepOutcome::Done) => "proven",
        (Action::Restore { .. }, StepOutcome::Done) => note.unwrap_or("proven"),
        (
            Action::Deploy { .. }
            | Action::Update { .. }
            | Action::Rerun { .. }
            | Action::Stop { .. }
            | Action::Delete { .. },
            StepOutcome::Done,
        ) => note.unwrap_or("accepted"),
        (Action::Observe { .. }, StepOutcome::Done) => "recorded",
        (Action::Adopt { .. }, StepOutcome::Done) => "found",
        (Action::Manual { .. }, StepOutcome::Done) => "confirmed",
        (_, StepOutcome::Done) => "done",
        (_, StepOutcome::Contradicted) if expected => "FAILED",
        (_, StepOutcome::Contradicted) => "UNMET",
        (_, StepOutcome::Undecided) => "UNKNOWN",
        (_, StepOutcome::NotObservable) => "not observable",
        (_, StepOutcome::Refused) => "REFUSED",
        (_, StepOutcome::Interrupted) => "interrupted",
    }
}

/// A phase after the steps.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Heal => "healing",
        Phase::Settle => "settling",
        Phase::Cleanup => "deleting what the run left at the orchestrator",
    }
}

/// An invariant's name in playbooks.
pub fn invariant(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::OneExecutionPerNode => "one-execution-per-node",
        Invariant::LegalTransitions => "legal-transitions",
        Invariant::StoppedRunsNowhere => "stopped-runs-nowhere",
        Invariant::EdgeAgrees => "edge-agrees",
        Invariant::NothingStuck => "nothing-stuck",
    }
}

/// The name of what a target may be unable to show, as `require` spells it.
pub fn observable(what: Observable) -> &'static str {
    match what {
        Observable::EdgeTruth => "edge-truth",
        Observable::Evaluations => "evaluations",
        Observable::History => "history",
        Observable::Logs => "logs",
    }
}

/// A deadline and where it comes from.
pub fn budget(budget: &Budget) -> String {
    if budget.default {
        format!("{} (default: {})", brief(budget.time), budget.from)
    } else if budget.from == brief(budget.time) {
        budget.from.clone()
    } else {
        format!("{} ({})", brief(budget.time), budget.from)
    }
}

/// How much the orchestrator was asked.
pub fn asked(traffic: &Traffic) -> String {
    let Traffic {
        requests,
        repeated,
        peak,
        bound,
    } = traffic;
    let again = match repeated {
        0 => String::new(),
        again => format!(", {again} of them again"),
    };
    let bound = bound.map_or(String::new(), |bound| format!(" (bound: {bound})"));
    format!("{requests} requests{again}, at most {peak} within a second{bound}")
}
