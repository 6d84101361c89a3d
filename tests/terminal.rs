//! The program on a terminal, where colours and widths are other than in a pipe.

#![cfg(target_os = "linux")] // `script` takes other arguments elsewhere

use std::process::{Command, Stdio};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the program on a terminal of its own; both streams together, and the exit code.
fn on_a_terminal(args: &str) -> Result<(String, Option<i32>)> {
    on_a_terminal_of(args, 0)
}

/// The same on one that is so many columns wide; 0: it does not say.
fn on_a_terminal_of(args: &str, columns: usize) -> Result<(String, Option<i32>)> {
    let program = env!("CARGO_BIN_EXE_rejoin");
    let command = format!("stty cols {columns} rows 30; {program} {args}");
    let output = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("script (util-linux) is needed: {error}"))?;
    Ok((String::from_utf8(output.stdout)?, output.status.code()))
}

#[test]
fn a_verb_says_on_a_terminal_what_it_says_in_a_pipe() -> Result {
    let (said, code) = on_a_terminal("check playbooks/all-connected.yaml")?;
    assert_eq!(code, Some(0), "{said}");
    let line = "playbooks/all-connected.yaml: ok, 4 steps, 1 jobs, 5 invariants\r\n";
    assert_eq!(said, line);
    Ok(())
}

#[test]
fn a_verdict_is_coloured_on_a_terminal_only() -> Result {
    let out = tempfile::tempdir()?;
    let args = format!(
        "run playbooks/all-connected.yaml --out {}",
        out.path().display()
    );
    let (said, code) = on_a_terminal(&args)?;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("\u{1b}[1m\u{1b}[32mPASS"), "{said}");
    let piped = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(args.split(' '))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    assert!(!String::from_utf8(piped.stdout)?.contains('\u{1b}'));
    Ok(())
}

#[test]
fn watching_draws_one_page_over_the_other() -> Result {
    let (said, code) = on_a_terminal("watch --for 31s")?;
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.starts_with("\u{1b}[Hsim: 2 nodes (2 connected), no jobs"),
        "{said}"
    );
    let pages = said.matches("\u{1b}[H").count();
    assert!(
        pages > 5 && said.ends_with("\u{1b}[J"),
        "{pages} pages: {said}"
    );
    Ok(())
}

#[test]
fn a_run_on_a_terminal_shows_where_it_is_and_leaves_its_lines_whole() -> Result {
    let out = tempfile::tempdir()?;
    let run = format!(
        "run playbooks/stuck-pending.yaml --out {}",
        out.path().display()
    );
    let (said, code) = on_a_terminal_of(&run, 100)?;
    assert_eq!(code, Some(1), "{said}");
    // The block below: the step with what is left of its time, nodes and executions.
    assert!(
        said.contains("14/15 expect executions of late on all: running  "),
        "{said}"
    );
    assert!(said.contains("s left"), "{said}");
    assert!(
        said.contains("nodes: edge1 connected, edge2 connected"),
        "{said}"
    );
    assert!(
        said.contains("late: edge1 pending, edge2 pending"),
        "{said}"
    );
    // The events above: a line each, whole.
    let event = "    +75ms   4/15 the edges die unnoticed: remove edge1, edge2\r\n";
    assert!(said.contains(event), "{said}");
    // Nothing of the block stands before the report.
    let (before, _) = said
        .split_once("stuck-pending: Work deployed")
        .ok_or("no report")?;
    assert!(
        before.trim_end().ends_with(|c: char| c.is_ascii_hexdigit()),
        "{before}"
    );
    Ok(())
}
