//! The arguments of `sweep`.

use std::path::PathBuf;
use std::time::Duration;

use super::{Choice, Consent, FormatArg, TargetArgs, duration};

/// How a sweep ends, for the end of its help text.
const SWEPT: &str =
    "How it ends: 1 if a point fails, else 4 if one could not be decided, else 0 (the other exit
codes are as for `run`). The points and their order depend on what was asked for and on
what comes of them, never on --jobs.";

#[derive(Debug, clap::Args)]
#[command(after_help = SWEPT)]
pub(in crate::cli) struct SweepArgs {
    /// The playbook
    #[arg(value_name = "PLAYBOOK")]
    pub(in crate::cli) playbook: PathBuf,
    /// The var of the playbook and its values, such as `gap=0s..disconnect_timeout+1m`; each end is a time as
    /// playbooks write it
    #[arg(long = "var", value_name = "VAR=FROM..TO")]
    pub(in crate::cli) var: String,
    /// How many evenly spaced values to try, both ends among them
    #[arg(long, value_name = "NUMBER", default_value_t = 40, value_parser = two_at_least)]
    pub(in crate::cli) points: usize,
    /// How far the two sides of a change may be apart [default: 100ms on sim, 1s elsewhere]
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(in crate::cli) within: Option<Duration>,
    /// How many runs there may be in all [default: 200 more than points]
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) runs: Option<usize>,
    #[command(flatten)]
    pub(in crate::cli) target: TargetArgs,
    #[command(flatten)]
    pub(in crate::cli) choice: Choice,
    /// How many to run at a time on sim [default: one on each core]; never changes what is found
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) jobs: Option<usize>,
    /// A format of the report: table, json, html. With =FILE it goes there, else to stdout instead of the
    /// table; several times for several
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(in crate::cli) formats: Vec<FormatArg>,
    /// Where to make the runs' folders; a sweep on sim keeps none
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub(in crate::cli) out: PathBuf,
    /// On containers: end a run that takes longer, such as 10m; it heals and is unknown
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(in crate::cli) timeout: Option<Duration>,
    #[command(flatten)]
    pub(in crate::cli) consent: Consent,
}

fn two_at_least(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0 | 1) | Err(_) => Err("it takes a number from 2 on: both ends are points".to_owned()),
        Ok(number) => Ok(number),
    }
}
