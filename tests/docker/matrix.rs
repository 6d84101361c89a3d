//! The table of the README on Docker with a real NATS server: every cell, the same verdict and the same
//! deciding steps as on `sim`, every container back as compose made it.
//!
//! `REJOIN_REPEAT=3` runs every cell three times; once is enough for the gate.

use std::thread;

use super::Result;
use super::engine::engine_test;
use super::evidence::Ran;
use super::stack::{DebugStack, said};
use super::table::{self, Cell};

#[test]
fn docker_gives_the_verdicts_of_the_readme() {
    engine_test(async || {
        let cells = table::read()?;
        let variants: Vec<String> = variants(&cells);
        // Two stacks side by side: a run mostly waits.
        let (left, right): (Vec<_>, Vec<_>) = variants
            .iter()
            .enumerate()
            .partition(|(index, _)| index % 2 == 0);
        let halves = [("rejoin-m1", left), ("rejoin-m2", right)];
        let found: Vec<String> = thread::scope(|scope| {
            let running: Vec<_> = halves
                .iter()
                .map(|(project, variants)| {
                    let cells = &cells;
                    scope.spawn(move || {
                        let one = |(_, variant): &(usize, &String)| column(project, variant, cells);
                        variants.iter().flat_map(one).collect::<Vec<String>>()
                    })
                })
                .collect();
            let join = |half: thread::ScopedJoinHandle<'_, Vec<String>>| {
                half.join()
                    .unwrap_or_else(|_| vec!["a half of the table panicked".to_owned()])
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

/// The variants of the table, each once.
fn variants(cells: &[Cell]) -> Vec<String> {
    let mut variants: Vec<String> = Vec::new();
    for cell in cells {
        if !variants.contains(&cell.variant) {
            variants.push(cell.variant.clone());
        }
    }
    variants
}

/// Runs every playbook against one variant; returns the disagreements.
fn column(project: &str, variant: &str, cells: &[Cell]) -> Vec<String> {
    let mine = cells.iter().filter(|cell| cell.variant == variant);
    let stack = match DebugStack::up(project, variant) {
        Ok(stack) => stack,
        Err(error) => return vec![format!("{variant} does not come up: {error}")],
    };
    let repeat = std::env::var("REJOIN_REPEAT")
        .ok()
        .and_then(|times| times.parse().ok());
    let mut problems = Vec::new();
    for cell in mine {
        for _ in 0..repeat.unwrap_or(1) {
            if let Err(error) = compare(&stack, cell) {
                problems.push(format!("{} on {variant}: {error}", cell.playbook));
            }
        }
    }
    problems
}

fn compare(stack: &DebugStack, cell: &Cell) -> Result {
    let output = stack.run(&cell.playbook)?;
    let expected = i32::from(!cell.fails.is_empty());
    if output.status.code() != Some(expected) {
        return Err(format!(
            "{:?}, not exit {expected}:\n{}",
            output.status,
            said(&output)
        )
        .into());
    }
    let journal = table::newest_journal(&stack.runs(), &cell.playbook)?;
    let failed = table::failed_steps(&journal)?;
    if failed != cell.fails {
        return Err(format!("fails {failed:?}, not {:?}:\n{}", cell.fails, said(&output)).into());
    }
    if cell.playbook == "stuck-pending" {
        let ran = Ran::read(&journal)?;
        ran.dispatched_what_the_api_shows()?;
        ran.dispatched_again(cell.variant == "fix-b")?;
    }
    let drift = stack.drift()?;
    if !drift.is_empty() {
        return Err(format!("compose would change: {}", drift.join("; ")).into());
    }
    Ok(())
}
