//! The verdict and the sentence that decides it.

use maud::{Markup, html};

use super::super::telling::{self, Fact};
use super::Run;
use crate::journal::Event;
use crate::verdict::Outcome;

/// What was run.
pub(super) fn header(run: &Run<'_>) -> Markup {
    let about = &run.plan.playbook;
    let subject = &run.plan.subject;
    html! {
        header {
            p class="over" {
                "rejoin · run " (run.plan.run) " · target " (subject.target)
                @if let Some(variant) = &subject.variant { " · variant " (variant) }
            }
            h1 { (about.title) }
            p class="under" {
                code { (about.file) }
                @if let Some(scenario) = &about.scenario { " · " (scenario) }
                @if let Some(issue) = &about.issue { " · " (issue) }
            }
        }
    }
}

/// The verdict with everything that it rests on.
pub(super) fn section(run: &Run<'_>) -> Markup {
    let verdict = run.verdict;
    let deciding = verdict.deciding();
    let deciding = deciding.map(|part| telling::facts(run.plan, part));
    let (aside, more): (Vec<Fact>, Vec<Fact>) = telling::others(run.plan, verdict)
        .into_iter()
        .partition(|fact| is_aside(fact.label));
    let shape = format!("verdict {}", class(verdict.outcome));
    html! {
        section id="verdict" class=(shape) aria-labelledby="verdict-title" tabindex="-1" {
            h2 id="verdict-title" {
                span class="word" { (verdict.outcome) }
                span class="sentence" { (telling::sentence(run.plan, verdict)) }
            }
            @if let Some(signal) = &verdict.interrupted {
                p class="notice" { "A signal ended the run: " (signal) "." }
            }
            @if let Some(last) = run.cut_off() {
                p class="notice" {
                    "The record ends at " (last.elapsed) ", after entry " (last.seq) ": the run was killed, and nothing is known of what came after."
                }
            }
            @for reason in halted(run) { p class="notice" { (reason) } }
            dl class="facts" {
                @for fact in deciding.into_iter().flatten().chain(more) {
                    div { dt { (fact.label) } dd { (fact.text) } }
                }
            }
            @if !aside.is_empty() {
                dl class="facts aside" {
                    @for fact in aside { div { dt { (fact.label) } dd { (fact.text) } } }
                }
            }
        }
    }
}

/// Whether a fact is about something else than the deciding part.
fn is_aside(label: &str) -> bool {
    matches!(label, "also" | "unseen" | "always")
}

fn halted<'a>(run: &Run<'a>) -> impl Iterator<Item = &'a str> {
    run.entries.iter().filter_map(|entry| match &entry.event {
        Event::Halted { reason } => Some(reason.as_str()),
        _ => None,
    })
}

/// The class of an outcome in the style sheet.
pub(super) const fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "good",
        Outcome::Fail => "bad",
        Outcome::Unknown => "wait",
        Outcome::Unobservable => "off",
    }
}
