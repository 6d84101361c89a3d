//! The tables of a sweep: the same as its picture, and every run.

use maud::{Markup, html};

use super::super::super::swept::{Point, Spread, Swept, exact, spreads};
use super::super::summary::class;
use super::super::tables::framed;

/// How a point ended, in its colour.
fn ended(point: &Point) -> Markup {
    html! { span class={ "pill " (class(point.ending.outcome)) } { (point.label()) } }
}

pub(super) fn windows(swept: &Swept) -> Markup {
    let rows = html! {
        @for window in swept.windows() {
            @if let (Some(first), Some(last)) = (window.first(), window.last()) {
                tr {
                    td class="number" { (exact(first.at)) }
                    td class="number" { (exact(last.at)) }
                    td class="number" { (window.len()) }
                    td { (ended(first)) }
                    td { (first.note) }
                }
            }
        }
    };
    html! {
        section aria-labelledby="windows-title" {
            h2 id="windows-title" { "Windows" }
            (framed("windows-title", &["from", "to", "runs", "verdict", "seen in the first of them"], &rows))
        }
    }
}

pub(super) fn edges(swept: &Swept) -> Markup {
    let rows = html! {
        @for edge in swept.edges() {
            tr {
                td class="number" { (exact(edge.below.at)) }
                td class="number" { (exact(edge.above.at)) }
                td class="number" { (exact(edge.above.at - edge.below.at)) }
                td { (ended(edge.below)) }
                td { (ended(edge.above)) }
            }
        }
    };
    html! {
        section aria-labelledby="edges-title" {
            h2 id="edges-title" { "Where the verdict changes" }
            @if swept.windows.len() < 2 {
                p { "Nowhere: every run ended alike." }
            } @else {
                (framed("edges-title", &["between", "and", "apart", "from", "to"], &rows))
            }
        }
    }
}

pub(super) fn recovery(swept: &Swept) -> Markup {
    let row = |window: &[Point], spread: &Spread| {
        let times = match spread.took {
            Some((min, median, max)) => [min, median, max].map(exact),
            None => ["-"; 3].map(str::to_owned),
        };
        html! {
            tr {
                td class="number" { (window.first().map_or(String::new(), |it| exact(it.at))) }
                td class="number" { (window.last().map_or(String::new(), |it| exact(it.at))) }
                th scope="row" { (spread.job) }
                @for time in times { td class="number" { (time) } }
                td class="number" { (spread.back + spread.never) }
                td class="number" { (spread.never) }
            }
        }
    };
    let rows = html! {
        @for window in swept.windows() {
            @for spread in spreads(window) { (row(window, &spread)) }
        }
    };
    let header = ["from", "to", "job", "min", "median", "max", "runs", "never"];
    html! {
        section aria-labelledby="recovery-title" {
            h2 id="recovery-title" { "Recovery" }
            @if swept.points.iter().all(|point| point.recovered.is_empty()) {
                p { "Not measured: nothing with work on it was brought back." }
            } @else {
                p class="note" { "From the restore of an edge to the first answer that shows the work running there again; of each run the slowest execution." }
                (framed("recovery-title", &header, &rows))
            }
        }
    }
}

pub(super) fn points(swept: &Swept) -> Markup {
    let rows = html! {
        @for point in &swept.points {
            tr {
                td class="number" { (exact(point.at)) }
                td { (ended(point)) }
                td {
                    @for (index, (job, took)) in point.slowest().iter().enumerate() {
                        @if index > 0 { ", " }
                        (job) " " (took.map_or("never".to_owned(), exact))
                    }
                }
                td { (point.note) }
            }
        }
    };
    html! {
        section aria-labelledby="points-title" {
            h2 id="points-title" { "All runs" }
            details {
                summary { "Show " (swept.points.len()) " runs" }
                (framed("points-title", &[swept.var.as_str(), "verdict", "recovery", "seen"], &rows))
            }
        }
    }
}
