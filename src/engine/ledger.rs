//! The ledger: what has to be undone, on disk before it is done.
//!
//! It lives in the user's state directory, one folder for each target, because the folder of a run may
//! vanish (a CI workspace) while the engine stays. It holds recipes, and with them the environment of
//! containers: the file is private to its user.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::fault::{Container, ContainerName, Inventory, Recipe};
use crate::playbook::FaultKind;

const LEDGER: &str = "ledger.jsonl";
const LOCK: &str = "lock";

/// A container that has to be put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Debt {
    /// The run that owes it.
    pub run: String,
    /// The target's name in the settings.
    pub target: String,
    /// The first fault that was to be injected.
    pub fault: FaultKind,
    /// The container as it was before the first fault.
    pub before: Container,
    /// How to make it again.
    pub recipe: Recipe,
}

impl Debt {
    /// What a person can do about it.
    pub fn mend(&self) -> String {
        let flag = |name: &str| {
            let value = self.before.labels.get(&format!("rejoin.{name}"));
            value.map_or_else(String::new, |value| format!(" --{name} {value}"))
        };
        format!(
            "bring it back with `rejoin up --target {}{}{}`",
            self.target,
            flag("timing"),
            flag("variant")
        )
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Owed(Box<Debt>),
    Healed(ContainerName),
}

/// What can go wrong with a ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file or its folder.
    #[error("the ledger {}: {source}; rejoin injects nothing that it could not write down first", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another run holds the target.
    #[error("another run holds this target: {holder} (lock {})", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who, as far as the file tells.
        holder: String,
    },
    /// A line is not understood.
    #[error("{}:{line}: not a ledger line: {reason}", path.display())]
    Line {
        /// The ledger.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// An earlier run left containers behind.
    #[error("an earlier run was killed before it could put things back (ledger {}):\n{}", path.display(), left.join("\n"))]
    Dirty {
        /// The ledger.
        path: PathBuf,
        /// What is not as it was, and what to do.
        left: Vec<String>,
    },
}

/// The open ledger of one target, and the lock on that target.
#[derive(Debug)]
pub struct Ledger {
    owed: BTreeMap<ContainerName, Debt>,
    disk: Option<Disk>,
}

#[derive(Debug)]
struct Disk {
    folder: PathBuf,
    file: Option<File>,
    /// Held as long as the process lives; the system gives it back whatever ends us.
    _lock: File,
}

impl Ledger {
    /// A ledger for a target that ends with this process: the simulation.
    pub fn in_memory() -> Self {
        Self {
            owed: BTreeMap::new(),
            disk: None,
        }
    }

    /// Opens the ledger in `folder` and locks the target. What an earlier run left is compared with
    /// the containers as they are `now`: if they are as they were, the ledger is merely stale.
    pub fn open(folder: &Path, now: &Inventory) -> Result<Self, LedgerError> {
        let lock = folder_and_lock(folder)?;
        let path = folder.join(LEDGER);
        let owed = read(&path)?;
        let left: Vec<String> = owed
            .values()
            .filter_map(|debt| still_owed(debt, now))
            .collect();
        if !left.is_empty() {
            return Err(LedgerError::Dirty { path, left });
        }
        remove(&path)?;
        Ok(Self {
            owed: BTreeMap::new(),
            disk: Some(Disk {
                folder: folder.to_owned(),
                file: None,
                _lock: lock,
            }),
        })
    }

    /// Locks the target for somebody who is about to make its containers anew, or to take them away:
    /// what an earlier run owes is settled by that. [`Ledger::forgive`] says that it was done.
    pub fn claim(folder: &Path) -> Result<Self, LedgerError> {
        let lock = folder_and_lock(folder)?;
        Ok(Self {
            owed: read(&folder.join(LEDGER))?,
            disk: Some(Disk {
                folder: folder.to_owned(),
                file: None,
                _lock: lock,
            }),
        })
    }

    /// Nothing is owed any more: every container was made anew, or is gone on purpose.
    pub fn forgive(self) -> Result<(), LedgerError> {
        match self.disk {
            Some(disk) => remove(&disk.folder.join(LEDGER)),
            None => Ok(()),
        }
    }

    /// Writes down, durably, what will have to be undone. The first debt of a container stands: it
    /// says how the container was before anything happened to it.
    pub fn owe(&mut self, debt: Debt) -> Result<(), LedgerError> {
        if self.owed.contains_key(&debt.before.name) {
            return Ok(());
        }
        self.append(&Line::Owed(Box::new(debt.clone())))?;
        self.owed.insert(debt.before.name.clone(), debt);
        Ok(())
    }

    /// Notes that a container is again what it was.
    pub fn healed(&mut self, container: &ContainerName) -> Result<(), LedgerError> {
        if self.owed.remove(container).is_some() {
            self.append(&Line::Healed(container.clone()))?;
        }
        Ok(())
    }

    /// What is owed for this container.
    pub fn debt(&self, container: &ContainerName) -> Option<&Debt> {
        self.owed.get(container)
    }

    /// Everything that is owed, by container.
    pub fn owed(&self) -> impl Iterator<Item = &Debt> {
        self.owed.values()
    }

    /// Ends the ledger: nothing owed, no file.
    pub fn close(self) -> Result<(), LedgerError> {
        let Some(disk) = self.disk else {
            return Ok(());
        };
        if self.owed.is_empty() && disk.file.is_some() {
            remove(&disk.folder.join(LEDGER))?;
        }
        Ok(())
    }

    fn append(&mut self, line: &Line) -> Result<(), LedgerError> {
        let Some(disk) = &mut self.disk else {
            return Ok(());
        };
        let path = disk.folder.join(LEDGER);
        let mut write = || {
            let file = match &mut disk.file {
                Some(file) => file,
                none => none.insert(
                    OpenOptions::new()
                        .append(true)
                        .create(true)
                        .mode(0o600)
                        .open(&path)?,
                ),
            };
            let mut text = serde_json::to_vec(line)?;
            text.push(b'\n');
            file.write_all(&text)?;
            file.sync_data()
        };
        write().map_err(|source| LedgerError::File { path, source })
    }
}

/// Makes the folder, private to its user, and takes the lock in it.
fn folder_and_lock(folder: &Path) -> Result<File, LedgerError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(|source| LedgerError::File {
        path: folder.to_owned(),
        source,
    })?;
    lock(&folder.join(LOCK))
}

/// Removes a file that may be gone already.
fn remove(path: &Path) -> Result<(), LedgerError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(LedgerError::File {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
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

/// What a ledger still owes; a half-written last line is what a crash leaves, and no obstacle.
fn read(path: &Path) -> Result<BTreeMap<ContainerName, Debt>, LedgerError> {
    let text = match fs::read(path) {
        // A crash may have cut the last line inside a character.
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(source) => {
            return Err(LedgerError::File {
                path: path.to_owned(),
                source,
            });
        }
    };
    let mut owed = BTreeMap::new();
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        match serde_json::from_str(line) {
            Ok(Line::Owed(debt)) => drop(owed.insert(debt.before.name.clone(), *debt)),
            Ok(Line::Healed(container)) => drop(owed.remove(&container)),
            Err(_) if index + 1 == lines.len() && !text.ends_with('\n') => {}
            Err(error) => {
                return Err(LedgerError::Line {
                    path: path.to_owned(),
                    line: index + 1,
                    reason: error.to_string(),
                });
            }
        }
    }
    Ok(owed)
}

/// What is not as it was before the fault, for a person; `None` where all is well again.
fn still_owed(debt: &Debt, now: &Inventory) -> Option<String> {
    let name = &debt.before.name;
    let is = match now.get(name) {
        None => "is gone".to_owned(),
        Some(container) => {
            let differences = debt.before.differences(container);
            if differences.is_empty() || made_anew(&debt.before, container) {
                return None;
            }
            format!("is not what it was ({})", differences.join("; "))
        }
    };
    Some(format!(
        "  {name} {is} since run {} ({:?}); {}",
        debt.run,
        debt.fault,
        debt.mend()
    ))
}

/// Whether somebody brought the stack up again with other images or another configuration: then this
/// is no longer the container that the debt is about.
fn made_anew(before: &Container, now: &Container) -> bool {
    const HASH: &str = "label.com.docker.compose.config-hash";
    let other =
        before.image_id != now.image_id || before.identity.get(HASH) != now.identity.get(HASH);
    other && now.state == before.state
}
