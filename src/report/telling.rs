//! The verdict told: what decides, where it stands in the playbook, and everything else worth saying, as
//! labelled sentences. Every format says the same of a run; they differ in how it looks.

use crate::clock::brief;
use crate::journal::ReadingId;
use crate::plan::{Action, Plan};
use crate::playbook::Invariant;
use crate::verdict::{Outcome, Part, Verdict, What};

use super::words;

/// A sentence and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// A word or two: `expected`, `observed`, `since`.
    pub label: &'static str,
    /// The sentence.
    pub text: String,
}

impl Fact {
    fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self {
            label,
            text: text.into(),
        }
    }
}

/// The sentence beside the verdict's word.
pub fn sentence(plan: &Plan, verdict: &Verdict) -> String {
    if let Some(part) = verdict.deciding() {
        place(plan, part)
    } else {
        let shown =
            |part: &&Part| part.outcome == Outcome::Pass && matches!(part.what, What::Step(_));
        let steps = verdict.parts.iter().filter(shown).count();
        format!("{steps} steps, each with a deciding observation or a proof")
    }
}

/// Where a part stands and what it says.
pub fn place(plan: &Plan, part: &Part) -> String {
    let file = &plan.playbook.file;
    match part.what {
        What::Step(index) => match plan.steps.get(index) {
            Some(step) => format!("{file}:{} {}", step.at.line, words::step(step)),
            None => file.clone(),
        },
        What::Invariant(invariant) => format!("{file} always {}", words::invariant(invariant)),
        What::Run => format!("{file} as a whole"),
    }
}

/// Why a part ended as it did.
pub fn facts(plan: &Plan, part: &Part) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let What::Step(index) = part.what
        && let Some(step) = plan.steps.get(index)
    {
        if let Action::Claim {
            claim,
            within,
            recovers,
            ..
        } = &step.action
        {
            let from = if *recovers { " of the restore" } else { "" };
            let (claim, within) = (words::claim(claim), words::budget(within));
            facts.push(Fact::new(
                "expected",
                format!("{claim} within {within}{from}"),
            ));
        }
        facts.push(Fact::new("step", &step.id));
    }
    let label = if part.readings.is_empty() {
        "reason"
    } else {
        "observed"
    };
    facts.push(Fact::new(label, &part.note));
    if let Some(since) = part.since {
        let lasted = brief(part.decided.since(since));
        let text = format!("{since} at the latest: for at least {lasted}");
        facts.push(Fact::new("since", text));
    }
    let evidence = part.evidence.iter();
    facts.extend(evidence.map(|sentence| Fact::new("evidence", sentence)));
    if !part.readings.is_empty() {
        let text = format!("at {} by {}", part.decided, readings(&part.readings));
        facts.push(Fact::new("decided", text));
    }
    facts
}

/// Everything that is to be said besides what decides.
pub fn others(plan: &Plan, verdict: &Verdict) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (index, part) in verdict.parts.iter().enumerate() {
        let bad = part.outcome > Outcome::Pass && part.reached;
        if bad && Some(index) != verdict.cause {
            let line = format!("{} {}: {}", part.outcome, place(plan, part), part.note);
            facts.push(Fact::new("also", line));
        }
    }
    facts.extend(unreached(plan, verdict).map(|line| Fact::new("also", line)));
    facts.extend(unobservable(plan, verdict).map(|line| Fact::new("unseen", line)));
    for (invariant, part) in invariants(verdict) {
        if part.outcome == Outcome::Pass {
            let line = format!("{} held", words::invariant(invariant));
            facts.push(Fact::new("always", line));
        }
    }
    let left = verdict.left_over.iter();
    facts.extend(left.map(|left| Fact::new("left over", left)));
    let broken = verdict.broken.iter();
    facts.extend(broken.map(|reason| Fact::new("a bug of rejoin", reason)));
    facts
}

/// The steps that the run did not come to, in one sentence.
fn unreached(plan: &Plan, verdict: &Verdict) -> Option<String> {
    let mut missed = verdict.parts.iter().filter(|part| !part.reached).peekable();
    let What::Step(first) = missed.peek()?.what else {
        return None;
    };
    let line = plan.steps.get(first)?.at.line;
    let file = &plan.playbook.file;
    Some(match missed.count() {
        1 => format!("UNKNOWN {file}:{line} was not reached"),
        more => format!("UNKNOWN {more} steps from {file}:{line} on were not reached"),
    })
}

/// What this target cannot show, in one sentence.
fn unobservable(plan: &Plan, verdict: &Verdict) -> Option<String> {
    let parts = verdict.parts.iter();
    let hidden = parts.filter(|part| part.outcome == Outcome::Unobservable);
    let listed: Vec<String> = hidden
        .map(|part| format!("{} ({})", place(plan, part), part.note))
        .collect();
    (!listed.is_empty()).then(|| {
        let listed = listed.join("; ");
        format!("not observable here: {listed}; listed under `require` it would be unknown")
    })
}

fn invariants(verdict: &Verdict) -> impl Iterator<Item = (Invariant, &Part)> {
    verdict.parts.iter().filter_map(|part| match part.what {
        What::Invariant(invariant) => Some((invariant, part)),
        _ => None,
    })
}

/// The numbers of readings.
pub fn readings(ids: &[ReadingId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    match ids.as_slice() {
        [one] => format!("reading {one}"),
        many => format!("readings {}", many.join(", ")),
    }
}
