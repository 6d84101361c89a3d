//! The search: schedules by their numbers, over all cores.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use super::draw;
use super::reach::Reach;
use super::schedule::Schedule;
use super::shrink::{Shrunk, shrink};
use super::symptom::Symptom;
use super::trial::{Bench, NotRun, TRIES, Trial};

/// Of so many schedules that fail in one way, the one that does so most surely is made small.
const CHOICE: usize = 32;

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
    /// By symptom: the schedules that show it.
    pub symptoms: BTreeMap<Symptom, Shown>,
    /// What was seen.
    pub reach: Reach,
    /// A schedule that could not be run at all: a mistake of this program.
    pub broken: Option<NotRun>,
}

/// The schedules that show a symptom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The lowest numbers, a few of them.
    pub first: BTreeSet<u64>,
    /// How many do.
    pub seen: u64,
}

/// The schedule that shows a symptom best, made small.
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

    /// Makes a schedule of every symptom small, several at a time.
    pub fn findings(&self, found: &Found) -> Result<Vec<Finding>, NotRun> {
        let wanted: Vec<(&Symptom, &Shown)> = found.symptoms.iter().collect();
        let mut all = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(self.jobs.max(1)) {
            let made = thread::scope(|scope| {
                let threads: Vec<_> = some
                    .iter()
                    .map(|(symptom, shown)| scope.spawn(|| self.finding(**symptom, shown)))
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

    fn finding(&self, symptom: Symptom, shown: &Shown) -> Result<Finding, NotRun> {
        let (number, odds) = self.surest(symptom, shown)?;
        let drawn = self.drawn(number);
        let shrunk = shrink(self.bench, &drawn, number, symptom, odds)?;
        Ok(Finding {
            symptom,
            number,
            seen: shown.seen,
            drawn,
            shrunk,
        })
    }

    /// The first of those schedules that fail in the most runs, and in how many.
    fn surest(&self, symptom: Symptom, shown: &Shown) -> Result<(u64, u64), NotRun> {
        let mut surest = (0, 0);
        for number in &shown.first {
            let drawn = self.drawn(*number);
            let odds = self.bench.odds(&drawn, *number, symptom, surest.1 + 1)?;
            if odds > surest.1 {
                surest = (*number, odds);
            }
            if odds == TRIES {
                break;
            }
        }
        Ok(surest)
    }
}

impl Shown {
    fn join(&mut self, other: &Self) {
        self.first.extend(&other.first);
        while self.first.len() > CHOICE {
            self.first.pop_last();
        }
        self.seen += other.seen;
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
            let shown = Shown {
                first: [number].into(),
                seen: 1,
            };
            self.symptoms.entry(symptom).or_default().join(&shown);
        }
    }

    /// Both together.
    fn join(mut self, other: Self) -> Self {
        self.ran += other.ran;
        self.passed += other.passed;
        self.undecided += other.undecided;
        let undecided = [self.first_undecided.take(), other.first_undecided];
        self.first_undecided = undecided.into_iter().flatten().min();
        for (symptom, shown) in other.symptoms {
            self.symptoms.entry(symptom).or_default().join(&shown);
        }
        self.reach.join(other.reach);
        let broken = [self.broken.take(), other.broken].into_iter().flatten();
        self.broken = broken.min_by_key(|broken| broken.number);
        self
    }
}
