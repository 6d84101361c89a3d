//! The arguments, as clap reads them. The help texts are these comments.

mod explore;
mod gate;
mod repeating;
mod reports;
mod sweep;
mod writing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::exit::Exit;
use crate::playbook::TimeExpr;
use crate::settings::Timing;
use crate::target::sim;

pub(super) use explore::ExploreArgs;
pub(super) use gate::GateArgs;
pub(super) use repeating::{Repeating, Shard};
pub(super) use reports::{DiffArgs, FormatArg, Formats, ReportArgs};
pub(super) use sweep::SweepArgs;
pub(super) use writing::{CompletionsArgs, Described, NewArgs, SchemaArgs};

/// Does the work come back when the nodes do? Fault-injection tests for a live orchestrator.
#[derive(Debug, Parser)]
#[command(name = "rejoin", version, after_help = exit_codes(), propagate_version = true)]
pub(super) struct Args {
    /// The settings file [default: rejoin.toml here or in a parent folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Say more on stderr; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// Say nothing on stderr but what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Run playbooks and judge them
    Run(RunArgs),
    /// Run what a release has to pass, and judge it by what is known to fail
    Gate(GateArgs),
    /// Print the report of a run again, from its record alone, in any format
    Report(ReportArgs),
    /// Show what changed from one run to another: verdicts and recovery times
    Diff(DiffArgs),
    /// Run playbooks against several variants or builds and show how they differ
    Compare(CompareArgs),
    /// Search for schedules of deploys and faults that break the simulation, and write the smallest
    Explore(ExploreArgs),
    /// Run a playbook over a range of one of its times, and show where the verdict changes
    Sweep(SweepArgs),
    /// Read playbooks and report every mistake in them
    Check(CheckArgs),
    /// Show what a run would do to which container; touches nothing
    Plan(PlanArgs),
    /// Bring the target's stack up and wait until its nodes are connected
    Up(StackArgs),
    /// Take the target's stack down, with its volumes
    Down(StackArgs),
    /// Put back what a run that was killed could not; says for each container what was done
    Heal(TargetArgs),
    /// Show how many nodes, jobs and executions there are, by state
    Status(TargetArgs),
    /// List nodes, jobs, executions or evaluations
    Get(GetArgs),
    /// Show nodes, jobs and executions all the time: in place on a terminal, else a line for each change
    Watch(WatchArgs),
    /// Look whether everything that a run needs is there
    Doctor(DoctorArgs),
    /// Write a commented playbook to begin with, and a job for it
    New(NewArgs),
    /// Print the JSON schema of playbooks or of rejoin.toml, for editors
    Schema(SchemaArgs),
    /// Print the completions for a shell
    Completions(CompletionsArgs),
}

/// Which deployment.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct TargetArgs {
    /// The target to use, as named in rejoin.toml [env: `REJOIN_TARGET`] [default: sim]
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
    #[arg(long, value_name = "NAME", help = variants())]
    pub(super) variant: Option<String>,
    /// The timing profile: default, current, fast, tiny
    #[arg(long, value_name = "NAME")]
    pub(super) timing: Option<String>,
    /// Trust the certificates in this file (PEM), besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
}

/// A stack to be brought up or taken down.
#[derive(Debug, clap::Args)]
pub(super) struct StackArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// A word for targets that ask before they are touched.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Consent {
    /// Go on where the target asks first (`confirm = true` in rejoin.toml)
    #[arg(long)]
    pub(super) yes: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Playbooks, or folders of them
    #[arg(required = true, value_name = "PLAYBOOK")]
    pub(super) playbooks: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) choice: Choice,
    #[command(flatten)]
    pub(super) repeating: Repeating,
    #[command(flatten)]
    pub(super) formats: Formats,
    /// Where to make the run's folder
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub(super) out: PathBuf,
    /// End a run that takes longer, such as 10m; it heals and is unknown
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
    /// Bring the stack up first
    #[arg(long)]
    pub(super) up: bool,
    /// Take the stack down afterwards, with its volumes
    #[arg(long)]
    pub(super) down: bool,
    #[command(flatten)]
    pub(super) consent: Consent,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("against").required(true), after_help = COMPARED)]
pub(super) struct CompareArgs {
    /// Playbooks, or folders of them
    #[arg(required = true, value_name = "PLAYBOOK")]
    pub(super) playbooks: Vec<PathBuf>,
    /// The behaviours of the stand-in to compare (see `run --help`); `all` means those that are no
    /// mutants, `mutants` the others
    #[arg(
        long,
        value_name = "NAME,...",
        value_delimiter = ',',
        group = "against"
    )]
    pub(super) variants: Vec<String>,
    /// A build to compare: what compose is given to bring it up, as in a file .env; twice or more.
    /// Only for containers
    #[arg(long = "subject", value_name = "NAME=FILE", value_parser = subject, group = "against")]
    pub(super) subjects: Vec<(String, PathBuf)>,
    /// The verdicts that are expected, as TOML: each cell must agree
    #[arg(long, value_name = "FILE")]
    pub(super) expected: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: Format,
    /// The target to use, as named in rejoin.toml [env: `REJOIN_TARGET`] [default: sim]
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
    /// The timing profile: default, current, fast, tiny
    #[arg(long, value_name = "NAME")]
    pub(super) timing: Option<String>,
    /// Trust the certificates in this file (PEM), besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) choice: Choice,
    /// Where to make the runs' folders
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub(super) out: PathBuf,
    /// End a run that takes longer, such as 10m; it heals and is unknown
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
    #[command(flatten)]
    pub(super) consent: Consent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people
    Table,
    /// A table for documents
    Markdown,
    /// A file for --expected
    Toml,
}

/// What can be chosen for a playbook.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Choice {
    /// Give a var of the playbook another value, such as gap=30s
    #[arg(long = "set", value_name = "VAR=TIME")]
    pub(super) sets: Vec<String>,
    /// The seed of every choice [default: 1 on sim, a fresh one elsewhere; always printed]
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
    /// Deploy jobs under the names in their files, without the run's id
    #[arg(long)]
    pub(super) keep_names: bool,
    /// Refuse a playbook whose faults would hit more containers than this, all steps together
    /// [default: `max_hit` in rejoin.toml; the smaller one counts]
    #[arg(long, value_name = "NUMBER")]
    pub(super) max_hit: Option<usize>,
}

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// Playbooks, or folders of them
    #[arg(required = true, value_name = "PLAYBOOK")]
    pub(super) playbooks: Vec<PathBuf>,
    /// Give a var of the playbook another value, such as gap=30s
    #[arg(long = "set", value_name = "VAR=TIME")]
    pub(super) sets: Vec<String>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// Playbooks, or folders of them
    #[arg(required = true, value_name = "PLAYBOOK")]
    pub(super) playbooks: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) choice: Choice,
}

#[derive(Debug, clap::Args)]
pub(super) struct GetArgs {
    /// What to list
    pub(super) what: What,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Only of this job, by id or name; evaluations need one or list those of every job
    #[arg(long, value_name = "JOB")]
    pub(super) job: Option<String>,
    /// The format
    #[arg(short, long, value_enum, default_value = "table")]
    pub(super) output: Output,
}

#[derive(Debug, clap::Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Examine the API instead: what it serves, and so what can be decided there; reads only
    #[arg(long)]
    pub(super) contract: bool,
    /// With --contract: also deploy one throw-away job that runs nowhere, and delete it again
    #[arg(long, requires = "contract")]
    pub(super) yes: bool,
    /// The format of --contract
    #[arg(
        short,
        long,
        value_enum,
        default_value = "table",
        requires = "contract"
    )]
    pub(super) output: Output,
}

#[derive(Debug, clap::Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Only this job, by id or name, and its executions
    #[arg(long, value_name = "JOB")]
    pub(super) job: Option<String>,
    /// End after this time [default: never; a simulation after 1m]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(super) limit: Option<Duration>,
    /// The time between two looks [default: a third of a heartbeat, 250ms to 2s]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(super) every: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    Nodes,
    Jobs,
    Executions,
    Evaluations,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Table,
    Json,
}

/// How a comparison ends, for the end of its help text.
const COMPARED: &str = "How it ends (the other exit codes are as for `run`):
  --expected  0 if every cell ends as the file says, at the same step; else 1
  --subject   1 if anything got worse from the first subject to the last: it passed and fails
              now, or something fails that held before; 4 if a cell could not be decided; else 0
  --variants  4 if a cell could not be decided; else 0: it shows, it does not judge";

/// `NAME=FILE`.
fn subject(text: &str) -> Result<(String, PathBuf), String> {
    let name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match text.split_once('=') {
        Some((subject, file)) if !subject.is_empty() && !file.is_empty() => {
            if subject.chars().all(name) {
                Ok((subject.to_owned(), PathBuf::from(file)))
            } else {
                Err(format!(
                    "`{subject}` is no name: letters, digits, `-`, `_` and `.` make one"
                ))
            }
        }
        _ => Err("it takes a name and a file, such as before=before.env".to_owned()),
    }
}

/// The variants that the simulation knows, for help texts.
fn variants() -> String {
    let known = sim::variants();
    let names = |mutant: bool| {
        let those = known.iter().filter(|variant| variant.mutant == mutant);
        those
            .map(|variant| variant.name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    format!(
        "The behaviour of the stand-in: {}; or one with something wrong on purpose: {}",
        names(false),
        names(true)
    )
}

/// A duration as playbooks write it; the names of timings mean nothing here.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let expr = TimeExpr::parse(text).map_err(|error| error.to_string())?;
    if expr.names().next().is_some() {
        return Err("it takes a duration such as 90s or 10m".to_owned());
    }
    let time = expr.eval(&Timing::default(), &BTreeMap::new());
    time.map_err(|error| error.to_string())
}

/// The exit codes, for the end of the help text.
fn exit_codes() -> String {
    let rows = Exit::ALL.map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code()));
    format!("Exit codes:\n{}", rows.join("\n"))
}
