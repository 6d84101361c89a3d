//! The container logs in a journal, beside what the API said in the same run.

use std::collections::BTreeSet;
use std::path::Path;

use rejoin::api::model::ExecutionState;
use rejoin::journal::{ReadingId, Topic, file};
use rejoin::verdict::record::Record;
use rejoin::verdict::rejoin::last_return;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The words of a second dispatch.
pub(crate) const AGAIN: &str = "RECONCILER: Re-dispatching pending execution";

/// A run.
pub(crate) struct Ran {
    /// Its entries, arranged.
    pub(crate) record: Record,
}

impl Ran {
    /// Reads a journal.
    pub(crate) fn read(journal: &Path) -> Result<Self> {
        let mut record = Record::default();
        for entry in &file::read(journal)? {
            record.take(entry);
        }
        Ok(Self { record })
    }

    /// The lines of the orchestrator that hold one of these words.
    pub(crate) fn lines(&self, words: &[&str]) -> Vec<&str> {
        let all = self.record.lines.iter();
        let found = all.filter(|line| line.container.0.starts_with("orchestrator"));
        let found = found.filter(|line| words.iter().any(|word| line.text.contains(word)));
        found.map(|line| line.text.as_str()).collect()
    }

    /// The ids of all executions of a job that any reading showed.
    pub(crate) fn known(&self, job: &str) -> BTreeSet<String> {
        let readings = self.record.readings(&Topic::Executions(job.to_owned()));
        let executions = readings
            .iter()
            .filter_map(|seen| self.record.executions(job, seen));
        executions
            .flatten()
            .map(|execution| execution.id.0.clone())
            .collect()
    }

    /// The last reading before the run brought a node back.
    fn restored(&self) -> Result<ReadingId> {
        let back = last_return(&self.record, None);
        Ok(back.ok_or("nothing was restored")?.after)
    }

    /// The ids of the executions that were pending when the nodes were brought back.
    pub(crate) fn stuck(&self, job: &str) -> Result<BTreeSet<String>> {
        let topic = Topic::Executions(job.to_owned());
        let seen = self.record.usable_up_to(&topic, self.restored()?);
        let executions = self.record.executions(job, seen.ok_or("never read")?);
        let pending = executions.unwrap_or_default().iter();
        let pending = pending.filter(|e| e.observed == Some(ExecutionState::Pending));
        Ok(pending.map(|execution| execution.id.0.clone()).collect())
    }

    /// What the orchestrator dispatched and published is what the API showed, id by id.
    pub(crate) fn dispatched_what_the_api_shows(&self) -> Result {
        let all: BTreeSet<String> = &self.known("steady") | &self.known("late");
        for word in ["DISPATCH: Attempting", "PUBLISH: Checking"] {
            let logged = BTreeSet::from_iter(ids(&self.lines(&[word])));
            if logged != all || all.len() != 4 {
                return Err(format!("{word}: logged {logged:?}, the API shows {all:?}").into());
            }
        }
        Ok(())
    }

    /// Where a second dispatch is expected it is of exactly the stuck executions, each once; elsewhere
    /// there is none.
    pub(crate) fn dispatched_again(&self, expected: bool) -> Result {
        let stuck = Vec::from_iter(self.stuck("late")?);
        let mut again = ids(&self.lines(&[AGAIN]));
        again.sort();
        let wanted: &[String] = if expected { &stuck } else { &[] };
        if stuck.len() == 2 && again == wanted {
            return Ok(());
        }
        Err(format!("stuck {stuck:?}, dispatched again {again:?}").into())
    }
}

/// The value of a `key=value` of a line.
pub(crate) fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split(' ')
        .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

pub(crate) fn ids(lines: &[&str]) -> Vec<String> {
    let found = lines.iter().filter_map(|line| value(line, "execution_id"));
    found.map(str::to_owned).collect()
}
