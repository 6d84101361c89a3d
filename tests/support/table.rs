//! The table (playbook x variant) of the README, and what a journal says to compare it with.

use std::fs;
use std::path::{Path, PathBuf};

use rejoin::journal::Event;
use rejoin::journal::file;
use rejoin::verdict::{self, Outcome, What};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The playbook's short name.
    pub(crate) playbook: String,
    /// The variant.
    pub(crate) variant: String,
    /// The ids of the steps that fail; none: it passes.
    pub(crate) fails: Vec<String>,
}

/// Reads the table of the README.
pub(crate) fn read() -> Result<Vec<Cell>> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(readme)?;
    let mut rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| playbook |"));
    let split = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let header = split(rows.next().ok_or("README.md has no table of playbooks")?);
    let mut cells = Vec::new();
    for row in rows.skip(1).take_while(|line| line.starts_with('|')) {
        let row = split(row);
        let name = row[0]
            .trim_start_matches('[')
            .split(']')
            .next()
            .unwrap_or_default();
        for (variant, cell) in header.iter().zip(&row).skip(1) {
            cells.push(Cell {
                playbook: name.to_owned(),
                variant: variant.clone(),
                fails: fails(cell)?,
            });
        }
    }
    if cells.is_empty() {
        Err("the table of the README is empty".into())
    } else {
        Ok(cells)
    }
}

fn fails(cell: &str) -> Result<Vec<String>> {
    match cell.strip_prefix("fail: ") {
        Some(steps) => Ok(steps.split(", ").map(str::to_owned).collect()),
        None if cell == "pass" => Ok(Vec::new()),
        None => Err(format!("a cell is `pass` or `fail: STEP, STEP`, not `{cell}`").into()),
    }
}

/// The ids of the steps that a journal's verdict names as failed and that the playbook names, in order.
/// A step without an id of its own is no cell of the table.
pub(crate) fn failed_steps(journal: &Path) -> Result<Vec<String>> {
    let entries = file::read(journal)?;
    let verdict = verdict::judge(&entries).ok_or("the journal has no header")?;
    let Some(Event::Header { plan, .. }) = entries.first().map(|entry| &entry.event) else {
        return Err("the journal has no header".into());
    };
    let failed = verdict
        .parts
        .iter()
        .filter(|part| part.outcome == Outcome::Fail);
    let ids = failed.filter_map(|part| match part.what {
        What::Step(index) => plan.steps.get(index).map(|step| step.id.clone()),
        _ => None,
    });
    Ok(ids.collect())
}

/// The newest journal of a playbook below a folder of runs.
pub(crate) fn newest_journal(runs: &Path, playbook: &str) -> Result<PathBuf> {
    let mut newest: Option<(std::time::SystemTime, PathBuf)> = None;
    for entry in fs::read_dir(runs)? {
        let entry = entry?;
        let mine = entry.file_name().to_string_lossy().contains(playbook);
        let made = entry.metadata()?.modified()?;
        if mine && newest.as_ref().is_none_or(|(when, _)| made >= *when) {
            newest = Some((made, entry.path().join(file::NAME)));
        }
    }
    Ok(newest.ok_or("no journal")?.1)
}
