//! The lock: who holds a target, and who left it.

use std::fs;

use super::super::disk::LOCK;
use super::super::owner::Owner;
use super::*;

#[test]
fn one_run_at_a_time_holds_a_target() -> Result {
    let folder = tempfile::tempdir()?;
    let now = up(&["edge1"]);
    let held = Ledger::open(folder.path(), &now)?;
    match Ledger::open(folder.path(), &now) {
        Err(LedgerError::Locked { holder, .. }) => {
            let us = format!("(process {}, `", std::process::id());
            assert!(
                holder.contains(&us) && holder.contains(", since 20"),
                "{holder}"
            );
        }
        other => panic!("{other:?}"),
    }
    drop(held);
    let lock = folder.path().join(LOCK);
    assert_eq!(fs::read_to_string(&lock)?, "", "it was given back");
    assert_eq!(Ledger::open(folder.path(), &now)?.took_over(), None);
    Ok(())
}

#[test]
fn a_lock_that_a_dead_process_left_is_taken_over_and_said() -> Result {
    let folder = owing()?;
    let lock = folder.path().join(LOCK);
    let mut owner = Owner::this_process();
    owner.command = "rejoin run a.yaml".to_owned();
    owner.pid = 4711;
    let leave = || fs::write(&lock, serde_json::to_vec(&owner)?).map_err(Box::from);
    let words = format!("{owner}; that process is no more");
    for open in [Ledger::claim, Ledger::resume] {
        let done: Result = leave();
        done?;
        let said = open(folder.path())?.took_over();
        let expected = format!("took over the lock of this target, left by {words}");
        assert_eq!(said.as_ref(), Some(&expected));
        assert_eq!(
            open(folder.path())?.took_over(),
            None,
            "that one gave it back"
        );
    }
    let done: Result = leave();
    done?;
    match Ledger::open(folder.path(), &Inventory::new()) {
        Err(LedgerError::Dirty { by, .. }) => assert_eq!(by.as_ref(), Some(&words)),
        other => panic!("{other:?}"),
    }
    Ok(())
}
