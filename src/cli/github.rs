//! GitHub Actions: annotations where a run failed, the report as the step's summary, and nothing that a subject
//! says taken for a command.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use super::batch::Done;
use super::once::fresh_seed;
use super::terminal::{print, say};
use crate::report::Style;
use crate::report::formats::{self, Format, Item};
use crate::report::result::RunResult;
use crate::settings::{Environment, secrets};

/// A summary may have a mebibyte; what is longer is refused as a whole.
const SUMMARY: usize = 1_000_000;

/// A job of GitHub Actions that this process runs in.
#[derive(Debug)]
pub(super) struct Job {
    summary: Option<PathBuf>,
}

/// While it lives nothing that is printed is a command: a line of a log may look like one.
pub(super) struct Held(String);

impl Drop for Held {
    fn drop(&mut self) {
        print(format!("::{}::", self.0));
    }
}

impl Job {
    /// `None` where it is none.
    pub(super) fn of(environment: &Environment) -> Option<Self> {
        (environment.get("GITHUB_ACTIONS") == Some("true")).then(|| Self {
            summary: environment.get("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        })
    }

    /// From now on commands are off.
    pub(super) fn hold_commands(_: &Self) -> Held {
        let word = format!("rejoin-{:08x}{:08x}", fresh_seed(), fresh_seed());
        print(format!("::stop-commands::{word}"));
        Held(word)
    }

    /// Annotates what did not pass, and writes the summary.
    pub(super) fn tell(&self, done: &[Done]) {
        let items: Vec<Item> = done.iter().map(|one| one.item.clone()).collect();
        for one in done {
            print_annotations(one);
        }
        let Some(summary) = &self.summary else {
            return;
        };
        let mut text = formats::render(Format::Markdown, &items, Style::PLAIN);
        if text.len() > SUMMARY {
            let end = (0..=SUMMARY).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or(0));
            text.push_str("\n\n... and more: it does not fit into a summary.\n");
        }
        let opened = OpenOptions::new().create(true).append(true).open(summary);
        let written = opened.and_then(|mut file| file.write_all(secrets::hide(&text).as_bytes()));
        if let Err(error) = written {
            say(format!("rejoin: GITHUB_STEP_SUMMARY: {error}"));
        }
    }
}

fn print_annotations(done: &Done) {
    let file = done.path.display().to_string();
    match &done.item {
        Item::NotRun { reason, .. } => {
            print(command(
                "error",
                &file,
                None,
                &done.playbook,
                &format!("not run: {reason}"),
            ));
        }
        Item::Ran {
            entries, allowed, ..
        } => {
            let Some(run) = RunResult::of(entries) else {
                return;
            };
            let Some(by) = &run.decided_by else {
                return;
            };
            let line = run.steps.iter().find(|step| step.id == *by);
            let said = run.facts.iter().filter(|it| it.label != "step");
            let said: Vec<String> = said
                .map(|it| format!("{}: {}", it.label, it.text))
                .collect();
            let (kind, why) = match allowed {
                Some(why) => ("notice", format!(" ({why})")),
                None => ("error", String::new()),
            };
            let title = format!("{}: {}: {by}{why}", run.playbook.name, run.verdict);
            let text = format!("{}\n{}", run.sentence, said.join("\n"));
            print(command(
                kind,
                &file,
                line.map(|step| step.line),
                &title,
                &text,
            ));
        }
    }
}

/// A workflow command. Nothing in it ends it early.
fn command(kind: &str, file: &str, line: Option<u32>, title: &str, text: &str) -> String {
    let data = |text: &str| {
        let text = text.replace('%', "%25");
        text.replace('\r', "%0D").replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let line = line.map_or(String::new(), |line| format!(",line={line}"));
    let (file, title, text) = (property(file), property(title), data(text));
    format!("::{kind} file={file}{line},title={title}::{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_neither_ends_a_command_nor_begins_one() {
        let said = command(
            "error",
            "a,b.yaml",
            Some(3),
            "x: y",
            "one\n::error::two 100%",
        );
        assert_eq!(
            said,
            "::error file=a%2Cb.yaml,line=3,title=x%3A y::one%0A::error::two 100%25"
        );
    }
}
