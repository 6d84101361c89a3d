//! In which formats reports are wanted, and of which runs.

use std::path::PathBuf;
use std::str::FromStr;

use crate::report::formats;

/// How a difference ends, for the end of its help text.
const DIFFERENT: &str =
    "How it ends: 1 if anything got worse (it passed and fails now, or something fails that
held before), 4 if one of two runs could not be decided, else 0. Of a folder of runs the
newest of each playbook counts.";

/// In which formats a report is wanted.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct Formats {
    /// A format of the report: table, json, junit, markdown, html. With =FILE it goes there, else to stdout
    /// instead of the table; several times for several
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(in crate::cli) formats: Vec<FormatArg>,
}

/// A format, and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct FormatArg {
    pub(in crate::cli) format: formats::Format,
    /// `None`: stdout.
    pub(in crate::cli) file: Option<PathBuf>,
}

impl FromStr for FormatArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("a file belongs behind the `=`".to_owned()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = format.parse()?;
        Ok(Self { format, file })
    }
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ReportArgs {
    /// The folders of the runs
    #[arg(required = true, value_name = "RUN_DIR")]
    pub(in crate::cli) runs: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) formats: Formats,
}

#[derive(Debug, clap::Args)]
#[command(after_help = DIFFERENT)]
pub(in crate::cli) struct DiffArgs {
    /// The run before: its folder, or a folder of runs
    #[arg(value_name = "RUN_A")]
    pub(in crate::cli) before: PathBuf,
    /// The run after
    #[arg(value_name = "RUN_B")]
    pub(in crate::cli) after: PathBuf,
}
