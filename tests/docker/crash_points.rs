//! The harness dies at every point at which it can leave something behind: before and after each write of
//! the ledger and each request that changes a container. `rejoin heal` makes every container what it was.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use rejoin::fault::{Faults, Inventory};
use rejoin::target::Target;

use super::Result;
use super::added::volumes;
use super::engine::lone_engine_test;
use super::shots::owed;
use super::stack::{DebugStack, said};

const PLAYBOOK: &str = "fixtures/playbooks/crash-points.yaml";
/// Stacks side by side: a run mostly waits.
const STACKS: [&str; 4] = ["rejoin-c1", "rejoin-c2", "rejoin-c3", "rejoin-c4"];
/// More points than any run has: they count, and nothing happens.
const NEVER: u64 = 1_000_000;
/// The fewest points that are worth the name.
const FEWEST: u64 = 40;
const SIGABRT: i32 = 6;
const NOTHING: &str = "local: nothing to do, the ledger owes nothing\n";

#[test]
fn every_crash_is_mended_by_heal() {
    lone_engine_test(async || {
        let begun = Instant::now();
        let first = DebugStack::up(STACKS[0], "reconcile")?;
        let points = counted(&armed(first.run_of(PLAYBOOK), NEVER).output()?)?;
        if points < FEWEST {
            return Err(format!("only {points} crash points").into());
        }
        tell(&format!("{points} crash points in a whole run"));
        let (next, twice) = (AtomicU64::new(1), AtomicU64::new(0));
        let mut first = Some(first);
        let found: Vec<String> = thread::scope(|scope| {
            let running = STACKS.map(|project| {
                let (stack, next, twice) = (first.take(), &next, &twice);
                scope.spawn(move || work(project, stack, (next, twice), points))
            });
            let join = |one: thread::ScopedJoinHandle<'_, Vec<String>>| {
                one.join()
                    .unwrap_or_else(|_| vec!["one of the stacks panicked".to_owned()])
            };
            running.into_iter().flat_map(join).collect()
        });
        let took = begun.elapsed().as_secs();
        let bad = found.len();
        let twice = twice.load(Ordering::Relaxed);
        tell(&format!(
            "{points} crashes, {twice} of them followed by a crash of heal; {bad} not mended; {took} s"
        ));
        if found.is_empty() {
            Ok(())
        } else {
            Err(found.join("\n\n").into())
        }
    });
}

/// Crashes runs on one stack until every point had its turn; returns what was not mended.
fn work(
    project: &str,
    stack: Option<DebugStack>,
    (next, twice): (&AtomicU64, &AtomicU64),
    points: u64,
) -> Vec<String> {
    let work = || -> Result<Vec<String>> {
        let stack = match stack {
            Some(stack) => stack,
            None => DebugStack::up(project, "reconcile")?,
        };
        let before = inventory(&stack)?;
        let mut problems = Vec::new();
        loop {
            let point = next.fetch_add(1, Ordering::Relaxed);
            if point > points {
                return Ok(problems);
            }
            match crash(&stack, project, &before, point) {
                Ok(again) => drop(twice.fetch_add(u64::from(again), Ordering::Relaxed)),
                Err(error) => {
                    problems.push(format!("{project}, crash point {point}: {error}"));
                    // The others shall not be measured against what this one left.
                    stack.rejoin(&["up"]).output()?;
                }
            }
        }
    };
    work().unwrap_or_else(|error| vec![format!("{project}: {error}")])
}

/// One run that dies at this point, and what becomes of it; whether healing died as well.
fn crash(stack: &DebugStack, project: &str, before: &Inventory, point: u64) -> Result<bool> {
    let run = armed(stack.run_of(PLAYBOOK), point).output()?;
    died(&run)?;
    // Healing may die as well. It has fewer points than a run, and often nothing to do.
    let healing = armed(stack.rejoin(&["heal"]), point % 12 + 1).output()?;
    let twice = !healing.status.success();
    if twice {
        died(&healing)?;
    }
    let healed = stack.rejoin(&["heal"]).output()?;
    if !healed.status.success() {
        return Err(format!("not healed, {}: {}", healed.status, said(&healed)).into());
    }
    let notes = format!("{}{}", said(&healing), said(&healed));
    if !notes.contains("took over the lock of this target, left by ") {
        return Err(format!("whose lock it was is not said: {notes}").into());
    }
    let again = stack.rejoin(&["heal"]).output()?;
    if !again.status.success() || again.stdout != NOTHING.as_bytes() || !again.stderr.is_empty() {
        return Err(format!("healed twice: {}", said(&again)).into());
    }
    let after = inventory(stack)?;
    let mut differences: Vec<String> = Vec::new();
    for (name, container) in before {
        let now = after.get(name);
        let told = now.map_or_else(|| vec!["gone".to_owned()], |now| container.differences(now));
        differences.extend(told.iter().map(|what| format!("{name}: {what}")));
    }
    let more = after.keys().filter(|name| !before.contains_key(*name));
    differences.extend(more.map(|name| format!("{name} is left")));
    differences.extend(
        [volumes(project)?, owed(stack)?]
            .into_iter()
            .filter(|left| !left.is_empty()),
    );
    if differences.is_empty() {
        return Ok(twice);
    }
    let told = [said(&run), said(&healing), said(&healed)].join("\n");
    Err(format!("{}\n{told}", differences.join("\n")).into())
}

fn armed(mut command: Command, point: u64) -> Command {
    command.env("REJOIN_CRASH_AT", point.to_string());
    command
}

fn died(output: &Output) -> Result {
    if output.status.signal() == Some(SIGABRT) {
        return Ok(());
    }
    Err(format!("it did not crash: {}: {}", output.status, said(output)).into())
}

/// The number of points that a run that came to its end passed.
fn counted(output: &Output) -> Result<u64> {
    let text = said(output);
    if !output.status.success() {
        return Err(format!("the run did not pass:\n{text}").into());
    }
    let line = text.lines().find_map(|line| {
        let number = line
            .strip_prefix("rejoin: ")?
            .strip_suffix(" crash points passed")?;
        number.parse().ok()
    });
    line.ok_or_else(|| format!("the points are not said:\n{text}").into())
}

fn inventory(stack: &DebugStack) -> Result<Inventory> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async { Ok(stack.target().await?.hands().inventory().await?) })
}

/// Past the capture of the test runner: this takes minutes.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}
