//! The program on a terminal, where colours and widths are other than in a pipe.

#![cfg(target_os = "linux")] // `script` takes other arguments elsewhere

use std::process::{Command, Stdio};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the program on a terminal of its own; both streams together, and the exit code.
fn on_a_terminal(args: &str) -> Result<(String, Option<i32>)> {
    let command = format!("{} {args}", env!("CARGO_BIN_EXE_rejoin"));
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
