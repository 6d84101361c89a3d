//! `rejoin compare` on `sim`: what it prints, what it holds against a file of expectations, how it ends.

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cli::Place;
use rejoin::journal::file;
use rejoin::target::sim;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const STUCK: &str = "playbooks/stuck-pending.yaml";
const CONTROL: &str = "playbooks/all-connected.yaml";

/// Compares in a place; the exit code, stdout and stderr.
fn compare(place: &Place, args: &[&str]) -> Result<(i32, String, String)> {
    let output = place.rejoin(&[&["compare"], args].concat()).output()?;
    let code = output.status.code().ok_or("ended by a signal")?;
    let said = String::from_utf8(output.stderr)?;
    Ok((code, String::from_utf8(output.stdout)?, said))
}

#[test]
fn a_comparison_shows_and_does_not_judge() -> Result {
    let place = Place::new()?;
    let args = [CONTROL, STUCK, "--variants", "issue-395,fix-b"];
    let (code, page, said) = compare(&place, &args)?;
    assert_eq!(code, 0, "{page}\n{said}");
    assert_eq!(
        page,
        "  playbook       issue-395  fix-b
  all-connected  pass       pass
  stuck-pending  FAIL       pass

  playbook       ends  at         subjects
  stuck-pending  FAIL  late-runs  issue-395
"
    );
    // One line for each cell, in the order of the table, whichever was ready first.
    let said: Vec<&str> = said
        .lines()
        .map(|line| &line[..line.find("  runs/").unwrap_or(line.len())])
        .collect();
    assert_eq!(
        said,
        [
            "   1/4  all-connected on issue-395: pass",
            "   2/4  all-connected on fix-b: pass",
            "   3/4  stuck-pending on issue-395: fail: late-runs",
            "   4/4  stuck-pending on fix-b: pass",
        ]
    );
    Ok(())
}

#[test]
fn what_is_now_can_be_expected_from_now_on() -> Result {
    let place = Place::new()?;
    let both = [CONTROL, STUCK, "--variants", "issue-395,fix-b"];
    let (code, written, _) = compare(&place, &[&both[..], &["--format", "toml"]].concat())?;
    assert_eq!(code, 0, "{written}");
    let file = place.path().join("expected.toml");
    fs::write(&file, &written)?;
    let expected = [&both[..], &["--expected", "expected.toml"]].concat();
    let (code, page, _) = compare(&place, &expected)?;
    assert_eq!(code, 0, "{page}");
    assert!(
        page.ends_with("all 4 cells are as expected.toml says\n"),
        "{page}"
    );
    // Fewer cells than the file has are no disagreement.
    let (code, page, _) = compare(
        &place,
        &[STUCK, "--variants", "fix-b", "--expected", "expected.toml"],
    )?;
    assert_eq!(code, 0, "{page}");
    Ok(())
}

#[test]
fn every_cell_that_is_not_as_expected_is_named() -> Result {
    let place = Place::new()?;
    let written = "[stuck-pending]
issue-395 = \"fail: late-is-running\"
fix-a = \"pass\"
fix-b = \"pass\"
";
    fs::write(place.path().join("expected.toml"), written)?;
    let variants = "issue-395,fix-a,fix-b,reconcile";
    let args = [
        CONTROL,
        STUCK,
        "--variants",
        variants,
        "--expected",
        "expected.toml",
    ];
    let (code, page, _) = compare(&place, &args)?;
    assert_eq!(code, 1, "{page}");
    let (_, wrong) = page
        .split_once("7 of 8 cells are not as expected.toml says:\n")
        .ok_or(page.clone())?;
    let rows: Vec<Vec<&str>> = wrong
        .lines()
        .skip(1)
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(
        rows,
        [
            ["all-connected", "issue-395", "nothing", "pass"],
            ["all-connected", "fix-a", "nothing", "pass"],
            ["all-connected", "fix-b", "nothing", "pass"],
            ["all-connected", "reconcile", "nothing", "pass"],
            [
                "stuck-pending",
                "issue-395",
                "fail: late-is-running",
                "fail: late-runs"
            ],
            ["stuck-pending", "fix-a", "pass", "fail: late-runs"],
            ["stuck-pending", "reconcile", "nothing", "pass"],
        ]
    );
    Ok(())
}

#[test]
fn a_document_gets_every_variant_and_every_cell_whole() -> Result {
    let place = Place::new()?;
    let args = [CONTROL, "--variants", "all,mutants", "--format", "markdown"];
    let (code, page, said) = compare(&place, &args)?;
    assert_eq!(code, 0, "{page}\n{said}");
    let names: Vec<&str> = sim::variants().iter().map(|variant| variant.name).collect();
    assert!(
        page.starts_with(&format!("| playbook | {} |\n|---|", names.join(" | "))),
        "{page}"
    );
    assert!(
        page.lines().count() == 3 && page.contains("| all-connected | pass | "),
        "{page}"
    );
    Ok(())
}

#[test]
fn a_cell_is_the_run_that_it_stands_for() -> Result {
    let place = Place::new()?;
    let (code, page, said) = compare(&place, &[STUCK, "--variants", "all", "--out", "cells"])?;
    assert_eq!(code, 0, "{page}\n{said}");
    place
        .rejoin(&["run", STUCK, "--variant", "fix-a", "--out", "alone"])
        .output()?;
    let journal = |out: &str, mark: &str| -> Result<PathBuf> {
        let mut runs = fs::read_dir(place.path().join(out))?.flatten();
        let run = runs.find(|entry| entry.file_name().to_string_lossy().contains(mark));
        Ok(run.ok_or("no run")?.path().join(file::NAME))
    };
    let (cell, run) = (
        journal("cells", "-stuck-pending-fix-a-")?,
        journal("alone", "")?,
    );
    assert!(fs::read(cell)? == fs::read(run)?, "the journals differ");
    Ok(())
}

#[test]
fn what_refuses_the_first_run_refuses_the_comparison() -> Result {
    let place = Place::new()?;
    fs::write(
        place.path().join("rejoin.toml"),
        "[targets.sim]\nedges = 1\n",
    )?;
    let (code, page, said) = compare(&place, &[STUCK, "--variants", "fix-a,fix-b"])?;
    assert_eq!((code, page.as_str()), (3, ""), "{said}");
    // One that comes later is a cell that was not decided.
    let (code, page, said) = compare(&place, &[CONTROL, STUCK, "--variants", "fix-b"])?;
    assert_eq!(code, 4, "{page}\n{said}");
    assert!(page.contains("stuck-pending  not run"), "{page}");
    Ok(())
}

#[test]
fn an_interrupt_ends_what_runs_and_begins_nothing_more() -> Result {
    let place = Place::new()?;
    let mut child = place
        .rejoin(&["compare", "playbooks", "--variants", "all,mutants"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut progress = BufReader::new(child.stderr.take().ok_or("no stderr")?);
    let mut line = String::new();
    progress.read_line(&mut line)?;
    Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()?;
    let mut rest = String::new();
    progress.read_to_string(&mut rest)?;
    let output = child.wait_with_output()?;
    let page = String::from_utf8(output.stdout)?;
    assert_eq!(output.status.code(), Some(130), "{page}\n{line}{rest}");
    assert!(page.contains("not run"), "{page}");
    Ok(())
}
