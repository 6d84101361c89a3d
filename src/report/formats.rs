//! The formats of a report, each a function of the journals.

use std::fmt;
use std::str::FromStr;

use super::ending::Ending;
use super::result::{NotRun, Results, RunResult, SCHEMA};
use super::style::Style;
use super::{html, junit, markdown, matrix, table};
use crate::exit::Exit;
use crate::journal::{Entry, Event};
use crate::plan::Plan;
use crate::verdict::{self, Verdict};

/// One playbook of a command: its record, or why there is none.
#[derive(Debug, Clone)]
pub enum Item {
    /// It was run.
    Ran {
        /// The record of its last try.
        entries: Vec<Entry>,
        /// How the tries before that ended.
        earlier: Vec<Ending>,
        /// Why what is wrong with it is no news: a known issue, or that it may be flaky.
        allowed: Option<String>,
    },
    /// It was not.
    NotRun {
        /// Its name.
        playbook: String,
        /// What it would have proven.
        title: String,
        /// The row of the matrix that it covers.
        scenario: Option<String>,
        /// Why.
        reason: String,
    },
}

/// What a report can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// For people, on a terminal.
    Table,
    /// For programs.
    Json,
    /// For CI systems.
    Junit,
    /// For documents and pull requests.
    Markdown,
    /// For people, in a browser: one run.
    Html,
}

impl Format {
    /// All of them, by their names.
    pub const ALL: [(&'static str, Format); 5] = [
        ("table", Format::Table),
        ("json", Format::Json),
        ("junit", Format::Junit),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
    ];
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|(_, format)| format == self);
        f.pad(found.map_or("", |(name, _)| name))
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        let found = all.find(|(name, _)| *name == text);
        found.map(|(_, format)| format).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!("`{text}` is none of {}", names.join(", "))
        })
    }
}

/// The whole report in a format; it ends with a line break.
pub fn render(format: Format, items: &[Item], style: Style) -> String {
    let text = match format {
        Format::Table => whole_table(items, style),
        Format::Json => {
            let text = serde_json::to_string_pretty(&results(items));
            text.unwrap_or_default()
        }
        Format::Junit => junit::render(&results(items)),
        Format::Markdown => markdown::render(&results(items)),
        Format::Html => {
            let mut runs = items.iter().filter_map(|item| match item {
                Item::Ran { entries, .. } => Some(entries),
                Item::NotRun { .. } => None,
            });
            runs.next().map_or(String::new(), |run| html::render(run))
        }
    };
    format!("{}\n", text.trim_end())
}

/// Everything as data.
pub fn results(items: &[Item]) -> Results {
    let mut results = Results {
        schema: SCHEMA.to_owned(),
        runs: Vec::new(),
        not_run: Vec::new(),
    };
    for item in items {
        match item {
            Item::Ran {
                entries,
                earlier,
                allowed,
            } => {
                let result = RunResult::of(entries);
                let earlier = earlier.iter().map(ToString::to_string).collect();
                results.runs.extend(result.map(|result| RunResult {
                    earlier,
                    allowed: allowed.clone(),
                    ..result
                }));
            }
            Item::NotRun {
                playbook,
                title,
                reason,
                ..
            } => results.not_run.push(NotRun {
                playbook: playbook.clone(),
                title: title.clone(),
                reason: reason.clone(),
            }),
        }
    }
    results
}

/// What a table shows of one playbook: the whole report, but one line for what passed as one of many; nothing
/// for what was not run.
pub fn piece(item: &Item, of_many: bool, style: Style) -> String {
    let Item::Ran { entries, .. } = item else {
        return String::new();
    };
    let Some((plan, verdict)) = judged(entries) else {
        return String::new();
    };
    match (of_many, verdict.exit()) {
        (true, Exit::Passed) => format!("{}\n", matrix::passed(plan, style)),
        (true, _) => format!("{}\n\n", table::render(entries, style).trim_end()),
        (false, _) => table::render(entries, style),
    }
}

/// What follows the pieces of several playbooks.
pub fn overview(items: &[Item], style: Style) -> String {
    let rows: Vec<matrix::Row> = items.iter().filter_map(row).collect();
    format!("\n{}\n", matrix::render(&rows, style))
}

fn whole_table(items: &[Item], style: Style) -> String {
    let many = items.len() > 1;
    let pieces = items.iter().map(|item| piece(item, many, style));
    let mut page: String = pieces.collect();
    if many {
        page.push_str(&overview(items, style));
    }
    page
}

fn row(item: &Item) -> Option<matrix::Row> {
    match item {
        Item::Ran { entries, .. } => {
            let (plan, verdict) = judged(entries)?;
            let recovery = verdict::recovery(plan, entries);
            Some(matrix::Row::of(plan, &verdict, &recovery))
        }
        Item::NotRun {
            playbook,
            title,
            scenario,
            reason,
        } => {
            let scenario = scenario.as_deref();
            Some(matrix::Row::not_run(playbook, scenario, title, reason))
        }
    }
}

/// What a record says was to be done, and what is to be said of it; `None` where it has no beginning.
pub fn judged(entries: &[Entry]) -> Option<(&Plan, Verdict)> {
    let Event::Header { plan, .. } = &entries.first()?.event else {
        return None;
    };
    Some((plan, verdict::judge(entries)?))
}

impl Item {
    /// A run as its record has it.
    pub fn ran(entries: Vec<Entry>) -> Self {
        Self::Ran {
            entries,
            earlier: Vec::new(),
            allowed: None,
        }
    }
}
