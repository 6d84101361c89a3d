//! The search: schedules by their numbers, over all cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use super::draw;
use super::reach::Reach;
use super::schedule::Schedule;
use super::shrink::{Shrunk, shrink};
use super::symptom::Symptom;
use super::trial::{Bench, NotRun, Trial};

/// What is to be searched.
#[derive(Debug, Clone, Copy)]
pub struct Hunt<'a> {
    /// What runs a schedule; its seed is the search's.
    pub bench: &'a Bench<'a>,
    /// The first number that is not searched any more.
    pub runs: u64,
    /// Only every so manieth number: the part (from 0), and of how many.
    pub shard: (u64, u64),
    /// When no more is begun.
    pub until: Option<Instant>,
    /// How many threads.
    pub jobs: usize,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// How many schedules were run.
    pub ran: u64,
    /// How many of them passed.
    pub passed: u64,
    /// How many could not be decided.
    pub undecided: u64,
    /// The lowest number of those and why.
    pub first_undecided: Option<(u64, String)>,
    /// By symptom: the lowest number that shows it, and how many do.
    pub symptoms: BTreeMap<Symptom, (u64, u64)>,
    /// What was seen.
    pub reach: Reach,
    /// A schedule that could not be run at all: a mistake of this program.
    pub broken: Option<NotRun>,
}

/// The first schedule that shows a symptom, made small.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How it fails.
    pub symptom: Symptom,
    /// The number of the schedule.
    pub number: u64,
    /// How many schedules failed like that.
    pub seen: u64,
    /// As it was drawn.
    pub drawn: Schedule,
    /// As small as it could be made.
    pub shrunk: Shrunk,
}

impl Hunt<'_> {
    /// Searches. `progress` is told how many are done, from any thread.
    pub fn search(&self, progress: &(dyn Fn(u64) + Sync)) -> Found {
        let next = AtomicU64::new(0);
        let done = AtomicU64::new(0);
        let parts = thread::scope(|scope| {
            let work = || {
                let mut found = Found::default();
                while found.broken.is_none()
                    && self.until.is_none_or(|until| Instant::now() < until)
                {
                    let (part, of) = self.shard;
                    let number = next.fetch_add(1, Ordering::Relaxed) * of + part;
                    if number >= self.runs {
                        break;
                    }
                    self.one(number, &mut found);
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                }
                found
            };
            let threads: Vec<_> = (0..self.jobs.max(1)).map(|_| scope.spawn(work)).collect();
            let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
            ended
                .map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Vec<Found>>()
        });
        parts.into_iter().fold(Found::default(), Found::join)
    }

    fn one(&self, number: u64, found: &mut Found) {
        let schedule = self.drawn(number);
        match self.bench.run(&schedule, number) {
            Ok(trial) => found.take(number, &schedule, &trial),
            Err(broken) => found.broken = Some(broken),
        }
    }

    /// The schedule of this number.
    pub fn drawn(&self, number: u64) -> Schedule {
        let settings = self.bench.settings;
        draw(settings.seed, number, settings.edges, &settings.timing)
    }

    /// Makes the first schedule of every symptom small, several at a time.
    pub fn findings(&self, found: &Found) -> Result<Vec<Finding>, NotRun> {
        let wanted: Vec<(Symptom, u64, u64)> = found
            .symptoms
            .iter()
            .map(|(symptom, (number, seen))| (*symptom, *number, *seen))
            .collect();
        let mut all = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(self.jobs.max(1)) {
            let made = thread::scope(|scope| {
                let threads: Vec<_> = some
                    .iter()
                    .map(|(symptom, number, seen)| {
                        scope.spawn(move || self.finding(*symptom, *number, *seen))
                    })
                    .collect();
                let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
                ended
                    .map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect::<Result<Vec<Finding>, NotRun>>()
            });
            all.extend(made?);
        }
        Ok(all)
    }

    fn finding(&self, symptom: Symptom, number: u64, seen: u64) -> Result<Finding, NotRun> {
        let drawn = self.drawn(number);
        let shrunk = shrink(self.bench, &drawn, number, symptom)?;
        Ok(Finding {
            symptom,
            number,
            seen,
            drawn,
            shrunk,
        })
    }
}

impl Found {
    fn take(&mut self, number: u64, schedule: &Schedule, trial: &Trial) {
        self.ran += 1;
        self.reach.take(schedule, trial);
        let symptoms = trial.symptoms();
        if !trial.decided() {
            self.undecided += 1;
            if self.first_undecided.is_none() {
                let why = trial.verdict.deciding().map(|part| part.note.clone());
                self.first_undecided = Some((number, why.unwrap_or_default()));
            }
        } else if symptoms.is_empty() {
            self.passed += 1;
        }
        for symptom in symptoms {
            let (first, count) = self.symptoms.entry(symptom).or_insert((number, 0));
            *first = number.min(*first);
            *count += 1;
        }
    }

    /// Both together.
    fn join(mut self, other: Self) -> Self {
        self.ran += other.ran;
        self.passed += other.passed;
        self.undecided += other.undecided;
        let undecided = [self.first_undecided.take(), other.first_undecided];
        self.first_undecided = undecided.into_iter().flatten().min();
        for (symptom, (number, seen)) in other.symptoms {
            let (first, count) = self.symptoms.entry(symptom).or_insert((number, 0));
            *first = number.min(*first);
            *count += seen;
        }
        self.reach.join(other.reach);
        let broken = [self.broken.take(), other.broken].into_iter().flatten();
        self.broken = broken.min_by_key(|broken| broken.number);
        self
    }
}
