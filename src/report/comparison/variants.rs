//! Many subjects: one line for each playbook, one word for each cell, below it what decided.

use std::collections::BTreeMap;

use super::{Cell, Comparison, Row};
use crate::report::style::{Style, text};
use crate::verdict::Outcome;

/// A name that is longer than this stands on two lines over its column.
const ONE_LINE: usize = 10;

/// The variant that mutants are made of: what it passes, a mutant fails for what is wrong with it.
const ORIGINAL: &str = "reconcile";

/// The page. `mutants` are the subjects of which it is asked who catches them: listed one by one.
pub fn render(comparison: &Comparison, mutants: &[String], style: Style) -> String {
    let mut parts: Vec<String> = blocks(comparison, style)
        .into_iter()
        .map(|block| matrix(comparison, block, style))
        .collect();
    parts.extend(decided(comparison, mutants, style));
    parts.extend(caught(comparison, mutants, style));
    parts.join("\n\n")
}

/// The word for a cell.
fn word(cell: &Cell) -> &'static str {
    match cell.ending.outcome {
        Outcome::Fail => "FAIL",
        _ if !cell.ran => "not run",
        Outcome::Pass => "pass",
        _ => "unknown",
    }
}

/// A name over a narrow column: broken after the hyphen that leaves the narrowest column.
fn over(name: &str) -> String {
    if name.len() <= ONE_LINE {
        return name.to_owned();
    }
    let hyphens = name.match_indices('-').map(|(at, _)| at + 1);
    match hyphens.min_by_key(|at| (*at).max(name.len() - at)) {
        Some(at) => format!("{}\n{}", &name[..at], &name[at..]),
        None => name.to_owned(),
    }
}

/// Which subjects stand side by side: as many as the page is wide.
fn blocks(comparison: &Comparison, style: Style) -> Vec<std::ops::Range<usize>> {
    let width = |text: &str| text.lines().map(|line| line.chars().count()).max();
    let names = comparison.rows.iter().map(|row| row.playbook.as_str());
    let first = names.chain(["playbook"]).filter_map(width).max();
    let room = usize::from(style.width.saturating_sub(2));
    let room = room.saturating_sub(first.unwrap_or_default() + 2);
    let mut blocks = Vec::new();
    let (mut begin, mut used) = (0, 0);
    for (index, subject) in comparison.subjects.iter().enumerate() {
        let words = comparison
            .rows
            .iter()
            .filter_map(|row| row.cells.get(index));
        let words = words.filter_map(|cell| width(word(cell))).max();
        let mine = 2 + width(&over(subject)).max(words).unwrap_or_default();
        if index > begin && used + mine > room {
            blocks.push(begin..index);
            (begin, used) = (index, 0);
        }
        used += mine;
    }
    blocks.push(begin..comparison.subjects.len());
    blocks
}

fn matrix(comparison: &Comparison, block: std::ops::Range<usize>, style: Style) -> String {
    let names = comparison.subjects[block.clone()].iter();
    let header: Vec<String> = std::iter::once("playbook".to_owned())
        .chain(names.map(|name| over(name)))
        .collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = style.table(&header);
    for row in &comparison.rows {
        let mut line = vec![row.playbook.as_str()];
        for cell in &row.cells[block.clone()] {
            line.push(word(cell));
        }
        table.add_row(line);
    }
    text(&table)
}

/// What decided the cells that are no pass, the subjects with the same ending together. Failures of
/// mutants stand in a list of their own.
fn decided(comparison: &Comparison, mutants: &[String], style: Style) -> Option<String> {
    let mut table = style.table(&["playbook", "ends", "at", "subjects"]);
    for row in &comparison.rows {
        let mut endings: BTreeMap<(usize, &str, &str), Vec<&str>> = BTreeMap::new();
        for (subject, cell) in comparison.subjects.iter().zip(&row.cells) {
            let outcome = cell.ending.outcome;
            let listed = mutants.contains(subject) && outcome == Outcome::Fail;
            if outcome == Outcome::Pass || listed {
                continue;
            }
            let at = cell.ending.by.as_deref().unwrap_or_default();
            let rank = usize::from(outcome != Outcome::Fail);
            let same = endings.entry((rank, word(cell), at)).or_default();
            same.push(subject);
        }
        for ((_, word, at), subjects) in endings {
            table.add_row([&row.playbook, word, at, &subjects.join(", ")]);
        }
    }
    (!table.is_empty()).then(|| text(&table))
}

/// Which playbooks catch which mutant, and at what. Where a sound subject runs beside them, only a
/// playbook that it passes counts.
fn caught(comparison: &Comparison, mutants: &[String], style: Style) -> Option<String> {
    if mutants.is_empty() {
        return None;
    }
    let mut table = style.table(&["mutant", "fails at", "in"]);
    for mutant in mutants {
        let index = comparison.subjects.iter().position(|name| name == mutant);
        let mut catches: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in &comparison.rows {
            let ending = index.and_then(|index| Some(&row.cells.get(index)?.ending));
            let failed = ending.filter(|ending| ending.outcome == Outcome::Fail);
            if let Some(by) = failed.and_then(|ending| ending.by.as_deref())
                && sound(comparison, mutants, row)
            {
                catches.entry(by).or_default().push(&row.playbook);
            }
        }
        if catches.is_empty() {
            table.add_row([mutant, "NOT CAUGHT", ""]);
        }
        for (line, (by, playbooks)) in catches.into_iter().enumerate() {
            let name = if line == 0 { mutant } else { "" };
            table.add_row([name, by, &playbooks.join(", ")]);
        }
    }
    Some(text(&table))
}

/// Whether this playbook passes what mutants are made of; where that is not compared, every subject that
/// is no mutant, if there is any.
fn sound(comparison: &Comparison, mutants: &[String], row: &Row) -> bool {
    let mut subjects = comparison.subjects.iter().zip(&row.cells);
    if let Some((_, cell)) = subjects.clone().find(|(name, _)| *name == ORIGINAL) {
        return cell.ending.outcome == Outcome::Pass;
    }
    subjects.all(|(name, cell)| mutants.contains(name) || cell.ending.outcome == Outcome::Pass)
}
