//! The verdict in words: what failed, where it stands in the playbook, what was expected, what was
//! seen instead, and which readings decide.

use std::fmt::Write;

use super::style::{Style, wrap};
use super::words;
use crate::clock::brief;
use crate::journal::ReadingId;
use crate::plan::{Action, Plan};
use crate::playbook::Invariant;
use crate::verdict::{Outcome, Part, Verdict, What};

/// How far the facts are indented.
const LABEL: usize = 10;

/// The verdict and, for everything but a pass, its reasons.
pub(super) fn render(plan: &Plan, verdict: &Verdict, style: Style) -> String {
    let mut out = String::new();
    match verdict.deciding() {
        None => headline(&mut out, verdict, &passed(verdict), style),
        Some(part) => {
            headline(&mut out, verdict, &place(plan, part), style);
            facts(&mut out, plan, part, style);
        }
    }
    for (index, part) in verdict.parts.iter().enumerate() {
        let bad = part.outcome > Outcome::Pass && part.reached;
        if bad && Some(index) != verdict.cause {
            let line = format!("{} {}: {}", part.outcome, place(plan, part), part.note);
            fold(&mut out, "also", &line, style);
        }
    }
    if let Some(line) = unreached(plan, verdict) {
        fold(&mut out, "also", &line, style);
    }
    if let Some(line) = unobservable(plan, verdict) {
        fold(&mut out, "unseen", &line, style);
    }
    for (invariant, part) in invariants(verdict) {
        if part.outcome == Outcome::Pass {
            let line = format!("{} held", words::invariant(invariant));
            fold(&mut out, "always", &line, style);
        }
    }
    for left in &verdict.left_over {
        fold(&mut out, "left over", left, style);
    }
    if let Some(reason) = &verdict.broken {
        fold(&mut out, "a bug of rejoin", reason, style);
    }
    out
}

/// The verdict's word, and beside it what it is about.
fn headline(out: &mut String, verdict: &Verdict, text: &str, style: Style) {
    let word = verdict.outcome.to_string();
    let indent = word.len() + 2;
    let width = usize::from(style.width).saturating_sub(indent).max(20);
    let mut lines = wrap(text, width).into_iter();
    let first = lines.next().unwrap_or_default();
    let _ = writeln!(out, "{}  {first}", style.outcome(verdict.outcome, word));
    for line in lines {
        let _ = writeln!(out, "{:indent$}{line}", "");
    }
}

fn passed(verdict: &Verdict) -> String {
    let shown = |part: &&Part| part.outcome == Outcome::Pass && matches!(part.what, What::Step(_));
    let steps = verdict.parts.iter().filter(shown);
    format!(
        "{} steps, each with a deciding observation or a proof",
        steps.count()
    )
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

/// Where a part stands and what it says.
fn place(plan: &Plan, part: &Part) -> String {
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

fn facts(out: &mut String, plan: &Plan, part: &Part, style: Style) {
    if let What::Step(index) = part.what
        && let Some(step) = plan.steps.get(index)
    {
        if let Action::Claim { claim, within, .. } = &step.action {
            let expected = format!("{} within {}", words::claim(claim), words::budget(within));
            fold(out, "expected", &expected, style);
        }
        fold(out, "step", &step.id, style);
    }
    let label = if part.readings.is_empty() {
        "reason"
    } else {
        "observed"
    };
    fold(out, label, &part.note, style);
    if let Some(since) = part.since {
        let lasted = brief(part.decided.since(since));
        fold(
            out,
            "since",
            &format!("{since} at the latest: for at least {lasted}"),
            style,
        );
    }
    for sentence in &part.evidence {
        fold(out, "evidence", sentence, style);
    }
    if !part.readings.is_empty() {
        let text = format!("at {} by {}", part.decided, readings(&part.readings));
        fold(out, "decided", &text, style);
    }
}

fn readings(ids: &[ReadingId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
    match ids.as_slice() {
        [one] => format!("reading {one}"),
        many => format!("readings {}", many.join(", ")),
    }
}

/// A labelled fact, folded to the page.
fn fold(out: &mut String, label: &str, text: &str, style: Style) {
    let width = usize::from(style.width).saturating_sub(LABEL + 4).max(20);
    let mut lines = wrap(text, width).into_iter();
    let first = lines.next().unwrap_or_default();
    let label = format!("{label} ");
    let _ = writeln!(out, "  {label:LABEL$}{first}");
    for line in lines {
        let _ = writeln!(out, "  {:LABEL$}{line}", "");
    }
}
