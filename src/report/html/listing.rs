//! The timeline in words: a table for those who do not see it, and for what is too narrow to hit.

use maud::{Markup, html};

use super::mark::{Group, Lane, Mark, Shape};
use crate::clock::brief;

/// The most rows: beyond that the journal itself is the better reading.
const MOST_ROWS: usize = 3_000;

/// Every mark of the timeline, in the order of time.
pub(super) fn table(groups: &[Group]) -> Markup {
    let lanes = groups
        .iter()
        .flat_map(|group| group.lanes.iter().map(move |lane| (group, lane)));
    let mut rows: Vec<(&Group, &Lane, &Mark)> = lanes
        .flat_map(|(group, lane)| lane.marks.iter().map(move |mark| (group, lane, mark)))
        .collect();
    rows.sort_by_key(|(.., mark)| mark.from);
    let more = rows.len().saturating_sub(MOST_ROWS);
    html! {
        details id="listing" {
            summary { "The timeline as a table (" (rows.len()) " rows)" }
            @if more > 0 { p class="notice" { "The last " (more) " rows are left out here: see the journal." } }
            div class="wide" role="region" aria-label="The timeline as a table" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "from" } th scope="col" { "to" } th scope="col" { "of" }
                        th scope="col" { "what" } th scope="col" { "entry" }
                    } }
                    tbody {
                        @for (group, lane, mark) in rows.iter().take(MOST_ROWS) {
                            tr {
                                td class="number" { (mark.from.at) }
                                td class="number" { @if mark.shape != Shape::Tick { (mark.to.at) } }
                                th scope="row" { (lane.name) span class="note" { (group.name) } }
                                td { (mark.label) @for line in &mark.says { span class="note" { (line) } } }
                                td class="number" { (mark.from.seq) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What a mark stands for, a line each: the first is what it is.
pub(super) fn said(lane: &Lane, mark: &Mark) -> Vec<String> {
    let (from, to) = (mark.from.at, mark.to.at);
    let when = if mark.shape == Shape::Tick {
        format!("at {from}")
    } else {
        format!("from {from} to {to}: {}", brief(to.since(from)))
    };
    let mut lines = vec![format!("{}: {}", lane.name, mark.label), when];
    lines.extend(mark.says.iter().cloned());
    lines.push(format!("journal entry {}", mark.from.seq));
    // A line of others must not look like one of these.
    lines
        .iter()
        .map(|line| super::words::printable(line))
        .collect()
}
