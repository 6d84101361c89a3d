//! Signals sent to a run in progress, each once its progress shows certain words.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use super::Result;
use super::stack::DebugStack;

/// Signals, each sent once the progress shows a line with these words.
pub(crate) type Shots = &'static [(&'static str, &'static str)];

/// Starts a run, sends the signals, and returns its whole output.
pub(crate) fn fire(stack: &DebugStack, shots: Shots, exit: i32) -> Result<String> {
    fire_at(stack.start("stuck-pending")?, shots, exit, |_| Ok(()))
}

/// Sends the signals to a run, does something before each, and returns its whole output.
pub(crate) fn fire_at(
    mut run: Child,
    shots: Shots,
    exit: i32,
    mut before: impl FnMut(&str) -> Result,
) -> Result<String> {
    let mut progress = BufReader::new(run.stderr.take().ok_or("no stderr")?);
    let mut seen = String::new();
    for (words, signal) in shots {
        wait_for(words, &mut progress, &mut seen)?;
        before(signal)?;
        let id = run.id().to_string();
        Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status()?;
    }
    let mut report = String::new();
    run.stdout
        .take()
        .ok_or("no stdout")?
        .read_to_string(&mut report)?;
    progress.read_to_string(&mut seen)?;
    let status = run.wait()?;
    let all = format!("{seen}\n{report}");
    if status.code() == Some(exit) {
        Ok(all)
    } else {
        Err(format!("{shots:?}: {status:?}, not exit {exit}:\n{all}").into())
    }
}

fn wait_for(words: &str, progress: &mut BufReader<ChildStderr>, seen: &mut String) -> Result {
    loop {
        let before = seen.len();
        if progress.read_line(seen)? == 0 {
            return Err(format!("the run ended without «{words}»:\n{seen}").into());
        }
        if seen[before..].contains(words) {
            return Ok(());
        }
    }
}

/// What the ledgers of this stack still hold.
pub(crate) fn owed(stack: &DebugStack) -> Result<String> {
    let mut command = stack.at_home("find");
    let output = command
        .arg(stack.state())
        .args(["-name", "ledger.jsonl"])
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8(output.stdout)?)
}
