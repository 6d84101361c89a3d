//! Several playbooks on one page: which passed, and what decided the others.

use super::style::{Style, text};
use crate::verdict::{Outcome, Verdict};

/// One playbook.
#[derive(Debug)]
pub struct Row {
    name: String,
    outcome: Outcome,
    why: String,
}

impl Row {
    /// A playbook that was run.
    pub fn of(name: &str, verdict: &Verdict) -> Self {
        let why = verdict
            .broken
            .clone()
            .or_else(|| verdict.interrupted.clone());
        let why = why.or_else(|| verdict.deciding().map(|part| part.note.clone()));
        let why = why.or_else(|| verdict.left_over.first().cloned());
        Self {
            name: name.to_owned(),
            outcome: verdict.outcome,
            why: why.unwrap_or_default(),
        }
    }

    /// A playbook that could not be run: unknown.
    pub fn refused(name: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            outcome: Outcome::Unknown,
            why: why.to_owned(),
        }
    }
}

/// The table.
pub fn render(rows: &[Row], style: Style) -> String {
    let mut table = style.table(&["playbook", "verdict", "because"]);
    for row in rows {
        table.add_row([row.name.clone(), row.outcome.to_string(), row.why.clone()]);
    }
    text(&table)
}
