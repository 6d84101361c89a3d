//! A few subjects: who they are, how each playbook ended against each, and what changed.

use std::fmt::Write;

use super::{Change, Comparison, Row, lost};
use crate::report::style::{Style, text, wrap};
use crate::target::Subject;

/// How far the facts about a subject are indented.
const INDENT: usize = 4;

/// Who a subject is, by identity.
pub fn identity(name: &str, subject: &Subject, style: Style) -> String {
    let mut facts = vec![format!("target {}", subject.target)];
    let variant = subject.variant.iter();
    facts.extend(variant.map(|variant| format!("variant {variant}")));
    facts.push(format!("timing {}", subject.timing));
    let version = subject.version.iter();
    facts.extend(version.map(|version| format!("version {version}")));
    let mut out = folded(&format!("{name}: {}", facts.join(", ")), style);
    for (image, id) in &subject.images {
        let _ = write!(out, "\n{:INDENT$}{image} is {}", "", short(id));
    }
    out
}

/// As much of an image's id as tells it from every other.
fn short(id: &str) -> String {
    let (kind, digest) = id.split_once(':').unwrap_or(("", id));
    let digest: String = digest.chars().take(16).collect();
    if kind.is_empty() {
        digest
    } else {
        format!("{kind}:{digest}")
    }
}

/// The table and what changed from the first subject to the last.
pub fn render(comparison: &Comparison, style: Style) -> String {
    let mut header = vec!["playbook"];
    header.extend(comparison.subjects.iter().map(String::as_str));
    header.push("change");
    let mut table = style.table(&header);
    for row in &comparison.rows {
        let endings = row.cells.iter().map(|cell| {
            if cell.ran {
                cell.ending.to_string()
            } else {
                "not run".to_owned()
            }
        });
        let mut cells = vec![row.playbook.clone()];
        cells.extend(endings);
        cells.push(row.change().to_string());
        table.add_row(cells);
    }
    let mut page = text(&table);
    for row in &comparison.rows {
        page.push_str(&explained(row, &comparison.subjects, style));
    }
    let _ = write!(page, "\n\n{}", sum(comparison));
    page
}

/// Why a row is worse than before or undecided, or fails elsewhere; nothing for the others.
fn explained(row: &Row, subjects: &[String], style: Style) -> String {
    let (Some(before), Some(after)) = (row.cells.first(), row.cells.last()) else {
        return String::new();
    };
    let change = row.change();
    if matches!(change, Change::Same | Change::Fixed) {
        return String::new();
    }
    let mut sentences = Vec::new();
    let lost: Vec<&str> = lost(before, after).collect();
    if !lost.is_empty() {
        sentences.push(format!("{} held before", lost.join(", ")));
    }
    for (subject, cell) in [(subjects.first(), before), (subjects.last(), after)] {
        if !cell.note.is_empty() {
            let subject = subject.map_or("", String::as_str);
            sentences.push(format!("{subject}: {}", cell.note));
        }
    }
    let line = format!("{change} {}: {}", row.playbook, sentences.join("; "));
    format!("\n\n{}", folded(&line, style))
}

/// A text on lines of the page; all but the first are indented.
fn folded(text: &str, style: Style) -> String {
    let width = usize::from(style.width).saturating_sub(INDENT).max(20);
    wrap(text, width).join(&format!("\n{:INDENT$}", ""))
}

/// How many playbooks changed in which way.
fn sum(comparison: &Comparison) -> String {
    let changes = [
        (Change::Regression, "worse"),
        (Change::Undecided, "undecided"),
        (Change::Elsewhere, "failing elsewhere"),
        (Change::Fixed, "fixed"),
        (Change::Same, "the same"),
    ];
    let counts = changes.map(|(change, words)| {
        let rows = comparison.rows.iter();
        format!(
            "{} {words}",
            rows.filter(|row| row.change() == change).count()
        )
    });
    let (first, last) = (comparison.subjects.first(), comparison.subjects.last());
    let name = |name: Option<&String>| name.cloned().unwrap_or_default();
    format!("{} -> {}: {}", name(first), name(last), counts.join(", "))
}
