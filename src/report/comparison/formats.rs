//! A comparison for documents and for files: every cell with all that decided it.

use std::fmt::Write;

use super::Comparison;

/// As a Markdown table.
pub fn markdown(comparison: &Comparison) -> String {
    let subjects = comparison.subjects.join(" | ");
    let rule = "---|".repeat(comparison.subjects.len() + 1);
    let mut page = format!("| playbook | {subjects} |\n|{rule}");
    for row in &comparison.rows {
        let cells: Vec<String> = row
            .cells
            .iter()
            .map(|cell| cell.ending.to_string())
            .collect();
        let _ = write!(page, "\n| {} | {} |", row.playbook, cells.join(" | "));
    }
    page
}

/// As a file of expectations: what is now, as it would be expected from now on.
pub fn toml(comparison: &Comparison) -> String {
    let tables = comparison.rows.iter().map(|row| {
        let mut table = format!("[{}]", key(&row.playbook));
        for (subject, cell) in comparison.subjects.iter().zip(&row.cells) {
            let _ = write!(table, "\n{} = \"{}\"", key(subject), cell.ending);
        }
        table
    });
    tables.collect::<Vec<_>>().join("\n\n")
}

/// A key, in quotes where TOML wants them.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("{name:?}")
    }
}
