//! Whether an answer is as new as those before it.
//!
//! A cache, or a copy of the orchestrator that lags behind, may answer with what was true once. Such an
//! answer decides nothing. What gives it away are the server's own marks: a revision, a time of change or
//! a heartbeat that is earlier than one that was seen before. Server times are compared with server times
//! only.

use std::collections::BTreeMap;

use crate::api::model::{Evaluation, Execution, Job, Node};
use crate::clock::Timestamp;
use crate::journal::Answer;

/// The highest marks that were seen of each record, by kind and id.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    highest: BTreeMap<(&'static str, String), Mark>,
}

/// What a record says of its own age; the later the greater.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Mark {
    revision: Option<u64>,
    changed: Option<Timestamp>,
    heard: Option<Timestamp>,
}

impl Freshness {
    /// Takes in an answer; an error is why it is older than one before, in words.
    pub(super) fn admit(&mut self, answer: &Answer) -> Result<(), String> {
        let marks = marks(answer);
        for (key, mark) in &marks {
            if let Some(highest) = self.highest.get(key) {
                mark.not_before(highest).map_err(|what| {
                    let (kind, id) = key;
                    format!(
                        "older than an answer before: the {what} of {kind} {id} went back; is a cache in between?"
                    )
                })?;
            }
        }
        for (key, mark) in marks {
            let highest = self.highest.entry(key).or_default();
            highest.revision = highest.revision.max(mark.revision);
            highest.changed = highest.changed.max(mark.changed);
            highest.heard = highest.heard.max(mark.heard);
        }
        Ok(())
    }
}

impl Mark {
    fn of(revision: Option<u64>, changed: Option<&String>, heard: Option<&String>) -> Self {
        let time = |text: Option<&String>| text.and_then(|text| Timestamp::parse(text));
        Self {
            revision,
            changed: time(changed),
            heard: time(heard),
        }
    }

    /// What went back, if anything did.
    fn not_before(&self, highest: &Self) -> Result<(), &'static str> {
        fn back<T: Ord>(now: Option<&T>, highest: Option<&T>) -> bool {
            matches!((now, highest), (Some(now), Some(highest)) if now < highest)
        }
        if back(self.revision.as_ref(), highest.revision.as_ref()) {
            Err("revision")
        } else if back(self.changed.as_ref(), highest.changed.as_ref()) {
            Err("time of change")
        } else if back(self.heard.as_ref(), highest.heard.as_ref()) {
            Err("last heartbeat")
        } else {
            Ok(())
        }
    }
}

/// The marks of the orchestrator's records. What edges say of themselves has other counters.
fn marks(answer: &Answer) -> Vec<((&'static str, String), Mark)> {
    let node = |n: &Node| {
        let mark = Mark::of(n.revision, n.updated_at.as_ref(), n.last_heartbeat.as_ref());
        (("node", n.id.0.clone()), mark)
    };
    let job = |j: &Job| {
        let mark = Mark::of(j.revision, j.updated_at.as_ref(), None);
        (("job", j.id.0.clone()), mark)
    };
    let execution = |e: &Execution| {
        let mark = Mark::of(e.revision, e.updated_at.as_ref(), None);
        (("execution", e.id.0.clone()), mark)
    };
    let evaluation = |e: &Evaluation| {
        let mark = Mark::of(e.revision, e.updated_at.as_ref(), None);
        (("evaluation", e.id.0.clone()), mark)
    };
    match answer {
        Answer::Nodes(nodes) => nodes.iter().map(node).collect(),
        Answer::Job(found) => found.iter().map(job).collect(),
        Answer::Executions(all) => all.iter().map(execution).collect(),
        Answer::Evaluations(Some(all)) => all.iter().map(evaluation).collect(),
        Answer::Evaluations(None)
        | Answer::History(_)
        | Answer::Truth(_)
        | Answer::Same(_)
        | Answer::Failed(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
