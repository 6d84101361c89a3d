//! `rejoin sweep`: one playbook over one of its times, and where the verdict changes.

mod alone;
mod runs;
mod values;

use std::slice;

use super::args::{FormatArg, SweepArgs};
use super::once::{fresh_seed, possible};
use super::outputs::Outputs;
use super::{Refusal, confirm, files, terminal};
use crate::exit::Exit;
use crate::playbook::Playbook;
use crate::report::Style;
use crate::report::formats::Format;
use crate::report::swept::{self, Point, Swept, exact};
use crate::search::sweep::{Sweep, Swept as Found, windows};
use crate::settings::{Environment, TargetSettings};
use runs::Runs;
use values::{Values, millis};

/// So close are the two sides of a change where nothing was said: on the simulation, in milliseconds.
const WITHIN_ON_SIM: u64 = 100;
/// And elsewhere, where no two runs are alike.
const WITHIN: u64 = 1_000;
/// So many runs may narrow the changes down where nothing was said.
const NARROWING: usize = 200;

pub(super) fn sweep(
    args: &SweepArgs,
    quiet: bool,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let playbook = playbook(args, target)?;
    let values = Values::read(args, &playbook, target.timing())?;
    let sweep = extent(args, &values, target)?;
    sensible(args, name, target)?;
    let mut outputs = Outputs::open(&args.formats, false)?;
    confirm::sweep(args, name, target, &playbook, environment)?;
    let seed = match target {
        TargetSettings::Sim(settings) => args.choice.seed.unwrap_or(settings.seed),
        TargetSettings::Docker(_) => args.choice.seed.unwrap_or_else(fresh_seed),
    };
    let with = |at: u64| values.with(&playbook, at);
    let mut runs = Runs::new(args, quiet, (name, target), seed, environment);
    let found = sweep.run(Point::same, |next| runs.judge(next, &with));
    let swept = told(args, &sweep, found?, &values, &runs)?;
    let style = terminal::style(environment);
    terminal::write(swept::render(outputs.printed, &swept, style));
    outputs.write_each(|format| swept::render(format, &swept, Style::PLAIN))?;
    let exits = swept.points.iter().map(|point| point.exit);
    // A value that should have been tried and was not is as a playbook that did not run.
    let missed = runs
        .gave_up
        .iter()
        .map(|(exit, _)| Exit::Unknown.worst(*exit));
    Ok(exits.chain(missed).fold(Exit::Passed, Exit::worst))
}

/// The playbook, with the times that were set.
fn playbook(args: &SweepArgs, target: &TargetSettings) -> Result<Playbook, Refusal> {
    let path = &args.playbook;
    let playbooks = files::load(slice::from_ref(path), &args.choice.sets, target.timing())?;
    let many = playbooks.len();
    let Ok([playbook]) = <[Playbook; 1]>::try_from(playbooks) else {
        return Err(Refusal::usage(format!(
            "{}: a sweep is of one playbook, and there are {many}; name one of them",
            path.display()
        )));
    };
    if playbook.asks() {
        return Err(Refusal::usage(format!(
            "{}: its `manual` waits for a person, and a sweep runs unattended; `rejoin run` it",
            path.display()
        )));
    }
    Ok(playbook)
}

/// From where to where, in how many steps, how finely.
fn extent(args: &SweepArgs, values: &Values, target: &TargetSettings) -> Result<Sweep, Refusal> {
    let unsaid = match target {
        TargetSettings::Sim(_) => WITHIN_ON_SIM,
        TargetSettings::Docker(_) => WITHIN,
    };
    let within = args.within.map_or(unsaid, millis);
    if within == 0 {
        return Err(Refusal::usage(
            "--within: two values are a millisecond apart at the least",
        ));
    }
    let points = args.points;
    let most = args
        .runs
        .unwrap_or_else(|| points.saturating_add(NARROWING));
    if most < points {
        return Err(Refusal::usage(format!(
            "--runs {most}: there are {points} points, and each is a run; allow more runs, or ask for fewer --points"
        )));
    }
    Ok(Sweep {
        from: values.from,
        to: values.to,
        points,
        within,
        most,
    })
}

/// Refuses what means nothing on this target or in a sweep.
fn sensible(args: &SweepArgs, name: &str, target: &TargetSettings) -> Result<(), Refusal> {
    let shown = |it: &&FormatArg| !matches!(it.format, Format::Table | Format::Json | Format::Html);
    if let Some(other) = args.formats.iter().find(shown) {
        return Err(Refusal::usage(format!(
            "--format {}: a sweep is shown as table, json or html",
            other.format
        )));
    }
    match target {
        TargetSettings::Sim(_) if args.timeout.is_some() => Err(Refusal::usage(format!(
            "--timeout: target `{name}` is a simulation, whose runs are over in a moment; leave it out"
        ))),
        TargetSettings::Docker(_) if args.jobs.is_some_and(|jobs| jobs > 1) => {
            Err(Refusal::usage(format!(
                "--jobs: target `{name}` is one deployment, so that its runs come one after the other; leave it out"
            )))
        }
        TargetSettings::Sim(_) => Ok(()),
        TargetSettings::Docker(_) => possible(&args.out),
    }
}

/// What is to be said of it.
fn told(
    args: &SweepArgs,
    sweep: &Sweep,
    found: Found<Point>,
    values: &Values,
    runs: &Runs<'_>,
) -> Result<Swept, Refusal> {
    let (about, subject) = runs
        .about
        .clone()
        .ok_or_else(|| Refusal::internal("no run has a record"))?;
    let cut_off = match (found.end, &runs.gave_up) {
        (_, Some((_, reason))) => Some(format!("nothing more was run: {reason}")),
        (Some(_), None) => Some(format!(
            "the {} runs that were allowed are done, and a change is less certain than within {}; allow more: --runs {}",
            sweep.most,
            exact(sweep.within),
            sweep.most.saturating_mul(2)
        )),
        (None, None) => None,
    };
    Ok(Swept {
        about,
        subject,
        seed: runs.seed,
        var: values.name.clone(),
        from: sweep.from,
        to: sweep.to,
        asked: sweep.grid().len(),
        within: sweep.within,
        windows: windows(&found.points, Point::same),
        points: found.points.into_iter().map(|(_, point)| point).collect(),
        cut_off,
        again: again(args, values, runs.seed),
    })
}

/// The command that repeats a point alone.
fn again(args: &SweepArgs, values: &Values, seed: u64) -> String {
    let path = args.playbook.display();
    let mut words = vec![format!("rejoin run {path} --set {}=TIME", values.name)];
    words.extend(args.choice.sets.iter().map(|set| format!("--set {set}")));
    let target = [
        ("--target", &args.target.target),
        ("--variant", &args.target.variant),
        ("--timing", &args.target.timing),
    ];
    let target = target.into_iter();
    words.extend(target.filter_map(|(flag, value)| Some(format!("{flag} {}", value.as_ref()?))));
    words.push(format!("--seed {seed}"));
    words.join(" ")
}
