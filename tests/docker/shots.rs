//! Signals and other trouble for a run in progress, each once its progress shows certain words.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use super::Result;
use super::stack::DebugStack;

/// Signals, each sent once the progress shows a line with these words.
pub(crate) type Shots = &'static [(&'static str, &'static str)];

/// What happens once the progress of a run shows a line with these words.
pub(crate) type Moment<'a> = (&'a str, &'a dyn Fn(&Child) -> Result);

/// Starts a run, sends the signals, and returns its whole output.
pub(crate) fn fire(stack: &DebugStack, shots: Shots, exit: i32) -> Result<String> {
    fire_at(stack.start("stuck-pending")?, shots, exit, |_| Ok(()))
}

/// Sends the signals to a run, does something before each, and returns its whole output.
pub(crate) fn fire_at(
    run: Child,
    shots: Shots,
    exit: i32,
    mut before: impl FnMut(&str) -> Result,
) -> Result<String> {
    let (code, all) = at_each(run, shots, |run, signal| {
        before(signal)?;
        let id = run.id().to_string();
        let mut kill = Command::new("kill");
        kill.args([&format!("-{signal}"), &id]).status()?;
        Ok(())
    })?;
    if code == Some(exit) {
        Ok(all)
    } else {
        Err(format!("{shots:?}: {code:?}, not exit {exit}:\n{all}").into())
    }
}

/// Disturbs a run at these moments, one after the other; its exit code and its whole output.
pub(crate) fn disturb(run: Child, moments: &[Moment<'_>]) -> Result<(Option<i32>, String)> {
    at_each(run, moments, |run, act| act(run))
}

/// Waits for the words of each moment in turn and does what belongs to it.
fn at_each<A: Copy>(
    mut run: Child,
    moments: &[(&str, A)],
    mut act: impl FnMut(&Child, A) -> Result,
) -> Result<(Option<i32>, String)> {
    let mut progress = BufReader::new(run.stderr.take().ok_or("no stderr")?);
    let mut seen = String::new();
    for (words, what) in moments {
        wait_for(words, &mut progress, &mut seen)?;
        act(&run, *what)?;
    }
    let mut report = String::new();
    progress.read_to_string(&mut seen)?;
    run.stdout
        .take()
        .ok_or("no stdout")?
        .read_to_string(&mut report)?;
    Ok((run.wait()?.code(), format!("{seen}\n{report}")))
}

/// Reads on until a line with these words.
pub(crate) fn wait_for(
    words: &str,
    progress: &mut BufReader<ChildStderr>,
    seen: &mut String,
) -> Result {
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
