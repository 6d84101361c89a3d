//! Many runs side by side, each with a deployment and a network of its own.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::StreamExt;
use futures_util::stream;
use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::engine::{self, Setup, ready};
use rejoin::fault::Faults;
use rejoin::journal::file::Writer;
use rejoin::journal::{Entry, Watcher};
use rejoin::plan::make::Site;
use rejoin::plan::{self, Guard, Prepared};
use rejoin::playbook::parse::{self, Overrides};
use rejoin::report::ending::Ending;
use rejoin::report::{Style, table};
use rejoin::target::{Target, matching};
use rejoin::verdict;

use crate::Result;
use crate::target::Remote;
use crate::trouble::{Dice, Trouble};

/// One run to be made.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) playbook: String,
    pub(crate) variant: String,
    pub(crate) seed: u64,
    pub(crate) kinds: &'static [Trouble],
    pub(crate) percent: u32,
}

/// A run that is over.
pub(crate) struct Done {
    pub(crate) job: Job,
    pub(crate) ending: Ending,
    /// What a person would read of it.
    pub(crate) report: String,
    pub(crate) requests: usize,
    pub(crate) spoiled: BTreeMap<Trouble, usize>,
}

struct Silent;

impl Watcher for Silent {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

/// Makes all of these runs, at most so many at a time, on all cores.
pub(crate) fn run_all(jobs: &[Job], threads: usize, at_a_time: usize) -> Result<Vec<Done>> {
    // One fleet at a time: what runs in real time must have the cores for it.
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let share = |thread: usize| -> Vec<Job> {
        jobs.iter().skip(thread).step_by(threads).cloned().collect()
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || work(share(thread), at_a_time / threads)))
            .collect();
        let mut done = Vec::new();
        for worker in workers {
            let its = worker.join().map_err(|_| "a worker panicked")?;
            done.extend(its?);
        }
        Ok(done)
    })
}

fn work(jobs: Vec<Job>, at_a_time: usize) -> std::result::Result<Vec<Done>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let local = tokio::task::LocalSet::new();
    let all = stream::iter(jobs)
        .map(|job| async move {
            let name = format!("{job:?}");
            one(job).await.map_err(|error| format!("{name}: {error}"))
        })
        .buffer_unordered(at_a_time.max(1))
        .collect::<Vec<_>>();
    local.block_on(&runtime, all).into_iter().collect()
}

async fn one(job: Job) -> Result<Done> {
    let dice = Dice::new(job.seed, job.kinds, job.percent);
    let target = Remote::start(&job.variant, dice).await?;
    let prepared = prepare(&target, &job).await?;
    let plan = prepared.plan.clone();
    let mut stop = Stop::never();
    let waited = ready::wait(target.eyes(), &plan, &mut stop, &mut Silent).await;
    let (ending, report) = if let Err(error) = waited {
        (Ending::not_run(), format!("not ready: {error}"))
    } else {
        let setup = Setup {
            prepared,
            journal: Writer::nowhere(target.clock().restarted()),
            ledger: Ledger::in_memory(),
            stop,
            person: Person::nobody(),
        };
        let entries = engine::run(&target, setup, &mut Silent).await?;
        let verdict = verdict::judge(&entries).ok_or("no header")?;
        let report = table::render(&entries, Style::PLAIN);
        (Ending::of(&plan, &verdict), report)
    };
    let tally = target.server.tally.borrow();
    Ok(Done {
        ending,
        report,
        requests: tally.requests,
        spoiled: tally.spoiled.clone(),
        job,
    })
}

async fn prepare(target: &Remote, job: &Job) -> Result<Prepared> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    let file = folder.join(format!("{}.yaml", job.playbook));
    let text = std::fs::read_to_string(&file)?;
    let playbook = parse::parse(&file, &text, &Overrides::default(), target.timing())?;
    let inventory = target.hands().inventory().await?;
    let site = Site {
        subject: target.subject(&inventory).await?,
        timing: target.timing().clone(),
        edges: matching::edges(&inventory, target.node_names()),
        services: plan::services(&inventory),
        networks: plan::networks(&inventory),
        seed: job.seed,
        keep_names: false,
        guard: Guard::of(&inventory),
    };
    Ok(plan::make(&playbook, site)?)
}
