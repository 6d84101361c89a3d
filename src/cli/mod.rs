//! The command line: argv and environment to settings, settings to a verb, the verb's end to an exit.
//!
//! Every early end is a [`Refusal`] carried up by `?`; one place prints it, one place exits.

mod args;
mod batch;
mod check;
mod compare;
mod confirm;
mod diff;
mod doctor;
mod explore;
mod files;
mod gate;
mod github;
mod heal;
mod listing;
mod look;
mod new;
mod once;
mod outputs;
mod plan;
mod records;
mod refusal;
mod report;
mod run;
mod runtime;
mod schema;
mod stack;
mod sweep;
mod terminal;
mod watch;

use clap::Parser;
use clap::error::ErrorKind;

use crate::api::http::is_in_the_clear;
use crate::crash_point;
use crate::exit::Exit;
use crate::settings::{Environment, Settings, TargetSettings};

use args::{Args, TargetArgs, Verb};
pub use refusal::Refusal;

/// Runs the program with the process's arguments and environment.
pub fn main() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are answers, everything else is a usage error.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Passed,
                _ => Exit::Usage,
            };
        }
    };
    terminal::log(args.verbose);
    let exit = dispatch(args).unwrap_or_else(|refusal| {
        terminal::say(format!("rejoin: {refusal}"));
        refusal.exit
    });
    if let Some(passed) = crash_point::passed() {
        terminal::say(format!("rejoin: {passed} crash points passed"));
    }
    exit
}

/// Makes the program die at the crash point that the environment names, if it does.
fn arm(environment: &Environment) -> Result<(), Refusal> {
    let Some(at) = environment.crash_at() else {
        return Ok(());
    };
    let at = at.parse().map_err(|_| {
        Refusal::usage(format!(
            "REJOIN_CRASH_AT: `{at}` is no number from 1 on; it is for tests, see docs/architecture.md"
        ))
    })?;
    crash_point::arm(at);
    Ok(())
}

fn dispatch(args: Args) -> Result<Exit, Refusal> {
    let environment = Environment::read();
    arm(&environment)?;
    let settings = || Settings::load(args.config.as_deref(), &environment);
    match args.verb {
        Verb::Check(args) => {
            let (_, target) = used(&settings()?, &args.target)?;
            check::check(&args, target.timing())
        }
        Verb::Run(run) => {
            let (name, target) = used(&settings()?, &run.target)?;
            run::run(&run, args.quiet, &name, &target, &environment)
        }
        Verb::Gate(gate) => gate::gate(&gate, args.quiet, args.config.as_deref(), &environment),
        Verb::Report(report) => report::report(&report, &environment),
        Verb::Diff(diff) => diff::diff(&diff, &environment),
        Verb::Compare(compare) => compare::compare(&compare, args.config.as_deref(), &environment),
        Verb::Explore(explore) => {
            explore::explore(&explore, args.quiet, &settings()?, &environment)
        }
        Verb::Sweep(sweep) => {
            let (name, target) = used(&settings()?, &sweep.target)?;
            sweep::sweep(&sweep, args.quiet, &name, &target, &environment)
        }
        Verb::Plan(plan) => {
            let (name, target) = used(&settings()?, &plan.target)?;
            plan::plan(&plan, &name, &target, &environment)
        }
        Verb::Up(args) => {
            let (name, target) = used(&settings()?, &args.target)?;
            confirm::up(args.consent, &name, &target)?;
            stack::up(&name, &target, &environment)
        }
        Verb::Down(args) => {
            let (name, target) = used(&settings()?, &args.target)?;
            confirm::down(args.consent, &name, &target, &environment)?;
            stack::down(&name, &target, &environment)
        }
        Verb::Heal(args) => {
            let (name, target) = used(&settings()?, &args)?;
            heal::heal(&name, &target, &environment)
        }
        Verb::Status(args) => {
            let (name, target) = used(&settings()?, &args)?;
            look::status(&name, &target, &environment)
        }
        Verb::Get(get) => {
            let (name, target) = used(&settings()?, &get.target)?;
            look::get(&get, &name, &target, &environment)
        }
        Verb::Watch(watch) => {
            let (name, target) = used(&settings()?, &watch.target)?;
            watch::watch(&watch, &name, &target, &environment)
        }
        Verb::New(args) => new::new(&args),
        Verb::Schema(args) => schema::schema(&args),
        Verb::Completions(args) => Ok(schema::completions(&args)),
        Verb::Doctor(args) => {
            let (name, target) = used(&settings()?, &args.target)?;
            doctor::doctor(&args, &name, &target, &environment)
        }
    }
}

/// The target that the flags name, with what they override; says what should be known of it.
fn used(settings: &Settings, args: &TargetArgs) -> Result<(String, TargetSettings), Refusal> {
    let (name, target) = chosen(settings, args)?;
    warn(&target);
    Ok((name, target))
}

/// Says what a person should know before the target is used.
fn warn(target: &TargetSettings) {
    for warning in target.warnings() {
        terminal::say(format!("rejoin: warning: {warning}"));
    }
    let TargetSettings::Docker(docker) = target else {
        return;
    };
    let access = &docker.access;
    let endpoint = access.endpoint.url.as_deref().unwrap_or_default();
    let mut places = vec![("token", "the endpoint", endpoint)];
    if access.may_exchange() {
        places.push(("API key", "auth_url", access.auth_url.as_str()));
    }
    for (what, place, url) in places {
        // Without the address: it may hold a password.
        if access.token.is_there() && is_in_the_clear(url) {
            terminal::say(format!(
                "rejoin: warning: the {what} travels to {place} in clear text; use https://"
            ));
        }
    }
}

/// The target that the flags name, with what they override.
fn chosen(settings: &Settings, args: &TargetArgs) -> Result<(String, TargetSettings), Refusal> {
    let (name, target) = settings.target(args.target.as_deref())?;
    let mut target = target.clone();
    if let Some(variant) = &args.variant {
        target.set_variant(variant);
    }
    if let Some(timing) = &args.timing {
        target.set_timing(timing)?;
    }
    if let Some(file) = &args.ca_file {
        target.set_ca_file(file.clone())?;
    }
    Ok((name.to_owned(), target))
}
