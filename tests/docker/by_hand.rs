//! The bug report's procedure with the UI: a test plays the person, who deploys over the API and presses
//! Enter. The bug is found, and what the person deployed is left alone.

use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::Result;
use super::engine::engine_test;
use super::seeds::api::Api;
use super::shots::{fire_at, owed, wait_for};
use super::stack::{DebugStack, said};

const PLAYBOOK: &str = "playbooks/by-hand/stuck-pending-by-hand.yaml";
/// How the progress asks.
const ASKED: &str = "DO THIS NOW, then press Enter: Deploy ";
/// What is to be deployed, in order, and the jobs' names.
const JOBS: [(&str, &str); 2] = [
    ("pipelines/test-job.yaml", "test-job"),
    ("pipelines/new-job.yaml", "new-test-job"),
];

/// A run to which somebody can type.
fn at_a_keyboard(stack: &DebugStack) -> Command {
    let mut command = stack.run_of(PLAYBOOK);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn a_person_deploys_and_the_bug_is_found_and_their_jobs_stay() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-by-hand", "issue-395")?;
        nobody_is_there(&stack)?;
        a_signal_ends_the_waiting(&stack)?;
        let api = Api::new(&stack.endpoint())?;
        let mut run = at_a_keyboard(&stack).spawn()?;
        let mut keyboard = run.stdin.take().ok_or("no stdin")?;
        let mut progress = BufReader::new(run.stderr.take().ok_or("no stderr")?);
        let mut seen = String::new();
        for (file, name) in JOBS {
            wait_for(&format!("{ASKED}{file} ({name})"), &mut progress, &mut seen)?;
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            api.put(&file).await?;
            keyboard.write_all(b"\n")?;
        }
        progress.read_to_string(&mut seen)?;
        let output = run.wait_with_output()?;
        let report = String::from_utf8(output.stdout)?;
        let whole = format!("{}\n{seen}\n{report}", output.status);
        let wanted = [
            "step late-runs",
            "manual: Deploy",
            "confirmed",
            "adopt new-test-job as late",
        ];
        let missing = wanted.iter().find(|words| !told(&report, words));
        if output.status.code() != Some(1) || missing.is_some() {
            return Err(format!("{missing:?} is not said:\n{whole}").into());
        }
        for (_, name) in JOBS {
            let job = api.job(name).await?;
            let state = &job["status"]["state"]["state_type"];
            let version = &job["status"]["version"];
            if state == "stopped" || state == "deleted" || version != 1 {
                return Err(format!("{name} was touched: {job}\n{whole}").into());
            }
        }
        if api.states("test-job").await? != ["running running"; 2] {
            return Err(format!("test-job does not run any more:\n{whole}").into());
        }
        if seen.contains("LEFT OVER") || !owed(&stack)?.is_empty() || !stack.drift()?.is_empty() {
            return Err(format!("something is left:\n{whole}").into());
        }
        Ok(())
    });
}

/// Whether a report says these words in a row, however wide its columns are.
fn told(report: &str, words: &str) -> bool {
    let words_of = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    words_of(report).contains(words)
}

/// Standard input is closed: unknown, and nothing was done to anybody.
fn nobody_is_there(stack: &DebugStack) -> Result {
    let output = stack.run_of(PLAYBOOK).output()?;
    let all = said(&output);
    if output.status.code() == Some(4) && all.contains("standard input is closed") {
        Ok(())
    } else {
        Err(format!("{}, not exit 4:\n{all}", output.status).into())
    }
}

/// The read that waits for a line does not hold up the end.
fn a_signal_ends_the_waiting(stack: &DebugStack) -> Result {
    let mut run = at_a_keyboard(stack).spawn()?;
    let keyboard = run.stdin.take();
    let report = fire_at(run, &[(ASKED, "INT")], 130, |_| Ok(()))?;
    drop(keyboard);
    if told(&report, "ended by SIGINT") {
        Ok(())
    } else {
        Err(format!("not said:\n{report}").into())
    }
}
