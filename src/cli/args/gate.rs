//! The arguments of `rejoin gate`.

use std::path::PathBuf;

use super::{Consent, Formats, Repeating};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct GateArgs {
    /// What has to pass, and what is known to fail: a file as docs/gates.md describes it
    #[arg(value_name = "GATE")]
    pub(in crate::cli) gate: PathBuf,
    /// A known issue that fails no more is a failure: its entry has to go
    #[arg(long)]
    pub(in crate::cli) strict_known: bool,
    /// The target to use instead of the one in the file
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) target: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) repeating: Repeating,
    #[command(flatten)]
    pub(in crate::cli) formats: Formats,
    /// The seed of every choice [default: 1 on sim, a fresh one elsewhere; always printed]
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) seed: Option<u64>,
    /// Where to make the runs' folders
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub(in crate::cli) out: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) consent: Consent,
}
