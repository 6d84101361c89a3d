//! The file: its version, its lines, and what a crash makes of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::super::disk::{LEDGER, LOCK, VERSION};
use super::*;

#[test]
fn a_ledger_that_owes_nothing_leaves_no_file() -> Result {
    let folder = tempfile::tempdir()?;
    let mut ledger = Ledger::open(folder.path(), &up(&["edge1"]))?;
    ledger.owe(debt("edge1"))?;
    ledger.healed(&ContainerName("edge1".to_owned()))?;
    ledger.close()?;
    assert!(!folder.path().join(LEDGER).exists());
    Ok(())
}

#[test]
fn a_half_written_last_line_is_no_obstacle() -> Result {
    let folder = owing()?;
    let path = folder.path().join(LEDGER);
    let text = fs::read_to_string(&path)?;
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let [head, first, last] = ends.as_slice() else {
        panic!("a head and two debts: {text}");
    };
    // Cut inside the head, right behind it, inside the first debt, right behind it, inside the second.
    let cuts = [
        (0, 0),
        (1, 0),
        (*head, 0),
        (head + 1, 0),
        (head + 2, 0),
        (*first, 0),
        (first + 1, 1),
        (first + 2, 1),
        (*last, 1),
    ];
    for (cut, owed) in cuts {
        fs::write(&path, text.get(..cut).ok_or("shorter than that")?)?;
        let said = left(&folder, &Inventory::new())?;
        assert_eq!(said.len(), owed, "cut at {cut}: {said:?}");
    }
    let inside_a_character = [text.as_bytes(), b"{\"healed\":\"\xc3"].concat();
    fs::write(&path, inside_a_character)?;
    assert_eq!(left(&folder, &Inventory::new())?.len(), 2);
    Ok(())
}

#[test]
fn a_broken_line_in_the_middle_is_never_passed_over() -> Result {
    let folder = owing()?;
    let path = folder.path().join(LEDGER);
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replacen("{\"owed\"", "\"owed\"", 1))?;
    let error = Ledger::open(folder.path(), &Inventory::new()).err();
    assert!(
        matches!(error, Some(LedgerError::Line { line: 2, .. })),
        "{error:?}"
    );
    // Who makes everything anew need not understand it.
    Ledger::claim(folder.path())?.forgive()?;
    assert!(!path.exists());
    Ok(())
}

#[test]
fn the_first_line_says_the_version_and_another_one_is_refused() -> Result {
    let folder = owing()?;
    let path = folder.path().join(LEDGER);
    let text = fs::read_to_string(&path)?;
    let head = format!("{{\"ledger\":{VERSION}}}\n");
    let debts = text.strip_prefix(&head).ok_or("no head")?;
    // As it was written before there was a version.
    fs::write(&path, debts)?;
    assert_eq!(left(&folder, &Inventory::new())?.len(), 2);
    fs::write(&path, format!("{{\"ledger\":7,\"more\":true}}\n{debts}"))?;
    let error = Ledger::resume(folder.path()).err();
    let said = error.map(|error| error.to_string()).unwrap_or_default();
    for words in ["version 7", "knows version 1", "rejoin up", LEDGER] {
        assert!(said.contains(words), "«{words}» is not said: {said}");
    }
    assert!(path.exists(), "a refusal changes nothing");
    // A head is only a head where it stands first.
    fs::write(&path, format!("{debts}{head}"))?;
    let error = Ledger::resume(folder.path()).err();
    assert!(
        matches!(error, Some(LedgerError::Line { line: 3, .. })),
        "{error:?}"
    );
    Ok(())
}

#[test]
fn what_is_written_behind_a_half_written_line_takes_its_place() -> Result {
    let folder = owing()?;
    let path = folder.path().join(LEDGER);
    let mut text = fs::read(&path)?;
    text.extend(b"{\"healed\":\"ed");
    fs::write(&path, text)?;
    for name in ["edge1", "edge2"] {
        let mut ledger = Ledger::resume(folder.path())?;
        ledger.healed(&ContainerName(name.to_owned()))?;
    }
    let ledger = Ledger::resume(folder.path())?;
    assert_eq!(ledger.owed().count(), 0);
    assert_eq!(
        fs::read_to_string(&path)?.lines().count(),
        5,
        "a head, two debts, two ends"
    );
    // All of it is healed, and only the end of the file is still to come.
    ledger.close()?;
    assert!(!path.exists());
    Ok(())
}

#[test]
fn only_its_user_can_read_what_it_holds() -> Result {
    let folder = tempfile::tempdir()?;
    let inside = folder.path().join("engine-project");
    let mut ledger = Ledger::open(&inside, &up(&["edge1"]))?;
    ledger.owe(debt("edge1"))?;
    let mode = |path: &Path| fs::metadata(path).map(|data| data.permissions().mode() & 0o777);
    assert_eq!(mode(&inside)?, 0o700);
    assert_eq!(mode(&inside.join(LEDGER))?, 0o600);
    assert_eq!(mode(&inside.join(LOCK))?, 0o600);
    Ok(())
}

#[test]
fn what_cannot_be_written_is_not_owed() -> Result {
    let folder = tempfile::tempdir()?;
    let mut ledger = Ledger::open(folder.path(), &up(&["edge1"]))?;
    fs::create_dir(folder.path().join(LEDGER))?;
    let error = ledger
        .owe(debt("edge1"))
        .err()
        .map(|error| error.to_string());
    let error = error.unwrap_or_default();
    assert!(
        error.contains("injects nothing that it could not write down first"),
        "{error}"
    );
    assert_eq!(ledger.owed().count(), 0);
    Ok(())
}
