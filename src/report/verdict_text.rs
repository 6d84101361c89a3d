//! The verdict in words: what failed, where it stands in the playbook, what was expected, what was
//! seen instead, and which readings decide.

use std::fmt::Write;

use super::style::Style;
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
    let word = style.outcome(verdict.outcome, verdict.outcome);
    match verdict.deciding() {
        None => {
            let _ = writeln!(out, "{word}  {}", passed(verdict));
        }
        Some(part) => {
            let _ = writeln!(out, "{word}  {}", place(plan, part));
            facts(&mut out, plan, part, style);
        }
    }
    for (index, part) in verdict.parts.iter().enumerate() {
        if Some(index) != verdict.cause && part.outcome != Outcome::Pass {
            let line = format!("{} {}: {}", part.outcome, place(plan, part), part.note);
            fold(&mut out, "also", &line, style);
        }
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
    if let Some(signal) = &verdict.interrupted {
        fold(&mut out, "ended by", signal, style);
    }
    if let Some(reason) = &verdict.broken {
        fold(&mut out, "a bug of rejoin", reason, style);
    }
    out
}

fn passed(verdict: &Verdict) -> String {
    let steps = verdict
        .parts
        .iter()
        .filter(|part| matches!(part.what, What::Step(_)));
    format!(
        "{} steps, each with a deciding observation or a proof",
        steps.count()
    )
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
    let mut label = label;
    let mut line = String::new();
    let mut flush = |line: &mut String, label: &mut &str| {
        let _ = writeln!(out, "  {label:LABEL$}{line}");
        (*label, *line) = ("", String::new());
    };
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            flush(&mut line, &mut label);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || !label.is_empty() {
        flush(&mut line, &mut label);
    }
}
