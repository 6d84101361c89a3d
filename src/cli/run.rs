//! `rejoin run`: playbooks against a target, one after the other, each judged and reported.

use super::args::RunArgs;
use super::batch::{Batch, Done};
use super::once::possible;
use super::outputs::Outputs;
use super::terminal::{say, write};
use super::{Refusal, confirm, files, github, stack, terminal};
use crate::engine::person::Person;
use crate::exit::Exit;
use crate::report::formats::{self, Format, Item};
use crate::settings::{Environment, TargetSettings};

pub(super) fn run(
    args: &RunArgs,
    quiet: bool,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let playbooks = files::load(&args.playbooks, &args.choice.sets, target.timing())?;
    let batch = Batch {
        name,
        target,
        playbooks: &playbooks,
        choice: &args.choice,
        repeating: args.repeating,
        variant: args.target.variant.as_deref(),
        mark: None,
        out: &args.out,
        limit: args.timeout,
        until: None,
        environment,
        person: Person::at_stdin(),
        quiet,
    };
    let planned = batch.planned().len();
    if planned == 0 {
        say("rejoin: nothing to do: this shard has no playbook");
        return Ok(Exit::Passed);
    }
    possible(&args.out)?;
    let mut outputs = Outputs::open(&args.formats.formats, planned > 1)?;
    confirm::run(args, name, target, &playbooks, environment)?;
    let github = github::Job::of(environment);
    if args.up {
        stack::up(name, target, environment)?;
    }
    let exit = shown(&batch, &mut outputs, github.as_ref(), planned > 1);
    if !args.down {
        return exit;
    }
    match stack::down(name, target, environment) {
        Ok(_) => exit,
        Err(refusal) => {
            say(format!("rejoin: {refusal}"));
            exit.map(|exit| exit.worst(Exit::NotRestored))
        }
    }
}

/// Runs all of it; the table grows with the runs, everything else is written at the end.
fn shown(
    batch: &Batch<'_>,
    outputs: &mut Outputs,
    github: Option<&github::Job>,
    many: bool,
) -> Result<Exit, Refusal> {
    let style = terminal::style(batch.environment);
    let table = outputs.printed == Format::Table;
    let held = github.map(github::Job::hold_commands);
    let done = batch.run(&mut |done: &Done| {
        if table {
            write(formats::piece(&done.item, many, style));
        }
    })?;
    let exit = done
        .iter()
        .fold(Exit::Passed, |worst, one| worst.worst(one.exit));
    let items: Vec<Item> = done.iter().map(|one| one.item.clone()).collect();
    if table && many {
        write(formats::overview(&items, style));
    } else if !table {
        write(formats::render(outputs.printed, &items, style));
    }
    let written = outputs.write(&items);
    drop(held);
    if let Some(github) = github {
        github.tell(&done);
    }
    written.map(|()| exit)
}
