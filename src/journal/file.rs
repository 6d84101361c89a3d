//! The journal as a file: JSON lines, each flushed when written, so that a killed run leaves what it saw.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::folder::Folder;
use super::{Entry, Event, SCHEMA};
use crate::clock::{Clock, Elapsed};
use crate::settings::secrets;

/// The name of the file in a run's folder.
pub const NAME: &str = "journal.jsonl";

/// Appends entries to a file, or only numbers them where there is none.
#[derive(Debug)]
pub struct Writer {
    clock: Clock,
    file: Option<(File, PathBuf)>,
    folder: Option<Folder>,
    seq: u64,
}

/// What can go wrong with a journal file.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be written or read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line is no entry.
    #[error("{path}:{line}: this is no journal entry: {reason}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A version of rejoin wrote it whose entries have another shape.
    #[error("{path}: written with journal schema {found}, this version of rejoin reads {SCHEMA}")]
    Schema {
        /// Which file.
        path: PathBuf,
        /// What its header says.
        found: u32,
    },
}

impl Writer {
    /// A journal in `folder`, which must exist; the file must not.
    pub fn create(folder: &Path, clock: Clock) -> Result<Self, JournalError> {
        let folder = Folder::at(folder);
        let path = folder.path().join(NAME);
        let file = File::create_new(&path).map_err(|source| JournalError::File {
            path: path.clone(),
            source,
        })?;
        Ok(Self {
            clock,
            file: Some((file, path)),
            folder: Some(folder),
            seq: 0,
        })
    }

    /// A journal that is kept nowhere.
    pub fn nowhere(clock: Clock) -> Self {
        Self {
            clock,
            file: None,
            folder: None,
            seq: 0,
        }
    }

    /// The folder that it lies in, where it is kept.
    pub fn folder(&self) -> Option<&Folder> {
        self.folder.as_ref()
    }

    /// The time since the run's start.
    pub fn elapsed(&self) -> Elapsed {
        Elapsed::default().plus(self.clock.elapsed())
    }

    /// The run's start, by the runtime's clock.
    pub fn started(&self) -> tokio::time::Instant {
        self.clock.started()
    }

    /// Numbers, dates and writes an event. The entry comes back whether or not it could be written;
    /// after an error nothing is tried on the file again.
    pub fn write(&mut self, event: Event) -> (Entry, Result<(), JournalError>) {
        self.seq += 1;
        let mut entry = Entry {
            seq: self.seq,
            at: self.clock.now(),
            elapsed: self.elapsed(),
            event,
        };
        let written = self.append(&mut entry);
        if written.is_err() {
            self.file = None;
        }
        (entry, written)
    }

    /// What is kept in memory is what stands in the file, so that both give the same report.
    fn append(&mut self, entry: &mut Entry) -> Result<(), JournalError> {
        let Some((file, path)) = &mut self.file else {
            return Ok(());
        };
        let seq = entry.seq;
        let strange = |error: serde_json::Error| JournalError::Line {
            path: path.clone(),
            line: usize::try_from(seq).unwrap_or(usize::MAX),
            reason: error.to_string(),
        };
        let mut line = serde_json::to_string(entry).map_err(strange)?;
        if let Cow::Owned(hidden) = secrets::hide(&line) {
            *entry = serde_json::from_str(&hidden).map_err(strange)?;
            line = hidden;
        }
        line.push('\n');
        // One write per entry and no buffer: what was written is there, whatever kills us next.
        file.write_all(line.as_bytes())
            .map_err(|source| JournalError::File {
                path: path.clone(),
                source,
            })
    }
}

/// Reads a journal. A half-written last line, as a killed run leaves it, is no error: it is left out.
pub fn read(path: &Path) -> Result<Vec<Entry>, JournalError> {
    let bytes = fs::read(path).map_err(|source| JournalError::File {
        path: path.to_owned(),
        source,
    })?;
    let mut entries = Vec::new();
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if index == 0
            && let Some(found) = other_schema(line)
        {
            let path = path.to_owned();
            return Err(JournalError::Schema { path, found });
        }
        match serde_json::from_slice::<Entry>(line) {
            Ok(entry) => entries.push(entry),
            Err(_) if !line.ends_with(b"\n") => break,
            Err(error) => {
                return Err(JournalError::Line {
                    path: path.to_owned(),
                    line: index + 1,
                    reason: error.to_string(),
                });
            }
        }
    }
    Ok(entries)
}

/// The schema of a header that another version wrote, whatever else stands in it.
fn other_schema(header: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Mark {
        schema: u32,
    }
    let mark: Mark = serde_json::from_slice(header).ok()?;
    (mark.schema != SCHEMA).then_some(mark.schema)
}
