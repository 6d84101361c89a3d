//! The folder of a run: its journal, and beside it what a person or a program may want to see of it later.
//!
//! Everything in it but the journal can be made again or is evidence that no report needs; the names stand here.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::JournalError;
use crate::settings::secrets;

/// The playbook, as it was read.
pub const PLAYBOOK: &str = "playbook.yaml";
/// The settings of the target, as they were used.
pub const SETTINGS: &str = "settings.json";
/// What was under test.
pub const SUBJECT: &str = "subject.json";
/// The containers before the first step.
pub const BEFORE: &str = "inventory/before.json";
/// The containers after the last undo.
pub const AFTER: &str = "inventory/after.json";
/// The verdict and all that a program may want to know of the run.
pub const RESULT: &str = "result.json";
/// The whole logs of the containers, a file each.
pub const LOGS: &str = "logs";
/// What the deciding readings were, byte for byte.
pub const READINGS: &str = "readings";
/// The link to the newest run, beside the folders of the runs.
pub const LATEST: &str = "latest";

/// A run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new folder in `out`, which is made where it is missing: of this name, or with a number behind it
    /// where there is one of the name.
    pub fn create(out: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(out)?;
        for number in 1..1000 {
            let path = match number {
                1 => out.join(name),
                number => out.join(format!("{name}-{number}")),
            };
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other(format!("too many runs named {name}")))
    }

    /// A folder that is there.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a text into it, without the secrets of this process.
    pub fn put(&self, name: &str, text: &str) -> Result<(), JournalError> {
        self.put_bytes(name, secrets::hide(text).as_bytes())
    }

    /// Writes what somebody else said into it, byte for byte but for secrets.
    pub fn put_raw(&self, name: &str, bytes: &[u8]) -> Result<(), JournalError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.put(name, text),
            Err(_) => self.put_bytes(name, bytes),
        }
    }

    fn put_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), JournalError> {
        let path = self.0.join(name);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            File::create(&path)?.write_all(bytes)
        };
        write().map_err(|source| JournalError::File {
            path: path.clone(),
            source,
        })
    }

    /// Takes it away with what is in it: there was no run.
    pub fn forget(&self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "the folder of no run stays");
        }
    }

    /// Opens a file in it to be written on at its end.
    pub fn append(&self, name: &str) -> Result<File, JournalError> {
        let path = self.0.join(name);
        let open = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            OpenOptions::new().create(true).append(true).open(&path)
        };
        open().map_err(|source| JournalError::File {
            path: path.clone(),
            source,
        })
    }

    /// Makes the link [`LATEST`] beside it lead here. What is no link there is left alone.
    pub fn make_latest(&self) -> io::Result<()> {
        let (Some(out), Some(name)) = (self.0.parent(), self.0.file_name()) else {
            return Ok(());
        };
        let link = out.join(LATEST);
        if fs::symlink_metadata(&link).is_ok_and(|found| !found.is_symlink()) {
            return Ok(());
        }
        // Made apart and renamed: several runs may end at the same moment, and one of them is the latest.
        let mut new = name.to_owned();
        new.push(".latest");
        let new = out.join(new);
        std::os::unix::fs::symlink(name, &new)?;
        fs::rename(&new, &link).inspect_err(|_| drop(fs::remove_file(&new)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

    #[test]
    fn the_latest_is_the_last_one_and_a_folder_of_that_name_stays() -> Result {
        let out = tempfile::tempdir()?;
        let first = Folder::create(out.path(), "run")?;
        let second = Folder::create(out.path(), "run")?;
        assert!(second.path().ends_with("run-2"));
        first.make_latest()?;
        second.make_latest()?;
        let link = out.path().join(LATEST);
        assert_eq!(fs::read_link(&link)?, Path::new("run-2"));
        fs::remove_file(&link)?;
        fs::create_dir(&link)?;
        first.make_latest()?;
        assert!(link.is_dir() && !link.is_symlink());
        Ok(())
    }

    #[test]
    fn secrets_stay_outside() -> Result {
        let out = tempfile::tempdir()?;
        let folder = Folder::create(out.path(), "run")?;
        secrets::hold("hush-of-the-folder");
        folder.put("a/b.json", "x hush-of-the-folder y")?;
        assert_eq!(
            fs::read_to_string(folder.path().join("a/b.json"))?,
            "x *** y"
        );
        Ok(())
    }
}
