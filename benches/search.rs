//! The search for schedules that break a deployment: schedules per second and core, virtual over wall time, and peak
//! memory after more and more of them.
//!
//! No benchmark harness: it would itself be most of the memory, and a rate over a thousand different schedules needs
//! none. Two edges, profile `default`, variant `reconcile`, one thread, so that the rate is that of one core. Every
//! schedule has to pass or to be undecided, as it does in `rejoin explore`. Failures are a ratio within one run:
//! virtual over wall time under 10,000, or a peak of memory that grows by more than a quarter from the first tenth of
//! the schedules to the last: a later schedule may be the largest, but what is kept of each would be many times that.

#[path = "support/peak.rs"]
mod peak;
#[path = "support/sim.rs"]
mod sim;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rejoin::search::FILES;
use rejoin::search::hunt::Hunt;
use rejoin::search::trial::Bench;
use rejoin::settings::SimSettings;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much faster than the clock it has to be.
const AIM: f64 = 10_000.0;

/// What many schedules came to.
struct Rate {
    wall: Duration,
    simulated: Duration,
}

/// Runs these schedules, one after the other.
fn run(hunt: &Hunt<'_>, numbers: std::ops::Range<u64>) -> sim::Result<Rate> {
    let begun = Instant::now();
    let mut simulated = Duration::ZERO;
    for number in numbers {
        let trial = hunt.bench.run(&hunt.drawn(number), number)?;
        if !trial.symptoms().is_empty() {
            return Err(format!("schedule {number} fails, and nothing may fail here").into());
        }
        let last = trial.entries.last().map(|entry| entry.elapsed.0);
        simulated += Duration::from_millis(last.unwrap_or_default());
    }
    let wall = begun.elapsed();
    Ok(Rate { wall, simulated })
}

fn measure() -> sim::Result<bool> {
    let folder = tempfile::tempdir()?;
    for (name, text) in FILES {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        std::fs::write(path, text)?;
    }
    let settings = SimSettings {
        variant: "reconcile".to_owned(),
        seed: 1,
        ..sim::settings()?
    };
    let bench = Bench {
        settings: &settings,
        folder: folder.path(),
    };
    let hunt = Hunt {
        bench: &bench,
        runs: 0,
        shard: (0, 1),
        until: None,
        jobs: 1,
    };
    let quick = std::env::args().any(|arg| arg == "--test");
    // REJOIN_BENCH_SCHEDULES for a long look at the memory.
    let wanted = std::env::var("REJOIN_BENCH_SCHEDULES").ok();
    let all: u64 = match wanted.map(|number| number.parse()) {
        Some(number) => number?,
        None if quick => 10,
        None => 1000,
    };
    let first = run(&hunt, 0..all / 10)?;
    let early = peak::kb()?;
    let rest = run(&hunt, all / 10..all)?;
    let late = peak::kb()?;
    let wall = (first.wall + rest.wall).as_secs_f64();
    let simulated = (first.simulated + rest.simulated).as_secs_f64();
    let ratio = simulated / wall;
    #[expect(clippy::cast_precision_loss, reason = "a count for a rate")]
    let rate = all as f64 / wall;
    println!("search/schedules per second and core: {rate:.1} (of {all})");
    println!("search/virtual over wall time: {ratio:.0}");
    println!("search/peak after {}: {early} kB", all / 10);
    println!("search/peak after {all}: {late} kB");
    let flat = late <= early + early / 4 || quick;
    Ok(ratio >= AIM && flat)
}

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("it is not {AIM} times faster than the clock, or memory grows");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
