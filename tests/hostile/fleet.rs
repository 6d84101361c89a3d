//! Many runs side by side, each with a deployment and a network of its own.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;
use rejoin::report::ending::Ending;
use rejoin::report::{Style, table};
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
    let remote = Remote::start(&job.variant, dice).await?;
    let prepared = remote.target.prepare(&job.playbook, job.seed).await?;
    let plan = prepared.plan.clone();
    let (ending, report) = match remote.target.run(prepared).await? {
        Err(error) => (Ending::not_run(), format!("not ready: {error}")),
        Ok(entries) => {
            let verdict = verdict::judge(&entries).ok_or("no header")?;
            let report = table::render(&entries, Style::PLAIN);
            (Ending::of(&plan, &verdict), report)
        }
    };
    let tally = remote.server.tally.borrow();
    Ok(Done {
        ending,
        report,
        requests: tally.requests,
        spoiled: tally.spoiled.clone(),
        job,
    })
}
