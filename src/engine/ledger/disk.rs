//! The ledger on disk: a folder with a lock and a file of lines, private to its user.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Debt, LedgerError};
use crate::fault::ContainerName;

pub(super) const LEDGER: &str = "ledger.jsonl";
pub(super) const LOCK: &str = "lock";

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    Owed(Box<Debt>),
    Healed(ContainerName),
}

/// The folder of a locked target.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    file: Option<File>,
    /// Held as long as the process lives; the system gives it back whatever ends us.
    _lock: File,
}

impl Disk {
    /// Makes the folder, private to its user, and takes the lock in it.
    pub(super) fn lock(folder: &Path) -> Result<Self, LedgerError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).map_err(|source| LedgerError::File {
            path: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            path: folder.join(LEDGER),
            file: None,
            _lock: lock(&folder.join(LOCK))?,
        })
    }

    /// The file of lines.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether anything was written since the target was locked.
    pub(super) fn is_written(&self) -> bool {
        self.file.is_some()
    }

    /// Removes the file, which may be gone already.
    pub(super) fn remove(&self) -> Result<(), LedgerError> {
        match fs::remove_file(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(self.error(source)),
            _ => Ok(()),
        }
    }

    /// Writes a line, durably.
    pub(super) fn append(&mut self, line: &Line) -> Result<(), LedgerError> {
        self.write(line).map_err(|source| self.error(source))
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let mut options = OpenOptions::new();
                options.append(true).create(true).mode(0o600);
                none.insert(options.open(&self.path)?)
            }
        };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        file.write_all(&text)?;
        file.sync_data()
    }

    /// What the file still owes; a half-written last line is what a crash leaves, and no obstacle.
    pub(super) fn read(&self) -> Result<BTreeMap<ContainerName, Debt>, LedgerError> {
        let text = match fs::read(&self.path) {
            // A crash may have cut the last line inside a character.
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(source) => return Err(self.error(source)),
        };
        let mut owed = BTreeMap::new();
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            match serde_json::from_str(line) {
                Ok(Line::Owed(debt)) => drop(owed.insert(debt.container().clone(), *debt)),
                Ok(Line::Healed(container)) => drop(owed.remove(&container)),
                Err(_) if index + 1 == lines.len() && !text.ends_with('\n') => {}
                Err(error) => {
                    return Err(LedgerError::Line {
                        path: self.path.clone(),
                        line: index + 1,
                        reason: error.to_string(),
                    });
                }
            }
        }
        Ok(owed)
    }

    fn error(&self, source: io::Error) -> LedgerError {
        LedgerError::File {
            path: self.path.clone(),
            source,
        }
    }
}

fn lock(path: &Path) -> Result<File, LedgerError> {
    let wrap = |source| LedgerError::File {
        path: path.to_owned(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(wrap)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(path).unwrap_or_default();
            return Err(LedgerError::Locked {
                path: path.to_owned(),
                holder: holder.trim().to_owned(),
            });
        }
        Err(TryLockError::Error(source)) => return Err(wrap(source)),
    }
    file.set_len(0).map_err(wrap)?;
    writeln!(file, "process {}", std::process::id()).map_err(wrap)?;
    Ok(file)
}
