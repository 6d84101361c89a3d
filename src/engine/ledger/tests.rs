//! What the ledger keeps, and what it says to the run after a crash.

mod file;
mod lock;

use serde_json::json;
use tempfile::TempDir;

use super::disk::LEDGER;
use super::*;
use crate::fault::{Container, Recipe, Role, RunState};
use crate::playbook::FaultKind;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn container(name: &str, state: RunState) -> Container {
    Container {
        name: ContainerName(name.to_owned()),
        service: name.to_owned(),
        role: Role::Edge,
        hostname: name.to_owned(),
        id: "f00d".to_owned(),
        image: "standin".to_owned(),
        image_id: "sha256:1".to_owned(),
        state,
        identity: [("image".to_owned(), "sha256:1".to_owned())].into(),
        labels: BTreeMap::new(),
        enrols_by_token: false,
    }
}

fn debt(name: &str) -> Debt {
    Debt {
        run: "abc123".to_owned(),
        target: "local".to_owned(),
        fault: Some(FaultKind::Remove),
        before: Some(container(name, RunState::Running)),
        recipe: Recipe {
            container: ContainerName(name.to_owned()),
            body: json!({ "Env": ["TOKEN=secret"] }),
        },
    }
}

fn up(names: &[&str]) -> Inventory {
    let container = |name: &&str| container(name, RunState::Running);
    names
        .iter()
        .map(|name| (ContainerName((*name).to_owned()), container(name)))
        .collect()
}

/// A ledger that owes edge1 and edge2, as a killed run leaves it.
fn owing() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    let mut ledger = Ledger::open(folder.path(), &up(&["edge1", "edge2"]))?;
    ledger.owe(debt("edge1"))?;
    ledger.owe(debt("edge2"))?;
    Ok(folder)
}

/// What opening says that is still to be put back.
fn left(folder: &TempDir, now: &Inventory) -> Result<Vec<String>> {
    match Ledger::open(folder.path(), now) {
        Err(LedgerError::Dirty { left, heal, .. }) => {
            assert_eq!(heal, ["put it back with `rejoin heal --target local`"]);
            Ok(left)
        }
        Err(other) => Err(other.into()),
        Ok(_) => Ok(Vec::new()),
    }
}

#[test]
fn what_was_owed_is_found_again_after_a_crash() -> Result {
    let folder = owing()?;
    let said = left(&folder, &up(&["edge2"]))?;
    let [only] = said.as_slice() else {
        panic!("{said:?}");
    };
    assert_eq!(only, "  edge1 is gone since run abc123 (remove)");
    Ok(())
}

#[test]
fn a_container_that_is_not_as_it_was_is_owed_too() -> Result {
    let folder = owing()?;
    let mut now = up(&["edge1", "edge2"]);
    let edge1 = container("edge1", RunState::Exited);
    now.insert(edge1.name.clone(), edge1);
    for container in now.values_mut().skip(1) {
        container.identity.clear();
    }
    let said = left(&folder, &now)?.join("\n");
    for words in [
        "edge1 is not what it was (was running, is exited)",
        "edge2 is not what it was",
    ] {
        assert!(said.contains(words), "{said}");
    }
    Ok(())
}

#[test]
fn an_edge_that_was_added_is_owed_as_long_as_it_is_there() -> Result {
    let folder = tempfile::tempdir()?;
    let mut ledger = Ledger::open(folder.path(), &up(&["edge1"]))?;
    ledger.owe(Debt {
        fault: None,
        before: None,
        ..debt("rejoin-abc123-more-1")
    })?;
    drop(ledger);
    let said = left(&folder, &up(&["edge1", "rejoin-abc123-more-1"]))?;
    assert_eq!(said, ["  rejoin-abc123-more-1 was added by run abc123"]);
    assert_eq!(left(&folder, &up(&["edge1"]))?, [""; 0]);
    Ok(())
}

#[test]
fn a_ledger_whose_debts_are_all_mended_is_merely_stale() -> Result {
    let folder = owing()?;
    let now = up(&["edge1", "edge2"]);
    assert_eq!(left(&folder, &now)?, [""; 0]);
    assert!(
        !folder.path().join(LEDGER).exists(),
        "the stale ledger is gone"
    );
    Ok(())
}

#[test]
fn what_was_healed_is_owed_no_more() -> Result {
    let folder = tempfile::tempdir()?;
    let now = up(&["edge1", "edge2"]);
    let mut ledger = Ledger::open(folder.path(), &now)?;
    for name in ["edge1", "edge2"] {
        ledger.owe(debt(name))?;
    }
    ledger.healed(&ContainerName("edge1".to_owned()))?;
    assert!(ledger.debt(&ContainerName("edge1".to_owned())).is_none());
    drop(ledger);
    let said = left(&folder, &Inventory::new())?;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("edge2"), "{said:?}");
    Ok(())
}

#[test]
fn the_first_debt_of_a_container_stands() -> Result {
    let mut ledger = Ledger::in_memory();
    ledger.owe(debt("edge1"))?;
    let mut second = debt("edge1");
    second.before = Some(container("edge1", RunState::Exited));
    ledger.owe(second)?;
    let kept = ledger.debt(&ContainerName("edge1".to_owned()));
    let before = kept.and_then(|debt| debt.before.as_ref());
    assert_eq!(before.map(|before| before.state), Some(RunState::Running));
    Ok(())
}

#[test]
fn a_debt_on_a_container_that_compose_made_anew_is_void() {
    let debt = debt("edge1");
    let now = |image: &str, state| {
        let mut container = container("edge1", state);
        container.image_id = image.to_owned();
        Inventory::from([(container.name.clone(), container)])
    };
    assert!(debt.is_void(&now("sha256:2", RunState::Running)));
    assert!(!debt.is_void(&now("sha256:1", RunState::Running)));
    assert!(!debt.is_void(&now("sha256:2", RunState::Exited)));
    assert!(!debt.is_void(&Inventory::new()));
}
