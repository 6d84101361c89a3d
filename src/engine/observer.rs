//! The observer: asks the orchestrator for everything that the run follows, at a pace that adapts.
//!
//! One sweep serves every waiting expectation. After a change it asks again soon, while nothing
//! changes less and less often. A hint that something changed (in the simulation) says when to look,
//! never what is true.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::api::model::JobId;
use crate::api::{ApiError, Orchestrator};
use crate::clock::Elapsed;
use crate::journal::{Answer, Event, Reading, ReadingId, Topic};
use crate::settings::Timing;

/// When to ask next, and what was answered last.
pub(super) struct Observer {
    pace: Pace,
    changed: Option<watch::Receiver<u64>>,
    latest: BTreeMap<Topic, (ReadingId, Answer)>,
    next_id: u64,
}

/// A sweep that is not recorded yet.
pub(super) struct Sweep {
    sent: Elapsed,
    answers: Vec<(Topic, Answer)>,
}

impl Observer {
    pub(super) fn new(timing: &Timing, changed: Option<watch::Receiver<u64>>) -> Self {
        Self {
            pace: Pace::of(timing, changed.is_some()),
            changed,
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

    /// What to ask for, once these jobs are deployed.
    pub(super) fn topics(jobs: &BTreeMap<String, (JobId, Option<u64>)>) -> Vec<(Topic, JobId)> {
        let mut topics = vec![(Topic::Nodes, JobId(String::new()))];
        for (alias, (id, _)) in jobs {
            for topic in [Topic::Job, Topic::Executions, Topic::Evaluations] {
                topics.push((topic(alias.clone()), id.clone()));
            }
        }
        topics
    }

    /// Asks, all at once. Safe to drop while waiting: nothing is changed on either side.
    pub(super) async fn ask(
        eyes: &impl Orchestrator,
        topics: Vec<(Topic, JobId)>,
        sent: Elapsed,
    ) -> Sweep {
        let asked = topics.into_iter().map(|(topic, id)| async move {
            let answer = match &topic {
                Topic::Nodes => eyes.nodes().await.map(Answer::Nodes),
                Topic::Job(_) => eyes.job(&id).await.map(Answer::Job),
                Topic::Executions(_) => eyes.executions(Some(&id)).await.map(Answer::Executions),
                Topic::Evaluations(_) => eyes.evaluations(&id).await.map(Answer::Evaluations),
            };
            let failed = |error: ApiError| Answer::Failed(error.to_string());
            (topic, answer.unwrap_or_else(failed))
        });
        Sweep {
            sent,
            answers: join_all(asked).await,
        }
    }

    /// Turns a sweep into the event that records it; answers that did not change refer to the one
    /// before. Also returns the time until the next sweep.
    pub(super) fn digest(&mut self, sweep: Sweep) -> (Event, Duration) {
        let mut changed = false;
        let mut readings = Vec::with_capacity(sweep.answers.len());
        for (of, answer) in sweep.answers {
            let id = ReadingId(self.next_id);
            self.next_id += 1;
            let answer = match self.latest.get(&of) {
                Some((same, latest)) if *latest == answer => Answer::Same(*same),
                _ => {
                    changed = true;
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
        (Event::Sweep { every, readings }, wait)
    }
}

/// The pace of polling.
struct Pace {
    shortest: Duration,
    longest: Duration,
    wait: Duration,
    next: Instant,
}

impl Pace {
    /// Between a tenth and a third of a heartbeat: nothing in the deployment is faster. Where hints
    /// come, polling is only the net under them.
    fn of(timing: &Timing, hinted: bool) -> Self {
        let beat = timing.heartbeat;
        let (shortest, longest) = if hinted {
            (beat, beat)
        } else {
            let clamp = |time: Duration, least, most| {
                time.clamp(Duration::from_millis(least), Duration::from_millis(most))
            };
            (clamp(beat / 10, 20, 250), clamp(beat / 3, 50, 2000))
        };
        Self {
            shortest,
            longest,
            wait: shortest,
            next: Instant::now(),
        }
    }

    fn after(&mut self, changed: bool) -> Duration {
        self.wait = if changed {
            self.shortest
        } else {
            (self.wait * 3 / 2).min(self.longest)
        };
        self.next = Instant::now() + self.wait;
        self.wait
    }
}
