//! The ledger: what has to be undone, on disk before it is done.
//!
//! It lives in the user's state directory, one folder for each target, because the folder of a run may
//! vanish (a CI workspace) while the engine stays. It holds recipes, and with them the environment of
//! containers: the file is private to its user.

mod debt;
mod disk;
mod lock;
mod owner;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::fault::{ContainerName, Inventory};

use disk::{Disk, Line};

pub use debt::Debt;

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
    #[error("another run holds this target: {holder}; wait for its end, or end it (lock {})", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who, as far as the file tells.
        holder: String,
    },
    /// Another version of the program wrote the file.
    #[error(
        "the ledger {} is of version {found}, and this rejoin knows version {known}: heal with the rejoin that wrote \
         it, or settle it with `rejoin up` (everything is made anew) or `rejoin down`",
        path.display()
    )]
    Version {
        /// The ledger.
        path: PathBuf,
        /// The version that it says it has.
        found: u32,
        /// The version that can be read.
        known: u32,
    },
    /// A line is not understood.
    #[error(
        "{}:{line}: not a ledger line: {reason}; what it owes is not known: settle it with `rejoin up` (everything is \
         made anew) or `rejoin down`",
        path.display()
    )]
    Line {
        /// The ledger.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// An earlier run left containers behind.
    #[error(
        "an earlier run was killed before it could put things back{} (ledger {}):\n{}\n{}",
        by.as_ref().map_or_else(String::new, |by| format!(", that of {by}")),
        path.display(),
        left.join("\n"),
        heal.join("\n")
    )]
    Dirty {
        /// The ledger.
        path: PathBuf,
        /// Whose run it was, where that is known.
        by: Option<String>,
        /// What is not as it was.
        left: Vec<String>,
        /// What to do.
        heal: Vec<String>,
    },
}

/// The open ledger of one target, and the lock on that target.
#[derive(Debug)]
pub struct Ledger {
    owed: BTreeMap<ContainerName, Debt>,
    disk: Option<Disk>,
}

impl Ledger {
    /// A ledger for a target that ends with this process: the simulation.
    pub fn in_memory() -> Self {
        Self {
            owed: BTreeMap::new(),
            disk: None,
        }
    }

    /// Opens the ledger in `folder` for a run and locks the target. What an earlier run left is compared with
    /// the containers as they are `now`: if they are as they were, the ledger is merely stale.
    pub fn open(folder: &Path, now: &Inventory) -> Result<Self, LedgerError> {
        let mut disk = Disk::lock(folder)?;
        let owed = disk.read()?;
        let left: Vec<(&Debt, String)> = owed
            .values()
            .filter_map(|debt| Some((debt, debt.still_owed(now)?)))
            .collect();
        if !left.is_empty() {
            let heal: BTreeSet<String> = left.iter().map(|(debt, _)| debt.heal()).collect();
            return Err(LedgerError::Dirty {
                path: disk.path().to_owned(),
                by: disk.left_by().map(str::to_owned),
                left: left.into_iter().map(|(_, words)| words).collect(),
                heal: heal.into_iter().collect(),
            });
        }
        disk.remove()?;
        Ok(Self {
            owed: BTreeMap::new(),
            disk: Some(disk),
        })
    }

    /// Locks the target for somebody who is about to put back what an earlier run owes.
    pub fn resume(folder: &Path) -> Result<Self, LedgerError> {
        let mut disk = Disk::lock(folder)?;
        Ok(Self {
            owed: disk.read()?,
            disk: Some(disk),
        })
    }

    /// Locks the target for somebody who is about to make its containers anew, or to take them away:
    /// what an earlier run owes, readable or not, is settled by that. [`Ledger::forgive`] says that it was
    /// done.
    pub fn claim(folder: &Path) -> Result<Self, LedgerError> {
        Ok(Self {
            owed: BTreeMap::new(),
            disk: Some(Disk::lock(folder)?),
        })
    }

    /// What is to be said of the lock, where the one who held it before never gave it back.
    pub fn took_over(&self) -> Option<String> {
        let by = self.disk.as_ref()?.left_by()?;
        Some(format!("took over the lock of this target, left by {by}"))
    }

    /// Nothing is owed any more: every container was made anew, or is gone on purpose.
    pub fn forgive(self) -> Result<(), LedgerError> {
        self.disk.map_or(Ok(()), |disk| disk.remove())
    }

    /// Writes down, durably, what will have to be undone. The first debt of a container stands: it
    /// says how the container was before anything happened to it.
    pub fn owe(&mut self, debt: Debt) -> Result<(), LedgerError> {
        if self.owed.contains_key(debt.container()) {
            return Ok(());
        }
        self.append(&Line::Owed(Box::new(debt.clone())))?;
        self.owed.insert(debt.container().clone(), debt);
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
        match self.disk {
            Some(disk) if self.owed.is_empty() => disk.remove(),
            _ => Ok(()),
        }
    }

    fn append(&mut self, line: &Line) -> Result<(), LedgerError> {
        self.disk.as_mut().map_or(Ok(()), |disk| disk.append(line))
    }
}
