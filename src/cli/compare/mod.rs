//! `rejoin compare`: the same playbooks against several variants or builds, and how they differ.
//!
//! [`contenders`] reads who they are, [`many`] runs them on the simulation, all at once, [`stacks`] on
//! containers, one after the other; [`tally`] collects, [`expected`] holds the cells against a file.

pub(super) mod contenders;
mod expected;
mod many;
mod stacks;
mod tally;

use std::path::Path;

use super::args::{CompareArgs, Format};
use super::once::possible;
use super::terminal::print;
use super::{Refusal, confirm, terminal};
use crate::exit::Exit;
use crate::report::comparison::{Change, Comparison, formats, subjects, variants};
use crate::settings::{Environment, TargetSettings};
use crate::target::sim;
use crate::verdict::Outcome;

use expected::Expected;
use tally::Tally;

pub(super) fn compare(
    args: &CompareArgs,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let contenders = contenders::read(&args.into(), config, environment)?;
    let expected = args.expected.as_deref().map(Expected::read).transpose()?;
    possible(&args.out)?;
    for contender in &contenders {
        confirm::compare(args.consent, &contender.target_name, &contender.target)?;
    }
    let simulated = contenders
        .iter()
        .all(|contender| matches!(contender.target, TargetSettings::Sim(_)));
    let tally = if simulated {
        many::run(args, &contenders, environment)?
    } else {
        stacks::run(args, &contenders, environment)?
    };
    Ok(show(args, tally, expected.as_ref(), environment))
}

/// Prints the comparison; how it ends.
fn show(
    args: &CompareArgs,
    tally: Tally,
    expected: Option<&Expected>,
    environment: &Environment,
) -> Exit {
    let style = terminal::style(environment);
    let (ended, identities) = (tally.ended, tally.identities.clone());
    let comparison = tally.comparison();
    match args.format {
        Format::Toml => print(formats::toml(&comparison)),
        Format::Markdown => print(formats::markdown(&comparison)),
        Format::Table if args.subjects.is_empty() => {
            print(variants::render(&comparison, &mutants(&comparison), style));
        }
        Format::Table => {
            for (name, subject) in identities {
                print(subjects::identity(&name, &subject, style));
            }
            print(format!("\n{}", subjects::render(&comparison, style)));
        }
    }
    let found = match expected {
        Some(expected) => {
            let wrong = expected.disagreements(&comparison);
            let told = expected.tell(&wrong, &comparison, style);
            match args.format {
                Format::Table => print(format!("\n{told}")),
                // The others are for programs: what is said besides is for people.
                Format::Markdown | Format::Toml => terminal::say(told),
            }
            if wrong.is_empty() {
                Exit::Passed
            } else {
                Exit::Failed
            }
        }
        None if args.subjects.is_empty() => undecided(&comparison),
        None => changed(&comparison),
    };
    found.worst(ended)
}

/// The subjects of a comparison that are mutants.
fn mutants(comparison: &Comparison) -> Vec<String> {
    let known = sim::variants();
    let mutant = |name: &&String| known.iter().any(|one| one.mutant && one.name == **name);
    comparison.subjects.iter().filter(mutant).cloned().collect()
}

/// Whether every cell could be decided.
fn undecided(comparison: &Comparison) -> Exit {
    let mut cells = comparison.rows.iter().flat_map(|row| &row.cells);
    if cells.all(|cell| matches!(cell.ending.outcome, Outcome::Pass | Outcome::Fail)) {
        Exit::Passed
    } else {
        Exit::Unknown
    }
}

/// Whether anything got worse from the first subject to the last.
fn changed(comparison: &Comparison) -> Exit {
    let mut rows = comparison.rows.iter();
    if rows.any(|row| row.change() == Change::Regression) {
        Exit::Failed
    } else {
        undecided(comparison)
    }
}
