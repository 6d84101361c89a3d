//! The timeline: a picture of the whole run, with the steps along its top.

use maud::{Markup, html};

use super::draw::{group, height, n};
use super::mark::{Group, MOST_MARKS, Moment};
use super::scale::{Scale, number};
use super::stages::{Stage, outcome_tone};
use super::{Run, axis, lanes, listing, summary, words};
use crate::verdict::What;

/// Where the names end and time begins.
const LEFT: f64 = 204.0;
/// What is left free behind the end of time.
const MARGIN: f64 = 8.0;
/// The width of the picture, where the steps do not ask for more.
const WIDTH: f64 = 1_160.0;
/// The widest picture.
const WIDEST: f64 = 8_000.0;
/// Where the axis has its labels.
const AXIS: f64 = 42.0;
/// Where the first lane begins.
const TOP: f64 = 44.0;

/// The section with the picture, the panel that explains it, and the same in words.
pub(super) fn section(run: &Run<'_>, stages: &[Stage]) -> Markup {
    let groups = lanes::groups(run.plan, run.entries, stages);
    let left_out: usize = groups
        .iter()
        .map(|group| group.more + group.lanes.iter().map(|lane| lane.more).sum::<usize>())
        .sum();
    html! {
        section id="timeline" aria-labelledby="timeline-title" {
            h2 id="timeline-title" { "Timeline" }
            p class="note" {
                "Time runs from left to right. Stretches in which nothing changed are shortened, so read times off the axis, not off lengths. "
                "The numbers along the top are lines of the playbook: select one to mark its part. "
                a href="#timeline" { "Mark none" } ". "
                a href="#listing" { "The same as a table" } "."
            }
            (key())
            @if left_out > 0 {
                p class="notice" {
                    "This record is too large for one picture: " (left_out) " marks or lanes are left out (a lane shows its first " (MOST_MARKS) " marks). The journal has them all."
                }
            }
            div class="chart" role="region" aria-labelledby="timeline-title" tabindex="0" {
                (picture(run, stages, &groups))
            }
            div id="entry" role="status" aria-live="polite" {
                p { "Point at a mark, or reach it with the Tab and arrow keys: what it stands for is shown here." }
            }
            (listing::table(&groups))
        }
    }
}

fn key() -> Markup {
    let words = [
        ("good", "running, connected, up"),
        ("wait", "pending"),
        ("busy", "on its way"),
        ("held", "paused, cut off"),
        ("off", "stopped, disconnected"),
        ("bad", "fault, gone, lost, failed"),
    ];
    html! {
        ul class="key" aria-label="Colours" {
            @for (class, word) in words {
                li { span class={ "swatch " (class) } {} (word) }
            }
            li { span class="swatch gap" {} "no answer" }
        }
    }
}

fn picture(run: &Run<'_>, stages: &[Stage], groups: &[Group]) -> Markup {
    let (Some(first), Some(last)) = (run.entries.first(), run.entries.last()) else {
        return html! {};
    };
    let count = number(u64::try_from(stages.len()).unwrap_or(u64::MAX));
    let width = (LEFT + MARGIN + count * 30.0).clamp(WIDTH, WIDEST);
    let right = width - MARGIN;
    let scale = Scale::new(stages, groups, (first.into(), last.into()), (LEFT, right));
    let bottom = groups.iter().map(height).sum::<f64>() + TOP;
    let ticks = axis::ticks(&scale, stages, right);
    let tops = groups.iter().scan(TOP, |y, group| {
        let top = *y;
        *y += height(group);
        Some((top, group))
    });
    let knots: Vec<String> = scale
        .knots
        .iter()
        .map(|knot| format!("{}:{}:{}", knot.moment.seq, knot.moment.at.0, n(knot.x)))
        .collect();
    let name = format!("chart {}", if width > WIDTH { "long" } else { "whole" });
    html! {
        svg id="chart" class=(name) viewBox={ "0 0 " (n(width)) " " (n(bottom + 6.0)) } width=(n(width)) height=(n(bottom + 6.0))
            role="group" aria-label="Timeline of the run" data-knots=(knots.join(" ")) {
            @for (index, stage) in stages.iter().enumerate() { (band(index, stage, &scale, bottom)) }
            (axis::axis(&ticks, AXIS, bottom))
            (decided(run, stages, &scale, bottom))
            @for (index, stage) in stages.iter().enumerate() { (cell(index, stage, &scale)) }
            @for (top, one) in tops { (group(one, &scale, top, width)) }
        }
    }
}

/// The part of the picture that belongs to a stage; seen while the stage is selected.
fn band(index: usize, stage: &Stage, scale: &Scale, bottom: f64) -> Markup {
    let (from, to) = (scale.x(stage.from), scale.x(stage.to));
    html! {
        rect id={ "stage-" (index) } class="chosen" x=(n(from)) y="0" width=(n((to - from).max(2.0))) height=(n(bottom)) {}
    }
}

fn cell(index: usize, stage: &Stage, scale: &Scale) -> Markup {
    let (from, to) = (scale.x(stage.from), scale.x(stage.to));
    let kind = match stage.step {
        Some(_) => format!("Line {}: ", stage.label),
        None => String::new(),
    };
    let mut lines = vec![format!("{kind}{}", stage.what)];
    lines.extend((!stage.result.is_empty()).then(|| stage.result.clone()));
    lines.push(format!("from {} to {}", stage.from.at, stage.to.at));
    lines.extend(stage.says.iter().cloned());
    lines.push(format!("journal entry {}", stage.from.seq));
    let lines: Vec<String> = lines.iter().map(|line| words::printable(line)).collect();
    let tone = stage
        .ended
        .map_or("plain", |outcome| outcome_tone(outcome).class());
    let letters = number(u64::try_from(stage.label.chars().count()).unwrap_or(u64::MAX));
    html! {
        a class={ "stage mark " (tone) } href={ "#stage-" (index) } aria-label=(lines.join(". "))
            data-seq=(stage.from.seq) data-from=(stage.from.at.0) data-to=(stage.to.at.0) {
            title { (lines.join("\n")) }
            rect class="body" x=(n(from + 0.5)) y="2" width=(n((to - from - 1.0).max(2.0))) height="20" rx="3" {}
            @if letters * 6.2 + 4.0 <= to - from {
                text x=(n(f64::midpoint(from, to))) y="16" aria-hidden="true" { (stage.label) }
            }
        }
    }
}

/// The moment at which the verdict was decided.
fn decided(run: &Run<'_>, stages: &[Stage], scale: &Scale, bottom: f64) -> Markup {
    let Some(part) = run.verdict.deciding() else {
        return html! {};
    };
    let of_step = |index| stages.iter().rev().find(|stage| stage.step == Some(index));
    let moment = match part.what {
        What::Step(index) => of_step(index).map(|stage| stage.to),
        What::Invariant(_) | What::Run => None,
    };
    let at = part.decided;
    let x = scale.x(moment.unwrap_or(Moment { at, seq: u64::MAX }));
    html! {
        g class={ "decided " (summary::class(part.outcome)) } {
            title { "decided at " (at) }
            line x1=(n(x)) x2=(n(x)) y1="2" y2=(n(bottom)) {}
        }
    }
}
