//! What the run did to the containers of the target, seen from its end.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::Run;
use crate::fault::{Container, Inventory};
use crate::journal::{Event, When};

/// Every container before the first step and after the last undo.
pub(super) fn section(run: &Run<'_>) -> Markup {
    let (before, after) = (inventory(run, When::Before), inventory(run, When::After));
    let names: BTreeSet<_> = before
        .into_iter()
        .chain(after)
        .flat_map(|all| all.keys())
        .collect();
    html! {
        section aria-labelledby="containers-title" {
            h2 id="containers-title" { "Containers, before and after" }
            @if run.verdict.left_over.is_empty() && after.is_some() {
                p { "Everything was put back: no container is other than it was." }
            }
            @for left in &run.verdict.left_over { p class="notice" { "Left over: " (left) } }
            @if after.is_none() {
                p class="notice" { "The record has no inventory after the run: nobody looked whether everything was put back." }
            }
            (super::tables::framed("containers-title", &["container", "before", "after", "difference"], &html! {
                @for name in names {
                    @let was = before.and_then(|all| all.get(name));
                    @let is = after.and_then(|all| all.get(name));
                    tr {
                        th scope="row" { (name) }
                        td { (state(was)) }
                        td { @if after.is_some() { (state(is)) } @else { "not looked" } }
                        td { (difference(was, is, after.is_some())) }
                    }
                }
            }))
        }
    }
}

fn inventory<'a>(run: &Run<'a>, wanted: When) -> Option<&'a Inventory> {
    run.entries
        .iter()
        .rev()
        .find_map(|entry| match &entry.event {
            Event::Inventory { when, containers } if *when == wanted => Some(containers),
            _ => None,
        })
}

fn state(container: Option<&Container>) -> String {
    let word = |container: &Container| format!("{:?}", container.state).to_lowercase();
    container.map_or_else(|| "not there".to_owned(), word)
}

fn difference(was: Option<&Container>, is: Option<&Container>, looked: bool) -> String {
    match (was, is) {
        (Some(was), Some(is)) => {
            let found = was.differences(is);
            match found.is_empty() {
                true if was.id != is.id => "none (made anew)".to_owned(),
                true => "none".to_owned(),
                false => found.join("; "),
            }
        }
        (Some(_), None) if looked => "gone".to_owned(),
        (None, Some(_)) => "was not there before".to_owned(),
        _ => String::new(),
    }
}
