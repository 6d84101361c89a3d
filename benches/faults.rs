//! What a proof costs: `kill`, and `remove` with `restore`, of 1, 10 and 40 containers, against the raw
//! call and against the docker command.
//!
//! `rejoin` is the fault as a run injects it, from the look before it to the look after it, the engine's
//! event awaited. `raw` is the engine's request alone, sent for all containers at once, until the last
//! answer. `docker` is one `docker kill` or `docker rm -f` with all names; it has nothing to bring removed
//! containers back with. The three take turns in every round; the table has the medians. No benchmark
//! harness: it would want hundreds of rounds. `-- 40` measures 40 containers only.
//!
//! Aims: one proven kill within 1.3 times the raw call, 40 containers faster than the docker command. The
//! figures so far are in docs/targets.md.

#[path = "support/containers.rs"]
mod containers;

use std::fs::File;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use containers::{Raw, Result, cli, hands, missing};
use rejoin::fault::docker::DockerHands;
use rejoin::fault::many::each;
use rejoin::fault::{Container, Faults};
use rejoin::playbook::FaultKind;

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Rejoin,
    Raw,
    Cli,
}

const ALL: [Who; 3] = [Who::Rejoin, Who::Raw, Who::Cli];

/// How many containers, in how many rounds.
const SIZES: [(usize, usize); 3] = [(1, 21), (10, 9), (40, 5)];
/// For `--test`: whether it works at all.
const QUICK: [(usize, usize); 1] = [(2, 1)];

struct Bench {
    hands: DockerHands,
    raw: Raw,
}

/// What was measured of one thing with so many containers.
#[derive(Default)]
struct Times {
    rejoin: Vec<Duration>,
    raw: Vec<Duration>,
    cli: Vec<Duration>,
}

impl Times {
    fn of(&mut self, who: Who) -> &mut Vec<Duration> {
        match who {
            Who::Rejoin => &mut self.rejoin,
            Who::Raw => &mut self.raw,
            Who::Cli => &mut self.cli,
        }
    }
}

impl Bench {
    /// The containers with these names, as they are now.
    async fn containers(&self, names: &[&str]) -> Result<Vec<Container>> {
        let all = self.hands.inventory().await?.into_values();
        let found: Vec<Container> = all
            .filter(|it| names.contains(&it.name.0.as_str()))
            .collect();
        if found.len() == names.len() {
            Ok(found)
        } else {
            Err(format!("{} of {} containers are there", found.len(), names.len()).into())
        }
    }

    async fn inject(&self, fault: FaultKind, into: &[Container]) -> Result {
        let proofs = each(into.iter().map(|it| self.hands.inject(fault, it))).await;
        proofs
            .into_iter()
            .collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(())
    }

    /// Kills them; how long that took. They run again afterwards.
    async fn kill(&self, who: Who, names: &[&str]) -> Result<Duration> {
        let found = self.containers(names).await?;
        let begun = Instant::now();
        match who {
            Who::Rejoin => self.inject(FaultKind::Kill, &found).await?,
            Who::Raw => self.raw.kill(names).await?,
            Who::Cli => cli(&[&["kill"], names].concat())?,
        }
        let took = begun.elapsed();
        self.raw.start(names).await?;
        Ok(took)
    }

    /// Removes them and brings them back; how long either took.
    async fn remove(&self, who: Who, names: &[&str]) -> Result<[Option<Duration>; 2]> {
        let found = self.containers(names).await?;
        let recipes = each(found.iter().map(|it| self.hands.recipe(it))).await;
        let recipes: Vec<_> = recipes.into_iter().collect::<std::result::Result<_, _>>()?;
        let begun = Instant::now();
        match who {
            Who::Rejoin => self.inject(FaultKind::Remove, &found).await?,
            Who::Raw => self.raw.remove(names).await?,
            Who::Cli => cli(&[&["rm", "-f"], names].concat())?,
        }
        let removed = begun.elapsed();
        let begun = Instant::now();
        if who == Who::Rejoin {
            let undone = each(recipes.iter().map(|it| self.hands.converge(it, &[]))).await;
            undone
                .into_iter()
                .collect::<std::result::Result<Vec<_>, _>>()?;
        } else {
            self.raw.make(names).await?;
        }
        let back = (who != Who::Cli).then(|| begun.elapsed());
        Ok([Some(removed), back])
    }

    async fn measure(&self, sizes: &[(usize, usize)]) -> Result {
        let most = sizes
            .iter()
            .map(|(many, _)| *many)
            .max()
            .unwrap_or_default();
        let names: Vec<String> = (0..most).map(|n| format!("rejoin-bench-{n:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.raw.make(&names).await?;
        println!(
            "fault    containers  rounds    rejoin       raw    docker  rejoin/raw  rejoin/docker"
        );
        for (many, rounds) in sizes {
            let names = &names[..*many];
            let (mut kills, mut removals, mut restores) =
                (Times::default(), Times::default(), Times::default());
            for round in 0..*rounds {
                for turn in 0..ALL.len() {
                    let who = ALL[(round + turn) % ALL.len()];
                    kills.of(who).push(self.kill(who, names).await?);
                    let [removed, back] = self.remove(who, names).await?;
                    removals.of(who).extend(removed);
                    restores.of(who).extend(back);
                }
            }
            print("kill", *many, kills);
            print("remove", *many, removals);
            print("restore", *many, restores);
        }
        Ok(())
    }
}

fn median(mut times: Vec<Duration>) -> Option<f64> {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map(|time| time.as_secs_f64() * 1000.0)
}

fn print(what: &str, many: usize, times: Times) {
    let rounds = times.rejoin.len();
    let [rejoin, raw, cli] = [times.rejoin, times.raw, times.cli].map(median);
    let time = |time: Option<f64>| time.map_or("-".to_owned(), |ms| format!("{ms:.1} ms"));
    let ratio = |to: Option<f64>| match (rejoin, to) {
        (Some(rejoin), Some(to)) => format!("{:.2}", rejoin / to),
        _ => "-".to_owned(),
    };
    println!(
        "{what:<7}  {many:>10}  {rounds:>6}  {:>8}  {:>8}  {:>8}  {:>10}  {:>13}",
        time(rejoin),
        time(raw),
        time(cli),
        ratio(raw),
        ratio(cli)
    );
}

async fn run(sizes: &[(usize, usize)]) -> Result {
    // Alone on the engine, as `lone_engine_test` of the Docker ring is.
    let lock = File::create(std::env::temp_dir().join("rejoin-docker-tests-engine.lock"))?;
    lock.lock()?;
    let hands = hands().await?;
    let raw = Raw::connect(&hands).await?;
    raw.clear().await?;
    let bench = Bench { hands, raw };
    let measured = bench.measure(sizes).await;
    bench.raw.clear().await?;
    measured
}

fn main() -> ExitCode {
    if let Some(reason) = missing() {
        println!("faults: skipped, no container engine with the images is here: {reason}");
        return ExitCode::SUCCESS;
    }
    let quick = std::env::args().any(|arg| arg == "--test");
    let wanted = |size: &usize| std::env::args().any(|arg| arg == size.to_string());
    let chosen: Vec<_> = SIZES.into_iter().filter(|(size, _)| wanted(size)).collect();
    let sizes: &[(usize, usize)] = match (quick, chosen.as_slice()) {
        (true, _) => &QUICK,
        (false, []) => &SIZES,
        (false, chosen) => chosen,
    };
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build();
    let done = runtime
        .map_err(Into::into)
        .and_then(|it| it.block_on(run(sizes)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("faults: {error}");
            ExitCode::FAILURE
        }
    }
}
