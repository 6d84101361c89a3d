//! The table of expected verdicts on Docker with a real NATS server: every playbook once red and once
//! green where the table has both; the same verdict and the same deciding step as on `sim`, every
//! container back as compose made it.
//!
//! `REJOIN_REPEAT=3` runs every cell three times; once is enough for the gate.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use rejoin::journal::{Event, file};
use rejoin::report::ending::Ending;
use rejoin::verdict::{self, Outcome};

use super::Result;
use super::engine::lone_engine_test;
use super::evidence::Ran;
use super::journal;
use super::stack::{DebugStack, said};
use super::table::{self, Table};

/// Stacks side by side: a run mostly waits.
const STACKS: [&str; 6] = [
    "rejoin-m1",
    "rejoin-m2",
    "rejoin-m3",
    "rejoin-m4",
    "rejoin-m5",
    "rejoin-m6",
];

/// Cells beside the red and the green ones: fix B is the one that dispatches a second time.
const BESIDES: [(&str, &str); 1] = [("stuck-pending", "fix-b")];

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cell {
    playbook: String,
    variant: String,
    ending: Ending,
}

/// The cells that are still to be run, by variant.
struct Queue(Mutex<BTreeMap<String, Vec<Cell>>>);

impl Queue {
    fn of(table: &Table) -> Self {
        let mut left: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
        for cell in chosen(table) {
            left.entry(cell.variant.clone()).or_default().push(cell);
        }
        Self(Mutex::new(left))
    }

    /// A cell for the variant that a stack runs already, else of the variant that has most left: the
    /// fewer stacks are brought up, the better.
    fn next(&self, current: Option<&str>) -> Option<Cell> {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let same = current.and_then(|variant| left.get_mut(variant)?.pop());
        same.or_else(|| left.values_mut().max_by_key(|cells| cells.len())?.pop())
    }
}

/// Each playbook once red and once green, as far as the table has both, and those besides.
fn chosen(table: &Table) -> Vec<Cell> {
    let variants = table::variants(false);
    let mut cells = Vec::new();
    for (playbook, row) in table {
        // The bug itself is the best red, the variant that shall survive everything the best green.
        let red = variants.iter().map(|variant| (*variant, Outcome::Fail));
        let green = variants
            .iter()
            .rev()
            .map(|variant| (*variant, Outcome::Pass));
        let cell = |variant: &str, ending: &Ending| Cell {
            playbook: playbook.clone(),
            variant: variant.to_owned(),
            ending: ending.clone(),
        };
        let find = |mut wanted: Box<dyn Iterator<Item = (&'static str, Outcome)> + '_>| {
            wanted.find_map(|(variant, outcome)| {
                let ending = row
                    .get(variant)
                    .filter(|ending| ending.outcome == outcome)?;
                Some(cell(variant, ending))
            })
        };
        cells.extend(find(Box::new(red)));
        cells.extend(find(Box::new(green)));
        for (_, variant) in BESIDES.iter().filter(|(name, _)| name == playbook) {
            let besides = row.get(*variant).map(|ending| cell(variant, ending));
            cells.extend(besides.filter(|one| !cells.contains(one)));
        }
    }
    cells
}

#[test]
fn docker_gives_the_verdicts_that_sim_gives() {
    lone_engine_test(async || {
        let queue = Queue::of(&table::read()?);
        let found: Vec<String> = thread::scope(|scope| {
            let running = STACKS.map(|project| scope.spawn(|| work(project, &queue)));
            let join = |one: thread::ScopedJoinHandle<'_, Vec<String>>| {
                one.join()
                    .unwrap_or_else(|_| vec!["a part of the table panicked".to_owned()])
            };
            running.into_iter().flat_map(join).collect()
        });
        if found.is_empty() {
            Ok(())
        } else {
            Err(found.join("\n\n").into())
        }
    });
}

/// Runs cells until there are none; returns the disagreements.
fn work(project: &str, queue: &Queue) -> Vec<String> {
    let repeat = std::env::var("REJOIN_REPEAT").ok();
    let repeat = repeat.and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut problems = Vec::new();
    let mut stack: Option<(String, DebugStack)> = None;
    while let Some(cell) = queue.next(stack.as_ref().map(|(variant, _)| variant.as_str())) {
        let (playbook, variant) = (&cell.playbook, &cell.variant);
        if stack.as_ref().is_none_or(|(up, _)| up != variant) {
            drop(stack.take()); // down, before the next one takes its names
            match DebugStack::up(project, variant) {
                Ok(up) => stack = Some((variant.clone(), up)),
                Err(error) => {
                    problems.push(format!("{playbook}: {variant} does not come up: {error}"));
                    continue;
                }
            }
        }
        let Some((_, stack)) = &stack else {
            continue;
        };
        for time in 1..=repeat {
            let begun = Instant::now();
            let result = compare(stack, &cell, time);
            let word = if result.is_ok() {
                "as expected"
            } else {
                "WRONG"
            };
            let took = begun.elapsed().as_secs();
            // Past the capture of the test runner: the whole table takes minutes.
            let told = format!(
                "{project}: {playbook} on {variant}: {} ({took}s): {word}",
                cell.ending
            );
            let _ = writeln!(std::io::stderr(), "{told}");
            if let Err(error) = result {
                problems.push(format!("{playbook} on {variant}: {error}"));
            }
        }
    }
    problems
}

/// Runs it until it is decided: six stacks on two cores can make a removal last longer than a playbook leaves before
/// a timeout, and then its own `assume` says so. Three times at most, each of them told; a wrong verdict is none.
fn decided(stack: &DebugStack, cell: &Cell, time: u32) -> Result<(PathBuf, Output)> {
    let (playbook, variant) = (&cell.playbook, &cell.variant);
    let file = format!("playbooks/{playbook}.yaml");
    let mut attempt = 1;
    loop {
        let name = format!("{playbook}-{variant}-{time}-{attempt}");
        let out = stack.runs().join(name);
        let flag = out.display().to_string();
        let output = stack.rejoin(&["run", &file, "--out", &flag]).output()?;
        if output.status.code() != Some(4) || attempt == 3 {
            return Ok((out, output));
        }
        let _ = writeln!(std::io::stderr(), "undecided:\n{}", said(&output));
        attempt += 1;
    }
}

fn compare(stack: &DebugStack, cell: &Cell, time: u32) -> Result {
    let (playbook, variant) = (&cell.playbook, &cell.variant);
    let (out, output) = decided(stack, cell, time)?;
    let expected = i32::from(cell.ending.outcome == Outcome::Fail);
    if output.status.code() != Some(expected) {
        let status = output.status;
        return Err(format!("{status}, not exit {expected}:\n{}", said(&output)).into());
    }
    let journal = journal::only(&out)?;
    let ending = ending(&journal)?;
    if ending != cell.ending {
        let expected = &cell.ending;
        return Err(format!("`{ending}`, not `{expected}`:\n{}", said(&output)).into());
    }
    if playbook == "stuck-pending" {
        let ran = Ran::read(&journal)?;
        ran.dispatched_what_the_api_shows()?;
        ran.dispatched_again(variant == "fix-b")?;
    }
    let drift = stack.drift()?;
    if !drift.is_empty() {
        return Err(format!("compose would change: {}", drift.join("; ")).into());
    }
    Ok(())
}

/// How the run of a journal ended.
fn ending(journal: &Path) -> Result<Ending> {
    let entries = file::read(journal)?;
    let verdict = verdict::judge(&entries).ok_or("the journal has no header")?;
    match entries.first().map(|entry| &entry.event) {
        Some(Event::Header { plan, .. }) => Ok(Ending::of(plan, &verdict)),
        _ => Err("the journal has no header".into()),
    }
}

#[test]
fn every_playbook_has_a_cell_and_a_red_one_where_any_variant_fails() -> Result {
    let table = table::read()?;
    let cells = chosen(&table);
    for (playbook, row) in &table {
        for outcome in [Outcome::Pass, Outcome::Fail] {
            let of_table = table::variants(false)
                .iter()
                .filter_map(|variant| row.get(*variant))
                .any(|ending| ending.outcome == outcome);
            let mine = cells.iter().filter(|cell| cell.playbook == *playbook);
            let chosen = mine.filter(|cell| cell.ending.outcome == outcome).count();
            let besides = BESIDES.iter().filter(|(name, variant)| {
                let ending = row.get(*variant);
                name == playbook && ending.is_some_and(|ending| ending.outcome == outcome)
            });
            let expected = usize::from(of_table) + besides.count();
            assert_eq!(chosen, expected, "{playbook}: {outcome}");
        }
    }
    for (playbook, variant) in BESIDES {
        let is = |cell: &&Cell| cell.playbook == playbook && cell.variant == variant;
        assert_eq!(
            cells.iter().filter(is).count(),
            1,
            "{playbook} on {variant}"
        );
    }
    Ok(())
}
