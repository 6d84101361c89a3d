//! What stands at the end.
//!
//! Orchestrator and edges are never asked at the same instant, so a single difference means nothing: only
//! what stands in every complete sweep of the last two heartbeats counts, and in two of them at least.

use std::collections::BTreeMap;

use super::super::record::{Seen, Sweep};
use super::{Breach, Story};
use crate::clock::Elapsed;
use crate::journal::{ReadingId, Topic};

/// How many differences a report names.
const NAMED: usize = 3;

/// Differences, by what they are about: in words, with the readings that show them.
pub(super) type Differences<K> = BTreeMap<K, (String, Vec<ReadingId>)>;

/// What stood in every complete sweep of the last two heartbeats.
pub(super) struct Standing<K> {
    found: Differences<K>,
    at: Elapsed,
    since: Elapsed,
    /// Whether a second sweep showed it, too.
    confirmed: bool,
}

impl<K> Standing<K> {
    /// When it was last seen.
    pub(super) fn at(&self) -> Elapsed {
        self.at
    }

    /// What it is about.
    pub(super) fn names(&self) -> impl Iterator<Item = &K> {
        self.found.keys()
    }

    /// Only what fits; `None` where that is nothing.
    pub(super) fn only(mut self, fits: impl Fn(&K) -> bool) -> Option<Self>
    where
        K: Ord,
    {
        self.found.retain(|about, _| fits(about));
        (!self.found.is_empty()).then_some(self)
    }

    /// The breach that it is.
    pub(super) fn breach(self) -> Breach {
        let more = self.found.len().saturating_sub(NAMED);
        let mut words = Vec::new();
        let mut readings = Vec::new();
        for (text, decisive) in self.found.into_values().take(NAMED) {
            words.push(text);
            readings.extend(decisive);
        }
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        readings.sort_unstable();
        readings.dedup();
        Breach {
            readings,
            since: self.since,
            at: self.at,
            what: words.join("; "),
        }
    }
}

/// Looks for what stands at the end; the error is why nobody can tell.
pub(super) fn standing<'a, K: Ord>(
    story: &Story<'a>,
    mut differences: impl FnMut(&'a Sweep) -> Result<Differences<K>, String>,
) -> Result<Option<Standing<K>>, String> {
    let window = story.plan.timing.heartbeat * 2;
    let mut standing: Option<Standing<K>> = None;
    let mut incomplete = None;
    let settled = story.settled()?;
    // Settling ends with a sweep of its own; how long the clean-up took after it says nothing.
    let end = settled.last().map(|last| last.sent).unwrap_or_default();
    for sweep in settled.iter().rev() {
        let late = end.since(sweep.sent) <= window;
        if !late && standing.is_none() {
            break;
        }
        let found = match differences(sweep) {
            Ok(found) => found,
            Err(why) => {
                incomplete.get_or_insert(why);
                continue;
            }
        };
        match &mut standing {
            None => {
                standing = Some(Standing {
                    found,
                    at: sweep.received,
                    since: sweep.received,
                    confirmed: false,
                });
            }
            Some(standing) if late || !standing.confirmed => {
                standing.found.retain(|about, _| found.contains_key(about));
                standing.since = sweep.received;
                standing.confirmed = true;
            }
            // Before that it only tells since when.
            Some(standing) if standing.found.keys().all(|about| found.contains_key(about)) => {
                standing.since = sweep.received;
            }
            Some(_) => break,
        }
        if standing.as_ref().is_some_and(|s| s.found.is_empty()) {
            break;
        }
    }
    match standing {
        Some(standing) if !standing.confirmed && !standing.found.is_empty() => {
            Err(incomplete
                .unwrap_or_else(|| "only one look at the end shows a difference".to_owned()))
        }
        Some(standing) => Ok(Some(standing).filter(|standing| !standing.found.is_empty())),
        None => Err(incomplete.unwrap_or_else(|| "nothing was read at the end".to_owned())),
    }
}

/// The usable reading of a topic in a sweep; the error is why there is none.
pub(super) fn read<'a, T>(
    story: &Story<'a>,
    topic: &Topic,
    sweep: &Sweep,
    get: impl Fn(&'a Seen) -> Option<T>,
) -> Result<(ReadingId, T), String> {
    let what = match topic {
        Topic::Nodes => "the nodes".to_owned(),
        Topic::Truth(edge) => format!("what {edge} runs"),
        Topic::Job(job)
        | Topic::Executions(job)
        | Topic::Evaluations(job)
        | Topic::History(job) => format!("the executions of {job}"),
    };
    let seen = story.record.within(topic, sweep);
    let seen = seen.ok_or_else(|| format!("{what} was not asked for at the end"))?;
    match get(seen) {
        Some(value) => Ok((seen.id, value)),
        None => Err(story
            .record
            .failure(topic, seen)
            .unwrap_or("the answer is of no use")
            .to_owned()),
    }
}
