//! `rejoin explore`: searches for schedules that break a deployment, and writes a playbook for each way to fail.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use super::args::ExploreArgs;
use super::once::{fresh_seed, possible};
use super::{Refusal, runtime, terminal};
use crate::exit::Exit;
use crate::report::explored::{self, Axes, Explored, Row};
use crate::report::live::Counter;
use crate::report::words;
use crate::search::hunt::{Finding, Found, Hunt};
use crate::search::reach::State;
use crate::search::trial::{Bench, NotRun};
use crate::search::{FAULTS, FILES, Gap, playbook};
use crate::settings::{Environment, SimSettings, TargetSettings};
use crate::target::sim::SimTarget;

/// So many schedules where nothing was said.
const RUNS: u64 = 1000;

pub(super) fn explore(
    args: &ExploreArgs,
    quiet: bool,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let TargetSettings::Sim(settings) = target else {
        return Err(Refusal::usage(format!(
            "target `{name}` is no simulation: a search runs thousands of schedules; search on sim, and run what it finds here: rejoin run {}/*.yaml --target {name}",
            args.out.display()
        )));
    };
    possible(&args.out)?;
    let settings = SimSettings {
        seed: args.seed.unwrap_or_else(fresh_seed),
        ..settings.clone()
    };
    // Whether there is such a deployment: every schedule makes one.
    runtime::paused()?.block_on(async { SimTarget::start(name, &settings).map(drop) })?;
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
    let counter = Counter::new(quiet, "schedules");
    let found = hunt.search(&|done| {
        if let Some(line) = counter.set(done) {
            terminal::say(line);
        }
    });
    counter.end();
    if let Some(broken) = &found.broken {
        return Err(Refusal::internal(broken));
    }
    let findings = hunt
        .findings(&found)
        .map_err(|broken: NotRun| Refusal::internal(broken))?;
    let mut rows = Vec::with_capacity(findings.len());
    for finding in &findings {
        rows.push(written(finding, &bench, &args.out)?);
    }
    let passed = found.passed;
    let page = explored::render(
        &told(&settings, &args.out, found, rows),
        terminal::style(environment),
    );
    terminal::write(page);
    Ok(match (findings.is_empty(), passed) {
        (false, _) => Exit::Failed,
        // What decided nothing is no pass.
        (true, 0) => Exit::Unknown,
        (true, _) => Exit::Passed,
    })
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
    let (seed, number) = (bench.settings.seed, finding.number);
    let comment = format!(
        "Found by rejoin explore --variant {variant} --timing {} --seed {seed}, schedule {number}: {}.\n\
         It fails on that variant: rejoin run {} --variant {variant} --timing {} --seed {}",
        timing.name,
        finding.symptom.about(),
        path.display(),
        timing.name,
        bench.seed(number),
    );
    let title = finding.symptom.must();
    let text = playbook(&finding.shrunk.schedule, timing, id, title, &comment);
    fs::write(&path, text)
        .map_err(|error| Refusal::usage(format!("--out: {}: {error}", path.display())))?;
    Ok(Row {
        symptom: finding.symptom.to_string(),
        number,
        seen: finding.seen,
        moves: (
            finding.drawn.moves.len(),
            finding.shrunk.schedule.moves.len(),
        ),
    })
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
        undecided: (found.undecided, found.first_undecided.map(|(_, why)| why)),
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
