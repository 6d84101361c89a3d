//! `rejoin schema` and `rejoin completions`: what editors and shells want to know.

use clap::CommandFactory as _;

use super::args::{Args, CompletionsArgs, Described, SchemaArgs};
use super::{Refusal, terminal};
use crate::exit::Exit;
use crate::playbook::parse;
use crate::settings;

pub(super) fn schema(args: &SchemaArgs) -> Result<Exit, Refusal> {
    let schema = match args.what {
        Described::Playbook => parse::schema(),
        Described::Settings => settings::schema(),
    };
    terminal::print(serde_json::to_string_pretty(&schema).map_err(Refusal::internal)?);
    Ok(Exit::Passed)
}

pub(super) fn completions(args: &CompletionsArgs) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "rejoin", &mut script);
    terminal::write(String::from_utf8_lossy(&script));
    Exit::Passed
}
