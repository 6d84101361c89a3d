//! From the paths on the command line to playbooks, all read and checked before anything else.

use std::path::{Path, PathBuf};

use super::Refusal;
use crate::playbook::Playbook;
use crate::playbook::parse::{self, Overrides};
use crate::settings::{Timing, nearest};

/// Reads every playbook; all problems of all files come back together.
pub(super) fn load(
    paths: &[PathBuf],
    sets: &[String],
    timing: &Timing,
) -> Result<Vec<Playbook>, Refusal> {
    let overrides = Overrides::from_args(sets)?;
    let mut playbooks = Vec::new();
    let mut problems = Vec::new();
    for path in expand(paths)? {
        match parse::load(&path, &overrides, timing) {
            Ok(playbook) => playbooks.push(playbook),
            Err(_) if !path.exists() => problems.push(missing(&path)),
            Err(found) => problems.push(found.to_string()),
        }
    }
    if problems.is_empty() {
        Ok(playbooks)
    } else {
        Err(Refusal::usage(format!(
            "the playbook cannot be run\n{}",
            problems.join("\n")
        )))
    }
}

/// What to say of a playbook that is not there: who mistypes a name wants to see the right one, or all.
fn missing(path: &Path) -> String {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let there = playbooks_in(folder).unwrap_or_default();
    let stem = |path: &Path| {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let stems: Vec<String> = there.iter().map(|path| stem(path)).collect();
    let wanted = stem(path);
    let near = nearest(&wanted, stems.iter().map(String::as_str)).map(str::to_owned);
    let alike = |stem: &String| stem.contains(&wanted) || Some(stem) == near.as_ref();
    let all = there.iter().zip(&stems);
    let meant: Vec<String> = all
        .filter(|(_, stem)| alike(stem))
        .map(|(path, _)| path.display().to_string())
        .collect();
    let hint = match (meant.is_empty(), there.is_empty()) {
        (false, _) => format!("; did you mean {}?", meant.join(", ")),
        (true, true) => format!("; nor is there any other playbook in {}", folder.display()),
        (true, false) => {
            let all: Vec<String> = there
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            format!("; there are: {}", all.join(", "))
        }
    };
    format!("{}: no such file{hint}", path.display())
}

/// A file stands for itself, a folder for the playbooks in it, in the order of their names.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Refusal> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            files.extend(playbooks_in(path)?);
            if files.len() == before {
                let what = format!("{}: no playbook (*.yaml) in this folder", path.display());
                return Err(Refusal::usage(what));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn playbooks_in(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let wrap = |error| Refusal::usage(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrap)? {
        let path = entry.map_err(wrap)?.path();
        let yaml = path
            .extension()
            .is_some_and(|end| end == "yaml" || end == "yml");
        if yaml && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
