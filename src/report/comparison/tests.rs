//! What changed between two subjects, and what the pages say of it.

use std::collections::BTreeSet;

use super::{Cell, Change, Comparison, Row, change, formats, subjects, variants};
use crate::report::Style;

/// A run that ended like this; the words after the first are what failed.
fn cell(ending: &str, held: &[&str]) -> Cell {
    let failed = ending.strip_prefix("fail: ");
    let set = |words: &[&str]| -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    };
    Cell {
        ending: ending.parse().expect("an ending"),
        ran: true,
        note: failed.map_or(String::new(), |by| format!("{by} was not seen")),
        held: set(held),
        failed: failed.map(str::to_owned).into_iter().collect(),
    }
}

fn also(mut cell: Cell, failed: &str) -> Cell {
    cell.failed.insert(failed.to_owned());
    cell
}

#[test]
fn a_change_is_judged_by_the_outcome_and_by_what_held_before() {
    let pass = || cell("pass", &["a", "b"]);
    let fail_a = || also(cell("fail: a", &[]), "b");
    let unknown = || cell("unknown: run", &["a"]);
    let cases = [
        (pass(), pass(), Change::Same),
        (fail_a(), fail_a(), Change::Same),
        (fail_a(), pass(), Change::Fixed),
        (pass(), fail_a(), Change::Regression),
        (pass(), cell("fail: run", &[]), Change::Regression), // though it is nothing that held
        (unknown(), fail_a(), Change::Regression),
        (pass(), also(unknown(), "b"), Change::Regression),
        (fail_a(), cell("fail: b", &["a"]), Change::Elsewhere),
        (cell("fail: b", &["a"]), fail_a(), Change::Regression),
        // It ends at the same place, but what held before fails now too.
        (cell("fail: a", &["b"]), fail_a(), Change::Regression),
        // Without anything lost, an unknown on either side decides nothing.
        (pass(), unknown(), Change::Undecided),
        (unknown(), cell("fail: c", &[]), Change::Undecided),
        (unknown(), unknown(), Change::Undecided),
        (fail_a(), unknown(), Change::Undecided),
        (unknown(), pass(), Change::Undecided),
        (pass(), Cell::not_run("no image"), Change::Undecided),
        (Cell::not_run("no image"), fail_a(), Change::Undecided),
    ];
    for (before, after, expected) in cases {
        let found = change(&before, &after);
        assert_eq!(found, expected, "{} -> {}", before.ending, after.ending);
    }
}

fn comparison(subjects: &[&str], rows: &[(&str, &[&str])]) -> Comparison {
    let row = |(playbook, endings): &(&str, &[&str])| Row {
        playbook: (*playbook).to_owned(),
        cells: endings.iter().map(|ending| cell(ending, &[])).collect(),
    };
    Comparison {
        subjects: subjects.iter().map(|name| (*name).to_owned()).collect(),
        rows: rows.iter().map(row).collect(),
    }
}

fn five() -> Comparison {
    let names = [
        "issue-395",
        "issue-395-per-job",
        "fix-a",
        "fix-b",
        "reconcile",
    ];
    let late = "fail: late-runs";
    comparison(
        &names,
        &[
            ("all-connected", &["pass"; 5]),
            (
                "reconnect-after-partition",
                &["pass", "pass", "pass", "unknown: run", "pass"],
            ),
            ("stuck-pending", &[late, late, late, "pass", "pass"]),
        ],
    )
}

#[test]
fn five_variants_stand_side_by_side_and_what_decided_below_them() {
    assert_eq!(
        variants::render(&five(), &[], Style::PLAIN),
        "  playbook                   issue-395  issue-395-  fix-a  fix-b    reconcile
                                        per-job
  all-connected              pass       pass        pass   pass     pass
  reconnect-after-partition  pass       pass        pass   unknown  pass
  stuck-pending              FAIL       FAIL        FAIL   pass     pass

  playbook                   ends     at         subjects
  reconnect-after-partition  unknown  run        fix-b
  stuck-pending              FAIL     late-runs  issue-395, issue-395-per-job,
                                                 fix-a"
    );
}

#[test]
fn more_subjects_than_the_page_is_wide_stand_in_several_tables() {
    let names: Vec<String> = (0..30)
        .map(|number| format!("variant-{number:02}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let page = variants::render(
        &comparison(&names, &[("playbook-1", &["pass"; 30])]),
        &[],
        Style::PLAIN,
    );
    assert!(
        page.lines().all(|line| line.chars().count() <= 80),
        "{page}"
    );
    assert_eq!(page.matches("pass").count(), 30, "{page}");
    assert!(
        page.lines()
            .filter(|line| line.contains("playbook-1"))
            .count()
            > 2
    );
}

#[test]
fn a_mutant_is_caught_only_by_what_the_sound_subject_passes() {
    let names = ["reconcile", "never-lost", "deaf-stop"];
    let table = comparison(
        &names,
        &[
            ("node-lost", &["pass", "fail: fails", "pass"]),
            ("broken", &["fail: x", "fail: x", "fail: x"]),
        ],
    );
    let mutants = ["never-lost", "deaf-stop"].map(str::to_owned);
    let page = variants::render(&table, &mutants, Style::PLAIN);
    let list: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.contains("fails at"))
        .collect();
    assert_eq!(
        list,
        [
            "  mutant      fails at    in",
            "  never-lost  fails       node-lost",
            "  deaf-stop   NOT CAUGHT",
        ]
    );
}

#[test]
fn whether_a_playbook_is_sound_asks_only_what_mutants_are_made_of() {
    let caught = |others: [&str; 2], endings: [&str; 3]| {
        let names = [others[0], others[1], "never-lost"];
        let table = comparison(&names, &[("node-lost", &endings)]);
        let page = variants::render(&table, &["never-lost".to_owned()], Style::PLAIN);
        !page.contains("NOT CAUGHT")
    };
    let red = "fail: fails";
    assert!(caught(["issue-395", "reconcile"], [red, "pass", red]));
    assert!(!caught(["issue-395", "reconcile"], ["pass", red, red]));
    assert!(!caught(
        ["issue-395", "reconcile"],
        ["pass", "unknown: run", red]
    ));
    // Without it, all that are no mutants have to pass.
    assert!(!caught(["issue-395", "fix-b"], [red, "pass", red]));
    assert!(caught(["issue-395", "fix-b"], ["pass", "pass", red]));
}

#[test]
fn builds_are_shown_with_what_changed_and_why() {
    let mut table = comparison(
        &["before", "after"],
        &[
            ("all-connected", &["pass", "fail: steady-runs"]),
            ("stuck-pending", &["fail: late-runs", "pass"]),
        ],
    );
    table.rows[0].cells[0].held.insert("steady-runs".to_owned());
    assert_eq!(
        subjects::render(&table, Style::PLAIN),
        "  playbook       before           after              change
  all-connected  pass             fail: steady-runs  REGRESSION
  stuck-pending  fail: late-runs  pass               fixed

REGRESSION all-connected: steady-runs held before; after: steady-runs was
    not seen

before -> after: 1 worse, 0 undecided, 0 failing elsewhere, 1 fixed, 0 the same"
    );
}

#[test]
fn documents_and_files_get_every_cell_whole() {
    let table = comparison(
        &["issue-395", "v 2"],
        &[("stuck-pending", &["fail: late-runs", "pass"])],
    );
    assert_eq!(
        formats::markdown(&table),
        "| playbook | issue-395 | v 2 |\n|---|---|---|\n| stuck-pending | fail: late-runs | pass |"
    );
    assert_eq!(
        formats::toml(&table),
        "[stuck-pending]\nissue-395 = \"fail: late-runs\"\n\"v 2\" = \"pass\""
    );
}
