//! Lanes and marks as SVG. Places are attributes and colours are classes: the page allows no other style.

use maud::{Markup, html};

use super::listing::said;
use super::mark::{Group, Lane, Mark, Shape};
use super::scale::{Scale, number};

/// How high a lane is.
pub(super) const ROW: f64 = 24.0;
/// How high the heading of a group is, the space above it included.
pub(super) const HEADING: f64 = 32.0;
/// How wide a letter of a label is, about.
const LETTER: f64 = 6.0;
/// The most letters of a lane's name that stand before it.
const NAME: usize = 31;
/// What the narrowest bar has, so that it can be seen.
const NARROWEST: f64 = 3.0;

/// A number as attributes have it.
pub(super) fn n(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A kind of lanes, from `top` on.
pub(super) fn group(group: &Group, scale: &Scale, top: f64, width: f64) -> Markup {
    let rows = group.lanes.iter().scan(top + HEADING, |y, lane| {
        let at = *y;
        *y += ROW;
        Some((at, lane))
    });
    html! {
        line class="rule" x1="0" x2=(n(width)) y1=(n(top + 8.5)) y2=(n(top + 8.5)) {}
        text class="heading" x="0" y=(n(top + 25.0)) {
            (group.name)
            @if group.more > 0 { " (" (group.more) " more are left out)" }
        }
        @for (y, lane) in rows { (row(lane, scale, y)) }
    }
}

/// How high a group is.
pub(super) fn height(group: &Group) -> f64 {
    HEADING + ROW * lanes(group)
}

fn lanes(group: &Group) -> f64 {
    number(u64::try_from(group.lanes.len()).unwrap_or(u64::MAX))
}

fn row(lane: &Lane, scale: &Scale, y: f64) -> Markup {
    let more = match lane.more {
        0 => String::new(),
        more => format!(" (+{more} left out)"),
    };
    html! {
        g class="lane" role="group" aria-label={ (lane.name) (more) } {
            text class="name" x="0" y=(n(y + 15.0)) aria-hidden="true" {
                title { (lane.name) (more) }
                (short(&lane.name, NAME.saturating_sub(more.len()))) (more)
            }
            @for mark in &lane.marks { (one(lane, mark, scale, y)) }
        }
    }
}

/// The beginning of a text.
fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let begin: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", begin.trim_end())
}

fn one(lane: &Lane, mark: &Mark, scale: &Scale, y: f64) -> Markup {
    let (x, end) = (scale.x(mark.from), scale.x(mark.to));
    let width = (end - x).max(NARROWEST);
    let lines = said(lane, mark);
    let (shape, top, height) = match mark.shape {
        Shape::Bar => ("bar", y + 4.0, 13.0),
        Shape::Strip => ("strip", y + 18.5, 3.0),
        Shape::Band => ("deadline", y + 2.0, 17.0),
        Shape::Gap => ("gap", y + 4.0, 13.0),
        Shape::Tick => ("tick", y + 3.0, 15.0),
    };
    let classes = format!("mark {shape} {}", mark.tone.class());
    let letters = u64::try_from(mark.label.chars().count()).unwrap_or(u64::MAX);
    let fits =
        matches!(mark.shape, Shape::Bar | Shape::Gap) && number(letters) * LETTER + 8.0 < width;
    html! {
        g class=(classes) tabindex="0" role="img" aria-label=(lines.join(". "))
            data-seq=(mark.from.seq) data-from=(mark.from.at.0) data-to=(mark.to.at.0) {
            title { (lines.join("\n")) }
            @match mark.shape {
                Shape::Tick => {
                    rect class="hit" x=(n(x - 4.0)) y=(n(top - 2.0)) width="8" height=(n(height + 4.0)) {}
                    rect class="body" x=(n(x - 1.0)) y=(n(top)) width="2" height=(n(height)) rx="1" {}
                }
                _ => rect class="body" x=(n(x)) y=(n(top)) width=(n(width)) height=(n(height)) rx="2" {},
            }
            @if fits { text x=(n(x + 5.0)) y=(n(top + 10.0)) aria-hidden="true" { (mark.label) } }
        }
    }
}
