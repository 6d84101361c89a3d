//! Trouble in the middle of a run on a real engine: healed or exactly reported, never a pass.
//!
//! `engine_away`: the engine; `others`: the orchestrator and the containers; `disk`: the journal's and the
//! ledger's.

mod disk;
mod engine_away;
mod others;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Result;
use super::shots::{Moment, disturb, owed};
use super::stack::DebugStack;
use rejoin::journal::{Entry, Event, When, file};

/// Faults are open during the last wait; the end of the run undoes them.
const OPEN: &str = "
  - deploy: late
  - expect: { executions: { job: late, nodes: all, observed: running } }
  - wait: 2s
  - remove: { nodes: edge1 }
  - kill: { nodes: edge2 }
  - wait: 5s
";

/// A disturbed run that is over.
struct Over {
    exit: Option<i32>,
    said: String,
    took: Duration,
    folder: PathBuf,
}

/// The program on this playbook, by way of `sh`: its limits are set by the test, and the signal of a
/// limit is ignored as a full disk has none.
fn run(stack: &DebugStack, steps: &str) -> Result<Command> {
    let playbook = stack.playbook(steps)?;
    let out = stack.runs().display().to_string();
    let rejoin = stack.rejoin(&["run", &playbook, "--out", &out]);
    let mut command = stack.at_home("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
    command.arg(rejoin.get_program()).args(rejoin.get_args());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// Runs to the end, disturbed at these moments.
fn over(stack: &DebugStack, mut command: Command, moments: &[Moment<'_>]) -> Result<Over> {
    if stack.runs().exists() {
        std::fs::remove_dir_all(stack.runs())?;
    }
    let begun = Instant::now();
    let (exit, said) = disturb(command.spawn()?, moments)?;
    let took = begun.elapsed();
    let mut runs = std::fs::read_dir(stack.runs())?;
    let run = runs.next().ok_or("no run was recorded")??;
    Ok(Over {
        exit,
        said,
        took,
        folder: run.path(),
    })
}

impl Over {
    /// What was recorded, as far as the file has it.
    fn entries(&self) -> Result<Vec<Entry>> {
        Ok(file::read(&self.folder.join(file::NAME))?)
    }

    /// Whether these words are said; the report breaks its lines at any space.
    fn says(&self, words: &str) -> bool {
        let said: Vec<&str> = self.said.split_whitespace().collect();
        said.join(" ").contains(words)
    }

    /// The verdict is unknown, and all of these words are said.
    fn unknown(&self, words: &[&str]) -> Result {
        let missing = words.iter().find(|words| !self.says(words));
        match (self.exit, missing) {
            (Some(4), None) => Ok(()),
            (exit, missing) => {
                Err(format!("exit {exit:?}, not said {missing:?}:\n{}", self.said).into())
            }
        }
    }

    /// Everything is as compose made it, by the run's own doing, and its record says so.
    fn healed(&self, stack: &DebugStack) -> Result {
        let (drift, owed) = (stack.drift()?, owed(stack)?);
        if !drift.is_empty() || !owed.is_empty() || self.says("left over") {
            return Err(format!("not healed: {drift:?}, {owed}\n{}", self.said).into());
        }
        Ok(())
    }

    /// The containers were looked at before and after.
    fn looked_at_twice(&self) -> Result {
        let entries = self.entries()?;
        for wanted in [When::Before, When::After] {
            let found = entries.iter().any(|entry| match &entry.event {
                Event::Inventory { when, .. } => *when == wanted,
                _ => false,
            });
            if !found {
                return Err(format!("no inventory {wanted:?}:\n{}", self.said).into());
            }
        }
        Ok(())
    }
}
