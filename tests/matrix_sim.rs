//! The table of the README on `sim`: every cell with its exit code and the steps that fail, so that the
//! README cannot lie; and that a failure is told as a person needs it.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/table.rs"]
mod table;

use std::fs;

use cli::Place;
use table::Cell;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs a playbook against a variant; the exit code, the report, the steps that failed.
fn run(playbook: &str, variant: &str) -> Result<(i32, String, Vec<String>)> {
    let place = Place::new()?;
    let file = format!("playbooks/{playbook}.yaml");
    let output = place
        .rejoin(&["run", &file, "--variant", variant])
        .output()?;
    let journal = table::newest_journal(&place.path().join("runs"), playbook)?;
    let code = output.status.code().ok_or("ended by a signal")?;
    let report = String::from_utf8(output.stdout)?;
    Ok((code, report, table::failed_steps(&journal)?))
}

/// The line of the playbook on which the verb of the step with this id stands.
fn line_of(playbook: &str, step: &str) -> Result<usize> {
    let text = fs::read_to_string(format!("{}/playbooks/{playbook}.yaml", cli::ROOT))?;
    let mut lines = text.lines().zip(1..);
    let id = format!("- id: {step}");
    lines
        .find(|(line, _)| line.trim() == id)
        .ok_or_else(|| format!("{playbook} has no step {step}"))?;
    let verb = lines.next().ok_or("a step ends after its id")?;
    Ok(verb.1)
}

#[test]
fn sim_gives_the_verdicts_of_the_readme() -> Result {
    let mut wrong = Vec::new();
    for cell in table::read()? {
        if let Err(error) = compare(&cell) {
            wrong.push(format!("{} on {}: {error}", cell.playbook, cell.variant));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
    Ok(())
}

fn compare(cell: &Cell) -> Result {
    let (code, report, failed) = run(&cell.playbook, &cell.variant)?;
    let expected = i32::from(!cell.fails.is_empty());
    if (code, &failed) != (expected, &cell.fails) {
        return Err(format!("exit {code}, fails {failed:?}:\n{report}").into());
    }
    // The verdict is about this cell: this playbook, this variant, the first of these steps.
    let first = match cell.fails.first() {
        None => "\nPASS  ".to_owned(),
        Some(step) => {
            let line = line_of(&cell.playbook, step)?;
            format!("\nFAIL  {}.yaml:{line} ", cell.playbook)
        }
    };
    let variant = format!(", variant {}, ", cell.variant);
    for words in [&first, &variant] {
        if !report.contains(words.as_str()) {
            return Err(format!("the report does not say «{}»:\n{report}", words.trim()).into());
        }
    }
    Ok(())
}

#[test]
fn the_table_holds_every_playbook_and_variant() -> Result {
    let cells = table::read()?;
    for entry in fs::read_dir(format!("{}/playbooks", cli::ROOT))? {
        let name = entry?.file_name().to_string_lossy().replace(".yaml", "");
        let mine = cells.iter().filter(|cell| cell.playbook == name);
        let variants: Vec<&str> = mine.map(|cell| cell.variant.as_str()).collect();
        let all = [
            "issue-395",
            "issue-395-per-job",
            "fix-a",
            "fix-b",
            "reconcile",
        ];
        assert_eq!(variants, all, "{name} in the README's table");
    }
    Ok(())
}

#[test]
fn a_failure_says_where_what_instead_since_when_and_that_nothing_was_sent_again() -> Result {
    let (_, report, _) = run("stuck-pending", "issue-395")?;
    let (_, verdict) = report.split_once("\nFAIL  ").ok_or("no FAIL")?;
    let (verdict, _) = verdict.split_once("  also").ok_or("nothing follows")?;
    let verdict = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = format!(
        "stuck-pending.yaml:{} ",
        line_of("stuck-pending", "late-runs")?
    );
    for words in [
        place.as_str(),
        "expected executions of late on all: running within 2m05s",
        "step late-runs",
        "observed pending on edge1 (desired running), pending on edge2 (desired running)",
        "at the latest: for at least 2m",
        "evidence evaluation ",
        " (node-join) of late was complete at ",
        " without a new dispatch",
        "by readings ",
    ] {
        assert!(verdict.contains(words), "«{words}» is not said:\n{verdict}");
    }
    Ok(())
}
