//! The lock of a target: one run at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::LedgerError;
use super::owner::{self, Owner};

/// A lock that is held as long as this lives. The system gives it back whatever ends the process; the file
/// is emptied only by an end that comes to pass here, so that the next one sees whose did not.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    left_by: Option<String>,
}

impl Lock {
    /// Takes the lock, and writes into it whose it is.
    pub(super) fn take(path: &Path) -> Result<Self, LedgerError> {
        let wrap = |source| LedgerError::File {
            path: path.to_owned(),
            source,
        };
        let file = open(path).map_err(wrap)?;
        let taken = file.try_lock();
        let said = fs::read(path).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        match taken {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LedgerError::Locked {
                    path: path.to_owned(),
                    holder: owner::holder(&said),
                });
            }
            Err(TryLockError::Error(source)) => return Err(wrap(source)),
        }
        let here = Owner::this_process();
        let lock = Self {
            left_by: owner::left_by(&said, &here),
            file,
        };
        lock.sign(&here).map_err(wrap)?;
        Ok(lock)
    }

    /// Who had it before and never gave it back.
    pub(super) fn left_by(&self) -> Option<&str> {
        self.left_by.as_deref()
    }

    fn sign(&self, owner: &Owner) -> io::Result<()> {
        self.file.set_len(0)?;
        let mut text = serde_json::to_vec(owner)?;
        text.push(b'\n');
        (&self.file).write_all(&text)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Where that fails the next one hears of us, which does no harm.
        let _ = self.file.set_len(0);
        // Closing alone gives nothing back while a process that was just begun still has its copy of the file.
        let _ = self.file.unlock();
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_given_back_though_a_process_just_begun_has_a_copy_of_its_file()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("lock");
        let lock = Lock::take(&path)?;
        let copy = lock.file.try_clone()?;
        assert!(Lock::take(&path).is_err(), "it is held");
        drop(lock);
        assert!(Lock::take(&path).is_ok(), "it was given back");
        drop(copy);
        Ok(())
    }
}
