//! What a gate found: a line for every run, then whether it is open.

use std::fmt;

use super::style::{Style, text};
use crate::exit::Exit;

/// What a gate makes of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It passed.
    Passed,
    /// It failed exactly as a known issue says.
    Known,
    /// It passed after it failed, and may.
    FlakyAllowed,
    /// It passed although it is known to fail.
    Fixed,
    /// It passed, and something could not be put back.
    NotRestored,
    /// It was not run.
    NotRun,
    /// It could not be decided.
    Unknown,
    /// It passed after it failed.
    Flaky,
    /// It failed.
    Failed,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Finding::Passed => "passed",
            Finding::Known => "known",
            Finding::FlakyAllowed => "flaky, allowed",
            Finding::Fixed => "fixed?",
            Finding::NotRestored => "left over",
            Finding::NotRun => "NOT RUN",
            Finding::Unknown => "UNKNOWN",
            Finding::Flaky => "FLAKY",
            Finding::Failed => "FAILED",
        })
    }
}

impl Finding {
    /// How it ends the gate; `strict`: a known issue that fails no more is a failure.
    pub const fn exit(self, strict: bool) -> Exit {
        match self {
            Finding::Passed | Finding::Known | Finding::FlakyAllowed => Exit::Passed,
            Finding::Fixed if !strict => Exit::Passed,
            Finding::NotRestored => Exit::NotRestored,
            Finding::NotRun | Finding::Unknown => Exit::Unknown,
            Finding::Fixed | Finding::Flaky | Finding::Failed => Exit::Failed,
        }
    }
}

/// One run of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The playbook's name.
    pub playbook: String,
    /// The subject, where there are several.
    pub subject: String,
    /// What was found.
    pub finding: Finding,
    /// How long the run took, in words.
    pub took: String,
    /// What the finding is about.
    pub note: String,
}

/// The page: what is no matter of course in full, the rest by number.
pub fn render(name: &str, rows: &[Row], planned: usize, style: Style) -> String {
    let mut table = style.table(&["playbook", "on", "found", "took", "about"]);
    for row in rows {
        table.add_row([
            row.playbook.clone(),
            row.subject.clone(),
            row.finding.to_string(),
            row.took.clone(),
            row.note.clone(),
        ]);
    }
    let all = [
        Finding::Passed,
        Finding::Known,
        Finding::FlakyAllowed,
        Finding::Fixed,
        Finding::NotRestored,
        Finding::NotRun,
        Finding::Unknown,
        Finding::Flaky,
        Finding::Failed,
    ];
    let counts = all.into_iter().filter_map(|finding| {
        let count = rows.iter().filter(|row| row.finding == finding).count();
        (count > 0).then(|| format!("{count} {finding}"))
    });
    let counts: Vec<String> = counts.collect();
    let counts = format!(
        "gate {name}: {} of {planned} runs: {}",
        rows.len(),
        counts.join(", ")
    );
    format!("{}\n\n{}\n", text(&table), style.sentence("", &counts))
}
