//! The recorder: every event goes through here into the journal, the record and to whoever watches.

use std::time::Duration;

use super::evidence::{Bodies, Evidence};
use crate::clock::{Elapsed, Timestamp};
use crate::fault::ContainerName;
use crate::journal::file::Writer;
use crate::journal::{Entry, Event, JournalError, Watcher};
use crate::verdict;
use crate::verdict::record::Record;

pub(super) struct Recorder<'a> {
    writer: Writer,
    watcher: &'a mut dyn Watcher,
    entries: Vec<Entry>,
    record: Record,
    evidence: Option<Evidence>,
    lost: Option<String>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(writer: Writer, watcher: &'a mut dyn Watcher) -> Self {
        let evidence = writer.folder().map(Evidence::into);
        Self {
            evidence,
            writer,
            watcher,
            entries: Vec::new(),
            record: Record::default(),
            lost: None,
        }
    }

    /// Records an event and returns when. If the file cannot be written any more the run goes on in
    /// memory until it has healed; [`Recorder::lost`] tells.
    pub(super) fn put(&mut self, event: Event) -> Elapsed {
        let (entry, written) = self.writer.write(event);
        self.lost_by(written);
        let kept = self.evidence.as_mut().map(|it| it.take(&entry.event));
        self.lost_by(kept.unwrap_or(Ok(())));
        self.record.take(&entry);
        self.watcher.entry(&entry);
        let elapsed = entry.elapsed;
        self.entries.push(entry);
        elapsed
    }

    /// A line of a container's log, for the whole logs beside the journal.
    pub(super) fn line(&mut self, container: &ContainerName, at: Timestamp, text: &str) {
        let kept = self
            .evidence
            .as_mut()
            .map(|it| it.line(container, at, text));
        self.lost_by(kept.unwrap_or(Ok(())));
    }

    /// Whether the answers are wanted as they came.
    pub(super) const fn keeps_bodies(&self) -> bool {
        self.evidence.is_some()
    }

    /// The answers of a sweep that is about to be recorded, as they came.
    pub(super) fn bodies(&mut self, sweep: Vec<Bodies>) {
        if let Some(evidence) = &mut self.evidence {
            evidence.hold(sweep);
        }
    }

    /// Keeps what the verdict on all this hangs on.
    pub(super) fn judged(&mut self) {
        let Some(evidence) = &mut self.evidence else {
            return;
        };
        let verdict = verdict::judge(&self.entries);
        let kept = verdict.map_or(Ok(()), |verdict| evidence.judged(&verdict));
        self.lost_by(kept);
    }

    /// Remembers the first thing that could not be written; nothing more is kept beside the journal then.
    fn lost_by(&mut self, written: Result<(), JournalError>) {
        if let Err(error) = written {
            self.evidence = None;
            self.lost.get_or_insert(format!(
                "the journal cannot be written any more: {error}; its file ends there, so make room or name \
                 another place with --out, and run again"
            ));
        }
    }

    pub(super) fn note(&mut self, text: &str) {
        self.watcher.note(text);
    }

    /// Why the journal is not on disk any more, once.
    pub(super) fn lost(&mut self) -> Option<String> {
        self.lost.take()
    }

    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// The time since the run's start.
    pub(super) fn now(&self) -> Elapsed {
        self.writer.elapsed()
    }

    /// The moment of the runtime's clock that lies `at` after the run's start.
    pub(super) fn instant(&self, at: Elapsed) -> tokio::time::Instant {
        self.writer.started() + Duration::from_millis(at.0)
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}
