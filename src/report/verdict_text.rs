//! The verdict on a terminal: its word, and the sentences folded to the page.

use std::fmt::Write;

use super::style::{Style, wrap};
use super::telling::{self, Fact};
use crate::plan::Plan;
use crate::verdict::Verdict;

/// How far the facts are indented.
const LABEL: usize = 10;

/// The verdict and, for everything but a pass, its reasons.
pub(super) fn render(plan: &Plan, verdict: &Verdict, style: Style) -> String {
    let mut out = String::new();
    headline(&mut out, verdict, &telling::sentence(plan, verdict), style);
    let deciding = verdict.deciding();
    let facts = deciding.map(|part| telling::facts(plan, part));
    for fact in facts.into_iter().flatten() {
        fold(&mut out, &fact, style);
    }
    for fact in telling::others(plan, verdict) {
        fold(&mut out, &fact, style);
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

/// A labelled fact, folded to the page.
fn fold(out: &mut String, fact: &Fact, style: Style) {
    let width = usize::from(style.width).saturating_sub(LABEL + 4).max(20);
    let mut lines = wrap(&fact.text, width).into_iter();
    let first = lines.next().unwrap_or_default();
    let label = format!("{} ", fact.label);
    let _ = writeln!(out, "  {label:LABEL$}{first}");
    for line in lines {
        let _ = writeln!(out, "  {:LABEL$}{line}", "");
    }
}
