//! What lies beside the journal: whole logs, how the containers stood, and the deciding readings byte for byte.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufWriter, Write};

use serde_json::json;

use crate::api::tape::Body;
use crate::clock::Timestamp;
use crate::fault::ContainerName;
use crate::journal::folder::{AFTER, BEFORE, Folder, LOGS, READINGS};
use crate::journal::{Event, JournalError, ReadingId, Topic, When};
use crate::settings::secrets;
use crate::verdict::Verdict;

/// How much of a container's log is kept, in bytes: a disk must not fill up for one that talks all the time.
const LOG_LIMIT: usize = 32 << 20;
/// How much of the latest answers is held in memory until it is known which of them decide, in bytes. The
/// newest sweep is held whatever its size.
const BODIES_LIMIT: usize = 16 << 20;

/// The bodies of one reading.
pub(super) type Bodies = (ReadingId, Topic, Vec<Body>);

/// Writes it.
pub(super) struct Evidence {
    folder: Folder,
    logs: BTreeMap<ContainerName, Log>,
    held: VecDeque<Bodies>,
    size: usize,
    written: BTreeSet<ReadingId>,
}

struct Log {
    file: BufWriter<File>,
    left: usize,
}

impl Evidence {
    pub(super) fn into(folder: &Folder) -> Self {
        Self {
            folder: folder.clone(),
            logs: BTreeMap::new(),
            held: VecDeque::new(),
            size: 0,
            written: BTreeSet::new(),
        }
    }

    /// Takes what an event says that belongs beside the journal.
    pub(super) fn take(&mut self, event: &Event) -> Result<(), JournalError> {
        match event {
            Event::Inventory { when, containers } => {
                let name = match when {
                    When::Before => BEFORE,
                    When::After => AFTER,
                };
                let text = serde_json::to_string_pretty(containers).unwrap_or_default();
                self.folder.put(name, &format!("{text}\n"))
            }
            Event::StepEnded { readings, .. } => {
                self.flush()?;
                self.decided(readings)
            }
            Event::Phase { .. } | Event::End => self.flush(),
            _ => Ok(()),
        }
    }

    /// A line of a container's log.
    pub(super) fn line(
        &mut self,
        container: &ContainerName,
        at: Timestamp,
        text: &str,
    ) -> Result<(), JournalError> {
        if !self.logs.contains_key(container) {
            let file = self.folder.append(&file_of(container))?;
            let file = BufWriter::new(file);
            let left = LOG_LIMIT;
            self.logs.insert(container.clone(), Log { file, left });
        }
        let Some(log) = self.logs.get_mut(container).filter(|log| log.left > 0) else {
            return Ok(());
        };
        let line = format!("{at} {}\n", secrets::hide(text));
        log.left = log.left.saturating_sub(line.len());
        let mut written = log.file.write_all(line.as_bytes());
        if log.left == 0 && written.is_ok() {
            let limit = LOG_LIMIT >> 20;
            written = writeln!(
                log.file,
                "-- more was written and is not kept: {limit} MiB are"
            );
        }
        written.map_err(|source| self.failed(&file_of(container), source))
    }

    /// Holds the bodies of a sweep, for as long as there is room.
    pub(super) fn hold(&mut self, sweep: Vec<Bodies>) {
        let newest = sweep.len();
        self.size += sweep.iter().map(size).sum::<usize>();
        self.held.extend(sweep);
        while self.size > BODIES_LIMIT && self.held.len() > newest {
            let oldest = self.held.pop_front();
            self.size -= oldest.as_ref().map_or(0, size);
        }
    }

    /// These readings decide something: they are written, as far as they are held still.
    fn decided(&mut self, readings: &[ReadingId]) -> Result<(), JournalError> {
        let wanted = |bodies: &&Bodies| readings.contains(&bodies.0);
        for (id, of, bodies) in self.held.iter().filter(wanted) {
            if !self.written.insert(*id) {
                continue;
            }
            for (number, body) in bodies.iter().enumerate() {
                let name = format!("{READINGS}/{}", name_of(*id, of, number));
                self.folder.put_raw(&name, &body.bytes)?;
                let entry = json!({ "reading": id, "of": of, "request": body.request, "status": body.status, "file": name });
                let mut index = self.folder.append(&format!("{READINGS}/index.jsonl"))?;
                writeln!(index, "{}", secrets::hide(&entry.to_string()))
                    .map_err(|source| self.failed(READINGS, source))?;
            }
        }
        Ok(())
    }

    /// The readings that decide the verdict, also those of invariants.
    pub(super) fn judged(&mut self, verdict: &Verdict) -> Result<(), JournalError> {
        for part in &verdict.parts {
            self.decided(&part.readings)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), JournalError> {
        let mut failed = None;
        for (container, log) in &mut self.logs {
            if let Err(source) = log.file.flush() {
                failed = Some((file_of(container), source));
            }
        }
        match failed {
            Some((name, source)) => Err(self.failed(&name, source)),
            None => Ok(()),
        }
    }

    fn failed(&self, name: &str, source: std::io::Error) -> JournalError {
        JournalError::File {
            path: self.folder.path().join(name),
            source,
        }
    }
}

fn size((_, _, bodies): &Bodies) -> usize {
    bodies.iter().map(|body| body.bytes.len()).sum()
}

fn file_of(container: &ContainerName) -> String {
    format!("{LOGS}/{}.log", plain(&container.0))
}

/// `12-executions-late.json`; from the second page on with its number.
fn name_of(id: ReadingId, of: &Topic, number: usize) -> String {
    let (kind, name) = match of {
        Topic::Nodes => ("nodes", ""),
        Topic::Job(job) => ("job", job.as_str()),
        Topic::Executions(job) => ("executions", job.as_str()),
        Topic::Evaluations(job) => ("evaluations", job.as_str()),
        Topic::History(job) => ("history", job.as_str()),
        Topic::Truth(edge) => ("truth", edge.as_str()),
    };
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("-{}", plain(name))
    };
    let page = match number {
        0 => String::new(),
        number => format!("-{}", number + 1),
    };
    format!("{}-{kind}{name}{page}.json", id.0)
}

/// A name of other people as a part of a file's name.
fn plain(name: &str) -> String {
    let fit = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = name.replace(|c| !fit(c), "_");
    if name.starts_with('.') {
        format!("_{name}")
    } else {
        name
    }
}
