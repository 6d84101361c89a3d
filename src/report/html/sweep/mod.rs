//! A sweep as a page: the picture of the verdict over one time, and the same in tables.

mod dots;
mod picture;
mod scale;
mod tables;

use maud::{Markup, html};

use super::super::swept::Swept;
use super::super::words;
use super::page::framed;
use super::summary::class;

/// The whole document.
pub(super) fn page(swept: &Swept) -> Markup {
    let about = &swept.about;
    let title = html! { (swept.worst()) ": " (about.name) " over " (swept.var) };
    let body = html! {
        header {
            p class="over" { "rejoin · sweep of " (swept.var) " · " (words::subject(&swept.subject, swept.seed)) }
            h1 { (about.title) }
            p class="under" {
                code { (about.file) }
                @if let Some(scenario) = &about.scenario { " · " (scenario) }
                @if let Some(issue) = &about.issue { " · " (issue) }
            }
        }
        main {
            (verdict(swept))
            (picture::section(swept))
            (tables::windows(swept))
            (tables::edges(swept))
            (tables::recovery(swept))
            (tables::points(swept))
        }
        footer { p { "Made by rejoin from the journals of " (swept.points.len()) " runs, and from nothing else." } }
    };
    framed(&title, &body)
}

fn verdict(swept: &Swept) -> Markup {
    let facts = [
        ("sweep", swept.method()),
        ("runs", swept.counts()),
        ("again", swept.again.clone()),
    ];
    let shape = format!("verdict {}", class(swept.worst()));
    html! {
        section id="verdict" class=(shape) aria-labelledby="verdict-title" tabindex="-1" {
            h2 id="verdict-title" {
                span class="word" { (swept.worst()) }
                span class="sentence" { (swept.sentence()) }
            }
            @if let Some(reason) = &swept.cut_off { p class="notice" { (reason) } }
            dl class="facts" {
                @for (label, text) in facts { div { dt { (label) } dd { (text) } } }
            }
        }
    }
}
