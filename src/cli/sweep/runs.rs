//! The runs of a sweep: on the simulation many at a time and without a record, on containers one after the other
//! as `rejoin run` does them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::super::args::{Choice, Repeating, SweepArgs};
use super::super::batch::Batch;
use super::super::{Refusal, terminal};
use super::alone::alone;
use crate::engine::person::Person;
use crate::exit::Exit;
use crate::journal::{Entry, Event};
use crate::plan::About;
use crate::playbook::Playbook;
use crate::report::formats::Item;
use crate::report::live::Counter;
use crate::report::swept::{Point, exact};
use crate::search::Symptom;
use crate::search::sweep::spread;
use crate::settings::{Environment, SimSettings, TargetSettings};
use crate::target::Subject;

/// The playbook with a value.
pub(super) type With<'w> = dyn Fn(u64) -> Result<Playbook, Refusal> + Sync + 'w;

/// Runs a playbook with one value after the other.
pub(super) struct Runs<'a> {
    args: &'a SweepArgs,
    quiet: bool,
    name: &'a str,
    target: &'a TargetSettings,
    environment: &'a Environment,
    /// What was chosen, with the seed that every run has: the value alone makes the difference.
    choice: Choice,
    pub(super) seed: u64,
    /// What was run, and on what, once a run is over.
    pub(super) about: Option<(About, Subject)>,
    /// Why nothing more is run, if nothing is, and how that ends the program by itself.
    pub(super) gave_up: Option<(Exit, String)>,
    done: AtomicU64,
}

impl<'a> Runs<'a> {
    pub(super) fn new(
        args: &'a SweepArgs,
        quiet: bool,
        (name, target): (&'a str, &'a TargetSettings),
        seed: u64,
        environment: &'a Environment,
    ) -> Self {
        Self {
            args,
            quiet,
            name,
            target,
            environment,
            choice: Choice {
                seed: Some(seed),
                ..args.choice.clone()
            },
            seed,
            about: None,
            gave_up: None,
            done: AtomicU64::new(0),
        }
    }

    /// Runs it with each of these values; fewer points than values where it gave up. A refusal before any run
    /// ended ends everything.
    pub(super) fn judge(&mut self, next: &[u64], with: &With<'_>) -> Result<Vec<Point>, Refusal> {
        let runs = match self.target {
            TargetSettings::Sim(settings) => self.on_sim(settings, next, with)?,
            TargetSettings::Docker(_) => self.on_docker(next, with)?,
        };
        let mut points = Vec::with_capacity(runs.len());
        for (at, entries) in runs {
            let no_record = || Refusal::internal("the journal has no header");
            let (point, about) = judged(at, &entries).ok_or_else(no_record)?;
            self.about.get_or_insert(about);
            points.push(point);
        }
        Ok(points)
    }

    fn on_sim(
        &self,
        settings: &SimSettings,
        next: &[u64],
        with: &With<'_>,
    ) -> Result<Vec<(u64, Vec<Entry>)>, Refusal> {
        let counter = Counter::new(self.quiet, "runs");
        let jobs = self.args.jobs.unwrap_or_else(cores);
        let ran = spread(jobs, next, |at| {
            let variant = self.args.target.variant.as_deref();
            let entries = alone(self.name, settings, &self.choice, variant, &with(*at)?)?;
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(line) = counter.set(done) {
                terminal::say(line);
            }
            Ok((*at, entries))
        });
        counter.end();
        ran.into_iter().collect()
    }

    fn on_docker(
        &mut self,
        next: &[u64],
        with: &With<'_>,
    ) -> Result<Vec<(u64, Vec<Entry>)>, Refusal> {
        let playbooks: Result<Vec<Playbook>, Refusal> = next.iter().map(|at| with(*at)).collect();
        let playbooks = playbooks?;
        let batch = Batch {
            name: self.name,
            target: self.target,
            playbooks: &playbooks,
            choice: &self.choice,
            repeating: Repeating::default(),
            variant: self.args.target.variant.as_deref(),
            mark: None,
            out: &self.args.out,
            limit: self.args.timeout,
            until: None,
            environment: self.environment,
            person: Person::nobody(),
            quiet: self.quiet,
        };
        let done = match batch.run(&mut |_| {}) {
            Ok(done) => done,
            Err(refusal) if self.about.is_none() => return Err(refusal),
            Err(refusal) => {
                self.gave_up = Some((refusal.exit, refusal.to_string()));
                return Ok(Vec::new());
            }
        };
        let mut ran = Vec::with_capacity(done.len());
        for (at, done) in next.iter().zip(done) {
            match done.item {
                Item::Ran { entries, .. } => ran.push((*at, entries)),
                Item::NotRun { reason, .. } => {
                    self.gave_up.get_or_insert((done.exit, reason));
                }
            }
            if let Exit::Interrupted | Exit::Terminated | Exit::Internal = done.exit {
                let reason = format!("the run with {} was ended", exact(*at));
                self.gave_up.get_or_insert((done.exit, reason));
            }
            if self.gave_up.is_some() {
                break;
            }
        }
        Ok(ran)
    }
}

/// What came of a run, and what was run on what.
fn judged(at: u64, entries: &[Entry]) -> Option<(Point, (About, Subject))> {
    let Event::Header { plan, .. } = &entries.first()?.event else {
        return None;
    };
    let point = Point::of(at, entries, |plan, part| {
        Symptom::of(plan, part).map(|symptom| symptom.to_string())
    })?;
    Some((point, (plan.playbook.clone(), plan.subject.clone())))
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
