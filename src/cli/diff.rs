//! `rejoin diff`: what changed from one run to another.

use std::collections::BTreeMap;
use std::path::Path;

use super::args::DiffArgs;
use super::{Refusal, records, terminal};
use crate::exit::Exit;
use crate::journal::{Entry, Event};
use crate::report::comparison::Change;
use crate::report::diff::{self, Pair};
use crate::settings::Environment;

pub(super) fn diff(args: &DiffArgs, environment: &Environment) -> Result<Exit, Refusal> {
    let (before, after) = (newest(&args.before)?, newest(&args.after)?);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let pair = |name: &String| Pair::of(name, before.get(name), after.get(name));
    let pairs: Vec<Pair> = names.into_iter().map(pair).collect();
    terminal::write(diff::render(&pairs, terminal::style(environment)));
    let any = |change| pairs.iter().any(|pair| pair.change == change);
    Ok(if any(Change::Regression) {
        Exit::Failed
    } else if any(Change::Undecided) {
        Exit::Unknown
    } else {
        Exit::Passed
    })
}

/// The newest run of each playbook that a path stands for, by the playbook's name.
fn newest(path: &Path) -> Result<BTreeMap<String, Vec<Entry>>, Refusal> {
    let mut runs = BTreeMap::new();
    for folder in records::runs_in(path)? {
        let entries = records::read(&folder)?;
        if let Some(Event::Header { plan, .. }) = entries.first().map(|entry| &entry.event) {
            runs.insert(plan.playbook.name.clone(), entries);
        }
    }
    Ok(runs)
}
