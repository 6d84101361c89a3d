//! The simulation: every cell has a world of its own, so they run side by side on all processors.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Builder};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::contenders::Contender;
use super::tally::{Place, Tally};
use crate::cli::args::CompareArgs;
use crate::cli::once::{Ran, Terms, listen, once};
use crate::cli::{Refusal, runtime};
use crate::engine::person::Person;
use crate::engine::stop::{Reason, Stop};
use crate::exit::Exit;
use crate::journal::{Entry, Watcher};
use crate::playbook::Playbook;
use crate::settings::{Environment, SimSettings, TargetSettings};
use crate::target::sim::SimTarget;

/// As much as the first thread of a process usually has: a run's futures are large without optimisation.
const STACK: usize = 8 << 20;

/// One cell to be run.
struct Job<'a> {
    place: Place,
    playbook: &'a Playbook,
    name: &'a str,
    target: &'a str,
    settings: &'a SimSettings,
    /// The same as a target's.
    settings_of_target: &'a TargetSettings,
}

/// What became of it.
type Done = (usize, Result<Ran, Refusal>);

/// Nobody watches: many runs at once would only interleave their lines.
pub(super) struct Unwatched;

impl Watcher for Unwatched {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

/// Runs every cell. A refusal of the first one is a refusal of all.
pub(super) fn run(
    args: &CompareArgs,
    contenders: &[Contender],
    environment: &Environment,
) -> Result<Tally, Refusal> {
    let mut tally = Tally::new(contenders);
    let jobs = jobs(contenders, tally.playbooks());
    let runtime = runtime::real()?;
    let mut stop = runtime.block_on(async { listen(None) })?;
    let (next, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (tell, mut told) = mpsc::unbounded_channel();
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        for _ in 0..workers.min(jobs.len()) {
            let (jobs, next, over, tell) = (&jobs, &next, &over, tell.clone());
            let work = move || work(args, environment, jobs, next, over, &tell);
            Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work)
                .map_err(|error| Refusal::internal(format!("no thread: {error}")))?;
        }
        drop(tell);
        runtime.block_on(collect(&jobs, &mut tally, &mut told, &mut stop, &over))
    })?;
    Ok(tally)
}

/// Playbook by playbook, as the table is read.
fn jobs(contenders: &[Contender], playbooks: usize) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    for row in 0..playbooks {
        for (column, contender) in contenders.iter().enumerate() {
            if let (TargetSettings::Sim(settings), Some(playbook)) =
                (&contender.target, contender.playbooks.get(row))
            {
                jobs.push(Job {
                    place: (row, column),
                    playbook,
                    name: &contender.name,
                    target: &contender.target_name,
                    settings,
                    settings_of_target: &contender.target,
                });
            }
        }
    }
    jobs
}

/// One thread: takes the next cell until there is none or everything is over.
fn work(
    args: &CompareArgs,
    environment: &Environment,
    jobs: &[Job<'_>],
    next: &AtomicUsize,
    over: &AtomicBool,
    tell: &UnboundedSender<Done>,
) {
    while !over.load(Ordering::Relaxed) {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(index) else {
            return;
        };
        if tell.send((index, cell(args, environment, job))).is_err() {
            return;
        }
    }
}

fn cell(args: &CompareArgs, environment: &Environment, job: &Job<'_>) -> Result<Ran, Refusal> {
    let mut settings = job.settings.clone();
    settings.seed = args.choice.seed.unwrap_or(settings.seed);
    let terms = Terms {
        choice: &args.choice,
        variant: Some(&settings.variant),
        mark: Some(job.name),
        out: &args.out,
        limit: args.timeout,
        environment,
        settings: job.settings_of_target,
        person: Person::nobody(),
    };
    runtime::paused()?.block_on(async {
        let target = SimTarget::start(job.target, &settings)?;
        once(terms, &target, job.playbook, settings.seed, &mut Unwatched).await
    })
}

/// Takes what the threads tell, in the order of the table, until all of them are done.
async fn collect(
    jobs: &[Job<'_>],
    tally: &mut Tally,
    told: &mut UnboundedReceiver<Done>,
    stop: &mut Stop,
    over: &AtomicBool,
) -> Result<(), Refusal> {
    let mut waiting: BTreeMap<usize, Result<Ran, Refusal>> = BTreeMap::new();
    let mut turn = 0;
    loop {
        tokio::select! {
            biased;
            reason = stop.next() => {
                // What runs hears the signal itself and ends properly.
                over.store(true, Ordering::Relaxed);
                tally.ended(match reason {
                    Reason::Interrupt | Reason::Timeout(_) => Exit::Interrupted,
                    Reason::Terminate | Reason::HangUp => Exit::Terminated,
                });
            }
            done = told.recv() => match done {
                Some((index, result)) => drop(waiting.insert(index, result)),
                None => break,
            },
        }
        while let Some(result) = waiting.remove(&turn) {
            take(jobs, tally, turn, result, over)?;
            turn += 1;
        }
    }
    // Only where everything was over early are there gaps.
    for (index, result) in waiting {
        take(jobs, tally, index, result, over)?;
    }
    Ok(())
}

fn take(
    jobs: &[Job<'_>],
    tally: &mut Tally,
    index: usize,
    result: Result<Ran, Refusal>,
    over: &AtomicBool,
) -> Result<(), Refusal> {
    match result {
        Err(refusal) if index == 0 => {
            over.store(true, Ordering::Relaxed);
            return Err(refusal);
        }
        result => tally.take(jobs[index].place, result.as_ref()),
    }
    if tally.over() {
        over.store(true, Ordering::Relaxed);
    }
    Ok(())
}
