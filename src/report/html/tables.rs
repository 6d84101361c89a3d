//! The tables below the timeline.

use maud::{Markup, html};

use super::super::{telling, told};
use super::stages::Stage;
use super::summary::class;
use super::{Run, words};
use crate::clock::brief;
use crate::plan::{Action, Mode};
use crate::verdict::{Outcome, Part, What};

/// A table under that header, in a frame in which one that is too wide is moved, also by keys.
pub(super) fn framed(title: &str, header: &[&str], rows: &Markup) -> Markup {
    html! {
        div class="wide" role="region" aria-labelledby=(title) tabindex="0" {
            table {
                thead { tr { @for name in header { th scope="col" { (name) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// Every step of the playbook, also those that the run did not come to.
pub(super) fn steps(run: &Run<'_>, stages: &[Stage]) -> Markup {
    let told = told::steps(run.plan, run.entries);
    let place = |step| stages.iter().position(|stage| stage.step == Some(step));
    let rows = run.plan.steps.iter().zip(&told).enumerate();
    html! {
        section aria-labelledby="steps-title" {
            h2 id="steps-title" { "Steps" }
            (framed("steps-title", &["line", "step", "at", "took", "result"], &html! {
                @for (index, (step, told)) in rows {
                    tr {
                        td class="number" { (step.at.line) }
                        th scope="row" {
                            @if let Some(stage) = place(index) {
                                a href={ "#stage-" (stage) } { (words::step(step)) }
                            } @else { (words::step(step)) }
                            @if let Some(name) = &step.name { span class="note" { (name) } }
                        }
                        td class="number" { @if let Some(at) = told.started { (at) } }
                        td class="number" {
                            @if let Some(took) = told.took() { (brief(took)) }
                        }
                        td { (ended(&told::result(run.plan, index, told), told)) }
                    }
                }
            }))
        }
    }
}

fn ended(result: &str, told: &told::Told) -> Markup {
    let tone = match (told.outcome, told.started) {
        (Some(outcome), _) => super::stages::outcome_tone(outcome).class(),
        (None, Some(_)) => "wait",
        (None, None) => "off",
    };
    html! { span class={ "pill " (tone) } { (result) } }
}

/// What was required, and on which readings it was decided.
pub(super) fn expectations(run: &Run<'_>) -> Markup {
    let parts = run
        .verdict
        .parts
        .iter()
        .filter(|part| is_expectation(run, part));
    html! {
        section aria-labelledby="expectations-title" {
            h2 id="expectations-title" { "Expectations" }
            (framed("expectations-title", &["expectation", "verdict", "decided", "by", "seen"], &html! {
                @for part in parts {
                    tr {
                        th scope="row" { (telling::place(run.plan, part)) }
                        td { span class={ "pill " (class(part.outcome)) } { (word(part)) } }
                        td class="number" { @if part.reached { (part.decided) } }
                        td { @if !part.readings.is_empty() { (telling::readings(&part.readings)) } }
                        td { @if part.outcome == Outcome::Pass { "as expected" } @else { (part.note) } }
                    }
                }
            }))
        }
    }
}

fn word(part: &Part) -> String {
    if part.reached {
        part.outcome.to_string().to_lowercase()
    } else {
        "not reached".to_owned()
    }
}

fn is_expectation(run: &Run<'_>, part: &Part) -> bool {
    match part.what {
        What::Step(index) => run.plan.steps.get(index).is_some_and(|step| {
            let mode = Mode::Expect;
            matches!(&step.action, Action::Claim { mode: is, .. } if *is == mode)
        }),
        What::Invariant(_) | What::Run => true,
    }
}

/// What was under test, by identity.
pub(super) fn subject(run: &Run<'_>) -> Markup {
    let (plan, subject) = (run.plan, &run.plan.subject);
    let timing = &plan.timing;
    let fact = |label: &str, value: Option<&str>| {
        html! { @if let Some(value) = value { div { dt { (label) } dd { (value) } } } }
    };
    let times = format!(
        "{} (heartbeat {}, disconnect {}, lost {})",
        subject.timing,
        brief(timing.heartbeat),
        brief(timing.disconnect_timeout),
        brief(timing.lost_timeout)
    );
    let began = run.entries.first().map(|entry| entry.at.to_string());
    html! {
        section aria-labelledby="subject-title" {
            h2 id="subject-title" { "Subject" }
            dl class="facts" {
                (fact("target", Some(&subject.target)))
                (fact("variant", subject.variant.as_deref()))
                (fact("version", subject.version.as_deref()))
                (fact("timing", Some(&times)))
                (fact("seed", Some(&plan.seed.to_string())))
                (fact("run", Some(&plan.run.0)))
                (fact("began", began.as_deref()))
                @for (name, id) in &subject.images { (fact("image", Some(&format!("{name} {id}")))) }
            }
        }
    }
}
