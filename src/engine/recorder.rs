//! The recorder: every event goes through here into the journal, the record and to whoever watches.

use std::time::Duration;

use crate::clock::Elapsed;
use crate::journal::file::Writer;
use crate::journal::{Entry, Event, Watcher};
use crate::verdict::record::Record;

pub(super) struct Recorder<'a> {
    writer: Writer,
    watcher: &'a mut dyn Watcher,
    entries: Vec<Entry>,
    record: Record,
    lost: Option<String>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(writer: Writer, watcher: &'a mut dyn Watcher) -> Self {
        Self {
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
        if let Err(error) = written {
            self.lost.get_or_insert(format!(
                "the journal cannot be written any more: {error}; its file ends there, so make room or name \
                 another place with --out, and run again"
            ));
        }
        self.record.take(&entry);
        self.watcher.entry(&entry);
        let elapsed = entry.elapsed;
        self.entries.push(entry);
        elapsed
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
