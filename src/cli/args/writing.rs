//! The arguments of the verbs that help with writing.

use std::path::PathBuf;

use clap::ValueEnum;
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NewArgs {
    /// What the playbook is called: a word of letters, digits and hyphens
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// Where to write it
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(in crate::cli) folder: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SchemaArgs {
    /// What it describes
    #[arg(value_enum, default_value = "playbook")]
    pub(in crate::cli) what: Described,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Described {
    /// A playbook
    Playbook,
    /// rejoin.toml
    Settings,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}
