//! `rejoin report`: the report of runs that are over, from their records alone.

use super::args::ReportArgs;
use super::outputs::Outputs;
use super::{Refusal, records, terminal};
use crate::exit::Exit;
use crate::report::formats::{self, Item};
use crate::settings::Environment;

pub(super) fn report(args: &ReportArgs, environment: &Environment) -> Result<Exit, Refusal> {
    let read = args
        .runs
        .iter()
        .map(|run| records::read(run).map(Item::ran));
    let items: Vec<Item> = read.collect::<Result<_, _>>()?;
    let mut outputs = Outputs::open(&args.formats.formats, items.len() > 1)?;
    let style = terminal::style(environment);
    // What goes to files only is not printed as well.
    if outputs.prints() {
        terminal::write(formats::render(outputs.printed, &items, style));
    }
    outputs.write(&items)?;
    Ok(Exit::Passed)
}
