//! What the commands print, read as a person reads it; and how a test says what it saw instead.

use super::Result;

/// An error that names the claim and shows what there was instead.
pub(crate) fn check(holds: bool, claim: &str, shown: impl FnOnce() -> String) -> Result {
    if holds {
        Ok(())
    } else {
        Err(format!("{claim}: no; there was:\n{}", shown()).into())
    }
}

/// Whether a line has all words of a pattern, brackets aside.
pub(crate) fn has_words(line: &str, pattern: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut wanted = pattern
        .split_whitespace()
        .map(|word| word.trim_matches(['(', ')']));
    wanted.all(|word| words.contains(&word))
}

/// A list of nodes that shows both as connected.
pub(crate) fn connected(table: &str) -> Result {
    for node in ["edge1-debug", "edge2-debug"] {
        let pattern = format!("{node} connected");
        let found = table.lines().any(|line| has_words(line, &pattern));
        check(found, &pattern, || table.to_owned())?;
    }
    Ok(())
}

/// A list that shows two executions of a job, on two nodes, wanted running and in this state.
pub(crate) fn executions(table: &str, job: &str, state: &str) -> Result {
    for node in ["edge1-debug", "edge2-debug"] {
        let wanted = [job, node, "running", state];
        let rows: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().skip(1).collect())
            .filter(|row: &Vec<&str>| row.starts_with(&[job, node]))
            .collect();
        check(rows == [wanted], &format!("{wanted:?}"), || {
            table.to_owned()
        })?;
    }
    Ok(())
}

/// A list that shows a job in one of these states.
pub(crate) fn job(table: &str, name: &str, states: &[&str]) -> Result {
    let found = states.iter().any(|state| {
        let pattern = format!("{name} {state}");
        table.lines().any(|line| has_words(line, &pattern))
    });
    check(found, &format!("{name} {states:?}"), || table.to_owned())
}
