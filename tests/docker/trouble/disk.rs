//! A disk that is full in the middle of a run, under the journal and under the ledger.

use std::os::unix::fs::symlink;
use std::process::{Child, Command};

use super::super::Result;
use super::super::engine::engine_test;
use super::super::shots::owed;
use super::super::stack::DebugStack;
use super::super::undo::docker;
use super::{OPEN, over, run};
use rejoin::journal::Event;
use rejoin::report::{Style, table};

/// From now on no file of this process grows.
fn fill_up(run: &Child) -> Result {
    let id = run.id().to_string();
    let status = Command::new("prlimit")
        .args(["--pid", &id, "--fsize=1:1"])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err("prlimit failed".into())
    }
}

#[test]
fn a_full_disk_under_the_journal_ends_the_run_healed_and_unknown() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-full", "reconcile")?;
        let full = over(&stack, run(&stack, OPEN)?, &[("wait 5", &fill_up)])?;
        full.unknown(&[
            "the journal cannot be written any more",
            "journal.jsonl",
            "--out",
        ])?;
        full.healed(&stack)?;
        // What was written before can be read: the faults are in it, the end is not.
        let entries = full.entries()?;
        let injected = |event: &Event| matches!(event, Event::Injected { .. });
        let faults = entries
            .iter()
            .filter(|entry| injected(&entry.event))
            .count();
        let ended = entries.iter().any(|entry| entry.event == Event::End);
        let report = table::render(&entries, Style::PLAIN);
        if faults == 2 && !ended && report.contains("the journal has no end") {
            Ok(())
        } else {
            Err(format!("{faults} faults, ended: {ended}:\n{report}").into())
        }
    });
}

#[test]
fn a_full_disk_under_the_ledger_keeps_every_fault_from_happening() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-full", "reconcile")?;
        let edges = [stack.container("edge1"), stack.container("edge2")];
        let look = || {
            let format = "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}";
            docker(&["inspect", "--format", format, &edges[0], &edges[1]])
        };
        let before = look()?;
        // The file is made with the first debt: a run that has not written any finds the disk full.
        let fill_up = |_: &Child| -> Result {
            let mut folders = std::fs::read_dir(stack.state().join("rejoin"))?;
            let folder = folders.next().ok_or("no state")??.path();
            Ok(symlink("/dev/full", folder.join("ledger.jsonl"))?)
        };
        let full = over(&stack, run(&stack, OPEN)?, &[("wait 2", &fill_up)])?;
        full.unknown(&["ledger.jsonl", "No space left on device", "injects nothing"])?;
        full.looked_at_twice()?;
        if look()? != before || !owed(&stack)?.is_empty() {
            return Err(format!("something was touched:\n{}", full.said).into());
        }
        Ok(())
    });
}
