//! How long the work took to come back.

use maud::{Markup, html};

use super::super::told::recovery_words;
use super::Run;
use crate::clock::brief;
use crate::verdict::{Recovered, recovered};

/// Every execution on an edge that was brought back.
pub(super) fn section(run: &Run<'_>) -> Markup {
    let all = recovered(run.plan, run.entries);
    html! {
        section aria-labelledby="recovery-title" {
            h2 id="recovery-title" { "Recovery" }
            @if all.is_empty() {
                p { "Not measured: nothing with work on it was brought back." }
            } @else {
                p class="note" { "From the restore of an edge to the first answer that shows its node back and the work running there." }
                (table(&all))
            }
        }
    }
}

fn table(all: &[Recovered]) -> Markup {
    html! {
        (super::tables::framed("recovery-title", &["execution", "restored", "took", "at least", "by"], &html! {
            @for one in all {
                tr {
                    th scope="row" { (one.job) " on " (one.edge) span class="note" { (one.execution) } }
                    td class="number" { (one.restored) }
                    td class="number" {
                        span class={ "pill " (if one.ran.is_some() { "good" } else { "bad" }) } { (recovery_words(one)) }
                    }
                    td class="number" { @if let Some(ran) = one.ran { (brief(ran.not_before.since(one.restored))) } }
                    td { @if let Some(ran) = one.ran { "reading " (ran.reading.0) } }
                }
            }
        }))
    }
}
