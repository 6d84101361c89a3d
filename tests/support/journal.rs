//! Where the journal of a run lies.

use std::io;
use std::path::{Path, PathBuf};

/// The journal of the only run below `out`.
pub(crate) fn only(out: &Path) -> io::Result<PathBuf> {
    let latest = |entry: &io::Result<std::fs::DirEntry>| {
        let name = entry.as_ref().map(std::fs::DirEntry::file_name);
        name.is_ok_and(|name| name == rejoin::journal::folder::LATEST)
    };
    let mut runs = std::fs::read_dir(out)?.filter(|entry| !latest(entry));
    let (run, other) = (runs.next().transpose()?, runs.next());
    match (run, other) {
        (Some(run), None) => Ok(run.path().join(rejoin::journal::file::NAME)),
        _ => Err(io::Error::other(format!(
            "not one run in {}",
            out.display()
        ))),
    }
}
