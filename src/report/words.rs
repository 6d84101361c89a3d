//! Steps, claims and invariants in the words of the playbook.

use crate::clock::brief;
use crate::journal::StepOutcome;
use crate::plan::{Action, Budget, Claim, Mode, Step, Who};
use crate::playbook::{FaultKind, Invariant, NodeIs};

/// A step, on one line.
pub fn step(step: &Step) -> String {
    action(&step.action)
}

/// What a step does, on one line.
pub fn action(action: &Action) -> String {
    match action {
        Action::Deploy { job } => format!("deploy {job}"),
        Action::Fault { fault, edges } => format!("{} {}", self::fault(*fault), edges.join(", ")),
        Action::Restore { edges } => format!("restore {}", edges.join(", ")),
        Action::Wait { time } => format!("wait {}", brief(*time)),
        Action::Await { job, trigger, .. } => format!("await {trigger} evaluation of {job}"),
        Action::Claim {
            mode, claim, hold, ..
        } => {
            let word = match mode {
                Mode::Expect => "expect",
                Mode::Assume => "assume",
            };
            let hold = hold
                .as_ref()
                .map_or(String::new(), |hold| format!(", for {}", brief(hold.time)));
            format!("{word} {}{hold}", self::claim(claim))
        }
        Action::Observe { what } => format!("observe {what}"),
    }
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
        (Action::Fault { .. }, StepOutcome::Done) => "proven",
        (Action::Restore { .. }, StepOutcome::Done) => note.unwrap_or("proven"),
        (Action::Deploy { .. }, StepOutcome::Done) => note.unwrap_or("accepted"),
        (Action::Observe { .. }, StepOutcome::Done) => "recorded",
        (_, StepOutcome::Done) => "done",
        (_, StepOutcome::Contradicted) if expected => "FAILED",
        (_, StepOutcome::Contradicted) => "UNMET",
        (_, StepOutcome::Undecided) => "UNKNOWN",
        (_, StepOutcome::Refused) => "REFUSED",
        (_, StepOutcome::Interrupted) => "interrupted",
    }
}

/// A claim.
pub fn claim(claim: &Claim) -> String {
    match claim {
        Claim::Nodes { on, are } => format!("nodes {}: {}", who(on), node_is(*are)),
        Claim::Job { job, is } => format!("job {job}: {is}"),
        Claim::Executions {
            job,
            on,
            observed,
            desired,
            count,
        } => {
            let mut states = Vec::new();
            states.extend(observed.as_ref().map(ToString::to_string));
            states.extend(desired.as_ref().map(|state| format!("desired {state}")));
            states.extend(count.map(|count| format!("{count} of them")));
            let states = if states.is_empty() {
                "there".to_owned()
            } else {
                states.join(", ")
            };
            format!("executions of {job} on {}: {states}", who(on))
        }
    }
}

/// A fault's verb.
pub fn fault(fault: FaultKind) -> &'static str {
    match fault {
        FaultKind::Kill => "kill",
        FaultKind::Remove => "remove",
        FaultKind::Restart => "restart",
    }
}

/// An invariant's name in playbooks.
pub fn invariant(invariant: Invariant) -> &'static str {
    match invariant {
        Invariant::OneExecutionPerNode => "one-execution-per-node",
        Invariant::LegalTransitions => "legal-transitions",
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

fn who(who: &Who) -> String {
    match who {
        Who::All => "all".to_owned(),
        Who::These(edges) => edges.join(", "),
    }
}

fn node_is(are: NodeIs) -> &'static str {
    match are {
        NodeIs::Connected => "connected",
        NodeIs::Disconnected => "disconnected",
        NodeIs::Lost => "lost",
        NodeIs::Reconnected => "reconnected",
    }
}
