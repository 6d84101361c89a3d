//! The ledger on disk: a folder with a lock and a file of lines, private to its user.
//!
//! The first line says in which version the others are written. Each line is one write, durable before
//! anything is done that it speaks of.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::lock::Lock;
use super::{Debt, LedgerError};
use crate::crash_point;
use crate::fault::ContainerName;

pub(super) const LEDGER: &str = "ledger.jsonl";
pub(super) const LOCK: &str = "lock";
/// The version of the lines. Before there was a first line that says so, they were written like those of
/// version 1, and are read as such.
pub(super) const VERSION: u32 = 1;

/// The first line of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    ledger: u32,
}

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
    /// How much of the file is whole lines; what lies behind was cut short and is written over.
    whole: u64,
    lock: Lock,
}

impl Disk {
    /// Makes the folder, private to its user, and takes the lock in it.
    pub(super) fn lock(folder: &Path) -> Result<Self, LedgerError> {
        make(folder).map_err(|source| LedgerError::File {
            path: folder.to_owned(),
            source,
        })?;
        Ok(Self {
            path: folder.join(LEDGER),
            file: None,
            whole: 0,
            lock: Lock::take(&folder.join(LOCK))?,
        })
    }

    /// The file of lines.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Who held the target before and never gave it back.
    pub(super) fn left_by(&self) -> Option<&str> {
        self.lock.left_by()
    }

    /// Removes the file, which may be gone already.
    pub(super) fn remove(&self) -> Result<(), LedgerError> {
        if !self.path.exists() {
            return Ok(());
        }
        crash_point::pass();
        let removed = fs::remove_file(&self.path).and_then(|()| sync_folder(&self.path));
        crash_point::pass();
        removed.map_err(|source| self.error(source))
    }

    /// Writes a line, durably.
    pub(super) fn append(&mut self, line: &Line) -> Result<(), LedgerError> {
        crash_point::pass();
        let written = self.write(line);
        crash_point::pass();
        written.map_err(|source| self.error(source))
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
        // What a full disk or a crash cut short must not become the beginning of this line.
        if file.metadata()?.len() > self.whole {
            file.set_len(self.whole)?;
        }
        let mut text = Vec::new();
        let first = self.whole == 0;
        if first {
            serde_json::to_writer(&mut text, &Head { ledger: VERSION })?;
            text.push(b'\n');
        }
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
        file.write_all(&text)?;
        file.sync_data()?;
        if first {
            sync_folder(&self.path)?;
        }
        self.whole += text.len() as u64;
        Ok(())
    }

    /// What the file still owes; a half-written last line is what a crash leaves, and no obstacle: what it
    /// would have said was not done yet.
    pub(super) fn read(&mut self) -> Result<BTreeMap<ContainerName, Debt>, LedgerError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(source) => return Err(self.error(source)),
        };
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = &bytes[..end.map_or(0, |end| end + 1)];
        let mut owed = BTreeMap::new();
        for (index, line) in whole.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let head = serde_json::from_slice(line).ok().filter(|_| index == 0);
            if let Some(Head { ledger }) = head {
                self.known(ledger)?;
                continue;
            }
            match serde_json::from_slice(line) {
                Ok(Line::Owed(debt)) => drop(owed.insert(debt.container().clone(), *debt)),
                Ok(Line::Healed(container)) => drop(owed.remove(&container)),
                Err(error) => {
                    return Err(LedgerError::Line {
                        path: self.path.clone(),
                        line: index + 1,
                        reason: error.to_string(),
                    });
                }
            }
        }
        self.whole = whole.len() as u64;
        Ok(owed)
    }

    fn known(&self, version: u32) -> Result<(), LedgerError> {
        if version == VERSION {
            return Ok(());
        }
        Err(LedgerError::Version {
            path: self.path.clone(),
            found: version,
            known: VERSION,
        })
    }

    fn error(&self, source: io::Error) -> LedgerError {
        LedgerError::File {
            path: self.path.clone(),
            source,
        }
    }
}

/// Makes a folder and what is missing above it, so that they are there after a power cut too.
fn make(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|it| !it.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)?;
    missing.into_iter().try_for_each(sync_folder)
}

/// Makes durable that this entry is in its folder, or is not.
fn sync_folder(entry: &Path) -> io::Result<()> {
    match entry.parent().filter(|folder| *folder != Path::new("")) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
