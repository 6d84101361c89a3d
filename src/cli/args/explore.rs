//! The arguments of `explore`.

use std::path::PathBuf;
use std::time::Duration;

use super::repeating::Shard;
use super::{Consent, TargetArgs, duration};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExploreArgs {
    #[command(flatten)]
    pub(in crate::cli) target: TargetArgs,
    /// The seed of the search [default: a fresh one; always printed]
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) seed: Option<u64>,
    /// How many schedules to run [default: 1000, or no end with --for]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(in crate::cli) runs: Option<u64>,
    /// Begin no schedule after so long, such as 10m
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(in crate::cli) time: Option<Duration>,
    /// How many to run at a time [default: one on each core]; never changes what is found
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) jobs: Option<usize>,
    /// Run only part I of N of the schedules, such as 2/5
    #[arg(long, value_name = "I/N")]
    pub(in crate::cli) shard: Option<Shard>,
    /// Where to write the playbooks of what is found
    #[arg(long, value_name = "FOLDER", default_value = "found")]
    pub(in crate::cli) out: PathBuf,
    /// Run what is found on this target as well, with the same variant and timing; it says where the two
    /// disagree, which is a finding of its own
    #[arg(long, value_name = "TARGET")]
    pub(in crate::cli) confirm: Option<String>,
    /// Bring the stack of --confirm up once something was found
    #[arg(long, requires = "confirm")]
    pub(in crate::cli) up: bool,
    /// Take it down afterwards, with its volumes
    #[arg(long, requires = "confirm")]
    pub(in crate::cli) down: bool,
    #[command(flatten)]
    pub(in crate::cli) consent: Consent,
}
