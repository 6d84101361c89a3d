//! `rejoin explore`: searches for schedules that break a deployment, and writes a playbook for each way to fail.

mod confirm;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use confirm::Confirming;

use super::args::ExploreArgs;
use super::once::{fresh_seed, possible};
use super::{Refusal, runtime, terminal, used};
use crate::exit::Exit;
use crate::report::explored::{self, Axes, Explored, Row};
use crate::report::live::Counter;
use crate::report::words;
use crate::search::hunt::{Finding, Found, Hunt};
use crate::search::reach::State;
use crate::search::trial::{Bench, NotRun, TRIES};
use crate::search::{FAULTS, FILES, Gap, playbook};
use crate::settings::{Environment, Settings, SimSettings, TargetSettings};
use crate::target::sim::SimTarget;

/// So many schedules where nothing was said.
const RUNS: u64 = 1000;

pub(super) fn explore(
    args: &ExploreArgs,
    quiet: bool,
    settings: &Settings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let (name, target) = used(settings, &args.target)?;
    let confirming = Confirming::admitted(args, settings, environment)?;
    let settings = simulated(args, &name, &target)?;
    let jobs = job_files(&args.out)?;
    let bench = Bench {
        settings: &settings,
        folder: &jobs,
    };
    let unsaid = if args.time.is_some() { u64::MAX } else { RUNS };
    let hunt = Hunt {
        bench: &bench,
        runs: args.runs.unwrap_or(unsaid),
        shard: args.shard.map_or((0, 1), super::args::Shard::part),
        until: args.time.map(|time| Instant::now() + time),
        jobs: args.jobs.unwrap_or_else(cores),
    };
    let found = searched(&hunt, quiet)?;
    let findings = hunt
        .findings(&found)
        .map_err(|broken: NotRun| Refusal::internal(broken))?;
    let mut rows = Vec::with_capacity(findings.len());
    for finding in &findings {
        rows.push(written(finding, &bench, &args.out)?);
    }
    if let Some((number, _)) = &found.first_undecided {
        undecided(*number, &hunt, &args.out)?;
    }
    let mut exit = match (findings.is_empty(), found.passed) {
        (false, _) => Exit::Failed,
        // What decided nothing is no pass.
        (true, 0) => Exit::Unknown,
        (true, _) => Exit::Passed,
    };
    let undecided = found.first_undecided.is_some();
    let mut told = told(&settings, &args.out, found, rows);
    told.earlier = earlier(&told, undecided);
    if let Some(confirming) = confirming.filter(|_| !findings.is_empty()) {
        let confirmed = confirming.run(args, &findings, quiet, environment)?;
        told.confirmed = Some((confirming.name, confirmed.replays));
        exit = exit.worst(confirmed.exit);
    }
    let style = terminal::style(environment);
    terminal::write(explored::render(&told, style));
    Ok(exit)
}

/// The simulation that is to be searched, with its seed. Whether there is such a deployment: every schedule makes
/// one.
fn simulated(
    args: &ExploreArgs,
    name: &str,
    target: &TargetSettings,
) -> Result<SimSettings, Refusal> {
    let TargetSettings::Sim(settings) = target else {
        return Err(Refusal::usage(format!(
            "target `{name}` is no simulation: a search runs thousands of schedules; search on sim, and run what it finds on this target: rejoin explore --confirm {name}"
        )));
    };
    possible(&args.out)?;
    let settings = SimSettings {
        seed: args.seed.unwrap_or_else(fresh_seed),
        ..settings.clone()
    };
    runtime::paused()?.block_on(async { SimTarget::start(name, &settings).map(drop) })?;
    Ok(settings)
}

/// Searches, and shows how far it is.
fn searched(hunt: &Hunt<'_>, quiet: bool) -> Result<Found, Refusal> {
    let counter = Counter::new(quiet, "schedules");
    let mut found = hunt.search(&|done| {
        if let Some(line) = counter.set(done) {
            terminal::say(line);
        }
    });
    counter.end();
    match found.broken.take() {
        Some(broken) => Err(Refusal::internal(broken)),
        None => Ok(found),
    }
}

/// Writes the job files beside the playbooks that are to come; the folder.
fn job_files(out: &Path) -> Result<PathBuf, Refusal> {
    let wrap = |path: &Path, error| Refusal::usage(format!("--out: {}: {error}", path.display()));
    for (name, text) in FILES {
        let path = out.join(name);
        let folder = path.parent().unwrap_or(out);
        fs::create_dir_all(folder).map_err(|error| wrap(folder, error))?;
        fs::write(&path, text).map_err(|error| wrap(&path, error))?;
    }
    Ok(out.to_owned())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Writes the playbook of a finding, and says what of it.
fn written(finding: &Finding, bench: &Bench<'_>, out: &Path) -> Result<Row, Refusal> {
    let SimSettings {
        variant, timing, ..
    } = bench.settings;
    let id = finding.symptom.id();
    let path = out.join(format!("{id}.yaml"));
    let (seed, number, odds) = (bench.settings.seed, finding.number, finding.shrunk.odds);
    let comment = format!(
        "Found by rejoin explore --variant {variant} --timing {} --seed {seed}, schedule {number}: {}.\n\
         It fails on that variant{}: rejoin run {} --variant {variant} --timing {} --seed {}",
        timing.name,
        finding.symptom.about(),
        by_chance(odds),
        path.display(),
        timing.name,
        bench.seed(number),
    );
    let title = finding.symptom.must();
    let text = playbook(&finding.shrunk.schedule, timing, id, title, &comment);
    write(&path, &text)?;
    Ok(Row {
        symptom: finding.symptom.to_string(),
        number,
        seen: finding.seen,
        moves: (
            finding.drawn.moves.len(),
            finding.shrunk.schedule.moves.len(),
        ),
        odds: (odds, TRIES),
    })
}

/// What is to be said of a schedule that does not always fail.
fn by_chance(odds: u64) -> String {
    if odds == TRIES {
        return String::new();
    }
    format!(" in {odds} of {TRIES} runs, with this seed among them")
}

/// Writes the first schedule that could not be decided, as it was drawn, so that it can be looked at.
fn undecided(number: u64, hunt: &Hunt<'_>, out: &Path) -> Result<(), Refusal> {
    let settings = hunt.bench.settings;
    let path = out.join("undecided.yaml");
    let comment = format!(
        "Drawn by rejoin explore, schedule {number}, which could not be decided:\n\
         rejoin run {} --variant {} --timing {} --seed {}",
        path.display(),
        settings.variant,
        settings.timing.name,
        hunt.bench.seed(number),
    );
    let title = "Whether this holds could not be said";
    let schedule = hunt.drawn(number);
    let text = playbook(&schedule, &settings.timing, "undecided", title, &comment);
    write(&path, &text)
}

/// The playbooks in the folder that are not of this search. They stay: nobody knows who needs them.
fn earlier(told: &Explored, undecided: bool) -> Vec<String> {
    let entries = fs::read_dir(&told.folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let ours = |name: &str| {
        told.findings.iter().any(|row| row.symptom == name) || (undecided && name == "undecided")
    };
    let playbooks = names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned));
    let mut names: Vec<String> = playbooks.filter(|name| !ours(name)).collect();
    names.sort_unstable();
    names
}

fn write(path: &Path, text: &str) -> Result<(), Refusal> {
    fs::write(path, text)
        .map_err(|error| Refusal::usage(format!("--out: {}: {error}", path.display())))
}

/// What is to be said of a search.
fn told(settings: &SimSettings, out: &Path, found: Found, findings: Vec<Row>) -> Explored {
    let word = |fault| words::fault(fault).to_owned();
    let mut told = Explored {
        subject: format!(
            "variant {}, timing {}, edges {}, seed {}",
            settings.variant, settings.timing.name, settings.edges, settings.seed
        ),
        ran: found.ran,
        passed: found.passed,
        undecided: (found.undecided, found.first_undecided),
        folder: out.display().to_string(),
        findings,
        axes: Axes {
            faults: FAULTS.iter().map(|fault| word(*fault)).collect(),
            states: State::ALL.map(|state| state.word().to_owned()).to_vec(),
            gaps: Gap::ALL.map(|gap| gap.words().to_owned()).to_vec(),
        },
        combinations: (
            found.reach.hits.len(),
            FAULTS.len() * State::ALL.len() * Gap::ALL.len(),
        ),
        saw_pending: found.reach.states.contains_key(&State::Pending),
        ..Explored::default()
    };
    for ((fault, state, gap), count) in found.reach.hits {
        let (fault, state, gap) = (word(fault), state.word().to_owned(), gap.words().to_owned());
        *told.hits.entry((fault.clone(), state)).or_default() += count;
        *told.gaps.entry((fault, gap)).or_default() += count;
    }
    told
}
