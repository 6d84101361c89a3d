//! The records of runs, found by their folders.

use std::fs;
use std::path::{Path, PathBuf};

use super::Refusal;
use crate::journal::{Entry, file, folder};

/// The record of a run. `path` is its folder, or the journal itself.
pub(super) fn read(path: &Path) -> Result<Vec<Entry>, Refusal> {
    let journal = if path.is_dir() {
        path.join(file::NAME)
    } else {
        path.to_owned()
    };
    if !journal.exists() {
        return Err(Refusal::usage(format!(
            "{}: no run is recorded here; the folder of a run holds {}",
            path.display(),
            file::NAME
        )));
    }
    let entries = file::read(&journal).map_err(Refusal::usage)?;
    if entries.is_empty() {
        return Err(Refusal::usage(format!(
            "{}: the record has not even a beginning: the run was killed before it touched anything",
            journal.display()
        )));
    }
    Ok(entries)
}

/// The folders of runs that `path` stands for: itself, or those below it in the order of their names, which
/// begin with the time.
pub(super) fn runs_in(path: &Path) -> Result<Vec<PathBuf>, Refusal> {
    if !path.is_dir() || path.join(file::NAME).exists() {
        return Ok(vec![path.to_owned()]);
    }
    let wrap = |error| Refusal::usage(format!("{}: {error}", path.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(path).map_err(wrap)? {
        let entry = entry.map_err(wrap)?;
        let is_link = entry.file_name() == folder::LATEST;
        if !is_link && entry.path().join(file::NAME).exists() {
            found.push(entry.path());
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Refusal::usage(format!(
            "{}: neither a run nor runs are recorded here",
            path.display()
        )));
    }
    Ok(found)
}
