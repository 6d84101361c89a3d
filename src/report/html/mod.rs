//! The report of one run as a page of HTML: one file, without network, that reads well on paper too.
//!
//! [`render`] is a function of the journal. `page` is the frame and what it allows, `summary` the verdict,
//! `timeline` the picture: `lanes` finds what stands on it (`mark`, `states`, `stages`), `scale` gives
//! time a place, `draw` and `axis` draw it, `listing` says the same in words. `tables`, `recovery` and
//! `containers` are what stands below. [`swept`] is a page in the same frame, of many runs: `sweep`.

mod axis;
mod containers;
mod draw;
mod lanes;
mod listing;
mod mark;
mod page;
mod recovery;
mod scale;
mod stages;
mod states;
mod summary;
mod sweep;
mod tables;
#[cfg(test)]
mod tests;
mod timeline;

use maud::Markup;

use super::swept::Swept;
use super::telling::readings;
use super::words;
use crate::journal::{Entry, Event};
use crate::plan::Plan;
use crate::verdict::{self, Verdict};

/// A run, as the parts of the page see it.
#[derive(Debug, Clone, Copy)]
struct Run<'a> {
    plan: &'a Plan,
    entries: &'a [Entry],
    verdict: &'a Verdict,
}

impl Run<'_> {
    /// The last entry, where the record stops before the run has ended.
    fn cut_off(&self) -> Option<&Entry> {
        let last = self.entries.last();
        last.filter(|entry| entry.event != Event::End)
    }
}

/// The whole page of one run; empty where the journal has not even a header.
pub fn render(entries: &[Entry]) -> String {
    let Some(Event::Header { plan, .. }) = entries.first().map(|entry| &entry.event) else {
        return String::new();
    };
    let Some(verdict) = verdict::judge(entries) else {
        return String::new();
    };
    let run = Run {
        plan,
        entries,
        verdict: &verdict,
    };
    printable(page::page(&run))
}

/// The whole page of a sweep.
pub fn swept(swept: &Swept) -> String {
    printable(sweep::page(swept))
}

fn printable(page: Markup) -> String {
    // Whoever wrote a name or a log line: no letter of it may turn the text around it. Here, where
    // nothing can be forgotten; the style sheet and the script hold no such letters.
    let page = page.into_string();
    let lines: Vec<String> = page.split('\n').map(words::printable).collect();
    lines.join("\n")
}
