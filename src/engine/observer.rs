//! The observer: asks the orchestrator for everything that the run follows, at a pace that adapts.
//!
//! One sweep serves every waiting expectation. After a change it asks again soon, while nothing
//! changes less and less often. A hint that something changed (in the simulation) says when to look,
//! never what is true.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;

use super::evidence::Bodies;
use super::freshness::Freshness;
use super::pace::Pace;
use super::topics::{Question, Told};
use crate::api::model::Node;
use crate::clock::{Elapsed, brief};
use crate::journal::{Answer, Event, Reading, ReadingId, Topic};
use crate::settings::Timing;

/// The longest that a sweep waits for its answers, all retries included.
const PATIENCE: Duration = Duration::from_secs(10);
/// The shortest: an orchestrator under load may take that long.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(2);

/// When to ask next, and what was answered last.
pub(super) struct Observer {
    /// The longest that a sweep waits for its answers: in proportion to how fast the deployment is, since a
    /// step cannot be judged meanwhile.
    pub(super) patience: Duration,
    pace: Pace,
    changed: Option<watch::Receiver<u64>>,
    freshness: Freshness,
    /// Whether every question of the last sweep was answered.
    heard_all: bool,
    latest: BTreeMap<Topic, (ReadingId, Answer)>,
    next_id: u64,
}

/// A sweep that is not recorded yet.
pub(super) struct Sweep {
    sent: Elapsed,
    answers: Vec<(Topic, Told)>,
}

impl Observer {
    pub(super) fn new(timing: &Timing, changed: Option<watch::Receiver<u64>>) -> Self {
        Self {
            patience: (timing.heartbeat * 20).clamp(SHORTEST_PATIENCE, PATIENCE),
            pace: Pace::of(timing, changed.is_some()),
            changed,
            freshness: Freshness::default(),
            heard_all: false,
            latest: BTreeMap::new(),
            next_id: 1,
        }
    }

    /// Waits until it is time for the next sweep. Safe to drop while waiting.
    pub(super) async fn due(&mut self) {
        let timer = tokio::time::sleep_until(self.pace.next);
        match &mut self.changed {
            None => timer.await,
            Some(changed) => tokio::select! {
                biased;
                hint = changed.changed() => if hint.is_err() { self.changed = None },
                () = timer => {}
            },
        }
    }

    /// How long a sweep may take that somebody waits for who has to go on at `until`: an orchestrator
    /// that is away must not hold up what the playbook does next. Never less than a moment, since one
    /// that is there answers within it.
    pub(super) fn patience_until(&self, now: Elapsed, until: Elapsed) -> Duration {
        until.since(now).clamp(self.pace.moment, self.patience)
    }

    /// Whether every question of the last sweep was answered.
    pub(super) const fn heard_all(&self) -> bool {
        self.heard_all
    }

    /// The moment after this one at which asking again makes sense.
    pub(super) fn soon(&self, now: Elapsed) -> Elapsed {
        now.plus(self.pace.moment)
    }

    /// How long a sweep may take that something else has to follow: where nobody answered the last one,
    /// a moment is enough to learn that nobody answers this one either.
    pub(super) fn patience_before_acting(&self) -> Duration {
        match self.latest.get(&Topic::Nodes) {
            Some((_, Answer::Failed(_))) => self.pace.moment,
            _ => self.patience,
        }
    }

    /// Asks, all at once, and waits at most so long for each answer. Safe to drop while waiting: nothing
    /// is changed on either side.
    pub(super) async fn ask(
        questions: Vec<Question<'_>>,
        sent: Elapsed,
        patience: Duration,
    ) -> Sweep {
        let asked = questions.into_iter().map(|question| async move {
            let answer = tokio::time::timeout(patience, question.answer).await;
            let answer = answer.unwrap_or_else(|_| {
                let asked_for = brief(patience);
                let reason = format!("no answer within {asked_for}, and the run went on");
                (Answer::Failed(reason), Vec::new())
            });
            (question.of, answer)
        });
        Sweep {
            sent,
            answers: join_all(asked).await,
        }
    }

    /// Turns a sweep into the event that records it; answers that did not change refer to the one
    /// before. Also returns the time until the next sweep, and what came as it came.
    pub(super) fn digest(&mut self, sweep: Sweep) -> (Event, Duration, Vec<Bodies>) {
        let mut changed = false;
        self.heard_all = true;
        let mut readings = Vec::with_capacity(sweep.answers.len());
        let mut bodies = Vec::new();
        for (of, (answer, came)) in sweep.answers {
            let id = ReadingId(self.next_id);
            self.next_id += 1;
            if !came.is_empty() {
                bodies.push((id, of.clone(), came));
            }
            let answer = match self.freshness.admit(&answer) {
                Ok(()) => answer,
                Err(reason) => Answer::Failed(reason),
            };
            self.heard_all &= !matches!(answer, Answer::Failed(_));
            let answer = match self.latest.get(&of) {
                Some((same, latest)) if *latest == answer => Answer::Same(*same),
                earlier => {
                    changed |= !earlier.is_some_and(|(_, before)| only_alive(before, &answer));
                    self.latest.insert(of.clone(), (id, answer.clone()));
                    answer
                }
            };
            readings.push(Reading {
                id,
                of,
                sent: sweep.sent,
                answer,
            });
        }
        let wait = self.pace.after(changed);
        let every = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        // What the journal has, so that its reader comes to the same conclusions.
        let wait = Duration::from_millis(every);
        (Event::Sweep { every, readings }, wait, bodies)
    }
}

/// Whether nothing is new but that the nodes still live. Taken for a change, the heartbeats of a large
/// deployment would have it asked at the quickest pace for ever.
fn only_alive(before: &Answer, now: &Answer) -> bool {
    let (Answer::Nodes(before), Answer::Nodes(now)) = (before, now) else {
        return false;
    };
    let timeless = |node: &Node| Node {
        last_heartbeat: None,
        updated_at: None,
        unknown: BTreeMap::new(),
        ..node.clone()
    };
    before.iter().map(timeless).eq(now.iter().map(timeless))
}
