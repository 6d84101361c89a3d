//! What the pages say of playbooks and variants, from the table of expected verdicts, which the tests of
//! the matrix hold against what happens.

use std::fmt::Write as _;

use rejoin::report::ending::Ending;
use rejoin::verdict::Outcome;

use super::table::{self, Table};

/// How a mutant without its mutation behaves.
const SOUND: &str = "reconcile";

fn expected() -> Table {
    table::read().expect("the table of expected verdicts")
}

/// One row for each playbook, one column for each variant that is no mutant.
pub(crate) fn verdicts() -> String {
    let variants = table::variants(false);
    let mut text = format!("| playbook | {} |\n|---|", variants.join(" | "));
    text.push_str(&"---|".repeat(variants.len()));
    for (playbook, row) in expected() {
        let cells = variants
            .iter()
            .map(|variant| row.get(*variant).map_or("?".to_owned(), Ending::to_string));
        let cells: Vec<String> = cells.collect();
        let _ = write!(
            text,
            "\n| [{playbook}](../playbooks/{playbook}.yaml) | {} |",
            cells.join(" | ")
        );
    }
    text
}

/// One row for each mutant: the playbooks that catch it, and where.
pub(crate) fn caught() -> String {
    let expected = expected();
    let mut text = "| mutant | caught by |\n|---|---|".to_owned();
    for mutant in table::variants(true) {
        let caught = expected.iter().filter_map(|(playbook, row)| {
            let (sound, ending) = (row.get(SOUND)?, row.get(mutant)?);
            let by = ending.by.as_deref()?;
            let here = (sound.outcome, ending.outcome) == (Outcome::Pass, Outcome::Fail);
            here.then(|| format!("`{playbook}` at `{by}`"))
        });
        let caught: Vec<String> = caught.collect();
        let shown = 3.min(caught.len());
        let more = match caught.len() - shown {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let _ = write!(
            text,
            "\n| `{mutant}` | {}{more} |",
            caught[..shown].join(", ")
        );
    }
    text
}
