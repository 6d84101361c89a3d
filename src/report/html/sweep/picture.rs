//! The picture of a sweep: the verdict as a strip over the time that was swept, and below it how long the work took
//! to come back.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::super::super::ending;
use super::super::super::swept::{Edge, Swept, exact};
use super::super::axis::round;
use super::super::draw::n;
use super::super::scale::number;
use super::super::summary::class;
use super::dots::{dot, dots};
use super::scale::{LEFT, RIGHT, STRIP, Scale, WIDTH};

/// How high a row of labels is.
const ROW: f64 = 15.0;
/// How many rows the labels of edges may have.
const ROWS: usize = 4;
/// How wide a letter is, about.
const LETTER: f64 = 6.4;
/// The section with the picture and its key.
pub(super) fn section(swept: &Swept) -> Markup {
    let jobs: BTreeSet<&str> = swept
        .points
        .iter()
        .flat_map(|it| it.slowest().into_keys())
        .collect();
    let jobs: Vec<&str> = jobs.into_iter().collect();
    html! {
        section aria-labelledby="picture-title" {
            h2 id="picture-title" { "Verdict and recovery over " (swept.var) }
            p class="note" {
                "Above: the verdict for each value of " code { (swept.var) } ", with the places where it changes; a tick for each run. "
                "Below: how long the work took to come back, of each run the slowest execution of a job. The tables say the same."
            }
            (key(swept, &jobs))
            div class="chart" role="region" aria-labelledby="picture-title" tabindex="0" { (picture(swept, &jobs)) }
        }
    }
}

fn key(swept: &Swept, jobs: &[&str]) -> Markup {
    let mut outcomes: Vec<_> = swept.points.iter().map(|it| it.ending.outcome).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    html! {
        ul class="key" aria-label="Colours" {
            @for outcome in outcomes {
                li { span class={ "swatch " (class(outcome)) } {} (ending::word(outcome)) }
            }
            @for (index, job) in jobs.iter().enumerate() {
                li { svg class="plot" width="14" height="12" aria-hidden="true" { (dot(index, 6.0, 6.0, "")) } (job) }
            }
        }
    }
}

fn picture(swept: &Swept, jobs: &[&str]) -> Markup {
    let labels = labels(swept);
    let rows = labels.iter().map(|(_, row, _)| row + 1).max().unwrap_or(0);
    let rows = number(u64::try_from(rows).unwrap_or(0));
    let took = swept
        .points
        .iter()
        .flat_map(|it| it.slowest().into_values());
    let longest = took.flatten().max();
    let scale = Scale {
        swept,
        strip: rows * ROW + 8.0,
        longest: longest.unwrap_or(0) * 21 / 20,
    };
    let bottom = if jobs.is_empty() {
        scale.strip + STRIP + 14.0
    } else {
        scale.bottom()
    };
    let height = bottom + 42.0;
    html! {
        svg id="chart" class="chart whole plot" viewBox={ "0 0 " (n(WIDTH)) " " (n(height)) } width=(n(WIDTH)) height=(n(height))
            role="img" aria-labelledby="chart-title chart-desc" {
            title id="chart-title" { "Verdict and recovery of " (swept.about.name) " over " (swept.var) }
            desc id="chart-desc" { (described(swept)) }
            (values(&scale, bottom))
            @if !jobs.is_empty() { (times(&scale)) }
            (strip(&scale))
            @for edge in swept.edges() {
                g class="decided" {
                    title { (said(&edge)) }
                    line x1=(n(scale.edge(&edge))) x2=(n(scale.edge(&edge))) y1=(n(scale.strip - 4.0)) y2=(n(bottom)) {}
                }
            }
            @for (edge, row, text) in &labels {
                text class="edge" x=(n(scale.edge(edge))) y=(n(number(u64::try_from(*row).unwrap_or(0)) * ROW + 11.0)) { (text) }
            }
            @for point in &swept.points { (dots(point, jobs, &scale)) }
        }
    }
}

/// The labels of the edges, each in the first row where there is room; those that have none are left to the table.
fn labels(swept: &Swept) -> Vec<(Edge<'_>, usize, String)> {
    let scale = Scale {
        swept,
        strip: 0.0,
        longest: 0,
    };
    let mut ends = [f64::MIN; ROWS];
    let mut labels = Vec::new();
    for edge in swept.edges() {
        let text = exact(edge.below.at.midpoint(edge.above.at));
        let letters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        let half = (number(letters) * LETTER) / 2.0 + 4.0;
        let x = scale.edge(&edge);
        let free = ends.iter().position(|end| *end <= x - half);
        if let Some((row, end)) = free.and_then(|row| Some((row, ends.get_mut(row)?))) {
            *end = x + half;
            labels.push((edge, row, text));
        }
    }
    labels
}

/// The axis of the time that is swept.
fn values(scale: &Scale<'_>, bottom: f64) -> Markup {
    let Swept { from, to, var, .. } = scale.swept;
    html! {
        g class="axis" aria-hidden="true" {
            @for value in round(*from, *to, 13) {
                line x1=(n(scale.x(value))) x2=(n(scale.x(value))) y1=(n(scale.strip + STRIP)) y2=(n(bottom + 4.0)) {}
                text class="middle" x=(n(scale.x(value))) y=(n(bottom + 17.0)) { (exact(value)) }
            }
            text class="middle heading" x=(n(f64::midpoint(LEFT, RIGHT))) y=(n(bottom + 35.0)) { (var) }
            text class="end heading" x=(n(LEFT - 10.0)) y=(n(scale.strip + 16.0)) { "verdict" }
        }
    }
}

/// The axis of the recovery times.
fn times(scale: &Scale<'_>) -> Markup {
    html! {
        g class="axis" aria-hidden="true" {
            @for took in round(0, scale.longest, 6) {
                line x1=(n(LEFT)) x2=(n(RIGHT)) y1=(n(scale.y(took))) y2=(n(scale.y(took))) {}
                text class="end" x=(n(LEFT - 10.0)) y=(n(scale.y(took) + 3.5)) { (exact(took)) }
            }
            line x1=(n(LEFT)) x2=(n(RIGHT)) y1=(n(scale.never())) y2=(n(scale.never())) {}
            text class="end" x=(n(LEFT - 10.0)) y=(n(scale.never() + 3.5)) { "never" }
            text class="end heading" x=(n(LEFT - 10.0)) y=(n(scale.never() - 18.0)) { "recovery" }
        }
    }
}

/// The verdict over all values: each window up to the middle of its edges.
fn strip(scale: &Scale<'_>) -> Markup {
    let inner: Vec<f64> = scale.swept.edges().map(|edge| scale.edge(&edge)).collect();
    let starts = [LEFT].into_iter().chain(inner.iter().copied());
    let ends = inner.iter().copied().chain([RIGHT]);
    let top = scale.strip;
    html! {
        @for ((window, from), to) in scale.swept.windows().zip(starts).zip(ends) {
            @if let (Some(first), Some(last)) = (window.first(), window.last()) {
                g class={ "mark bar " (class(first.ending.outcome)) } {
                    title { (exact(first.at)) " to " (exact(last.at)) ": " (first.label()) }
                    rect class="body" x=(n(from)) y=(n(top)) width=(n((to - from).max(1.5))) height=(n(STRIP)) {}
                    @if number(u64::try_from(first.label().chars().count()).unwrap_or(u64::MAX)) * LETTER + 12.0 < to - from {
                        text x=(n(from + 7.0)) y=(n(top + 16.0)) { (first.label()) }
                    }
                }
            }
        }
        g class="ticks" aria-hidden="true" {
            @for point in &scale.swept.points {
                line x1=(n(scale.x(point.at))) x2=(n(scale.x(point.at))) y1=(n(top + STRIP + 2.0)) y2=(n(top + STRIP + 8.0)) {}
            }
        }
    }
}

fn said(edge: &Edge<'_>) -> String {
    format!(
        "between {} and {}: {} becomes {}",
        exact(edge.below.at),
        exact(edge.above.at),
        edge.below.label(),
        edge.above.label()
    )
}

/// The picture for who does not see it.
fn described(swept: &Swept) -> String {
    let mut sentences = vec![swept.sentence()];
    sentences.extend(swept.edges().map(|edge| said(&edge)));
    format!("{}.", sentences.join(". "))
}
