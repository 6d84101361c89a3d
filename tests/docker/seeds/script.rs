//! What bash said to a piece of a document, command by command.

use std::io::{Read as _, pipe};
use std::path::Path;
use std::process::Command;

use super::Result;

/// A run of some lines.
pub(crate) struct Transcript {
    /// The exit code: that of the last command.
    pub(crate) code: Option<i32>,
    /// All that was said, lines and answers.
    pub(crate) all: String,
    answers: Vec<(String, String)>,
}

impl Transcript {
    /// Runs lines as a script; `with` makes the command that runs the file.
    pub(crate) fn of(text: &str, with: impl FnOnce(&Path) -> Command) -> Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), text)?;
        // Both streams into one pipe, so that lines and answers keep their order.
        let (mut reader, writer) = pipe()?;
        let mut command = with(file.path());
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn()?;
        drop(command); // holds the writing ends
        let mut said = Vec::new();
        reader.read_to_end(&mut said)?;
        let code = child.wait()?.code();
        let all = String::from_utf8_lossy(&said).into_owned();
        let answers = answers(text, &all)?;
        Ok(Self { code, all, answers })
    }

    /// What the commands that read so answered, one text for each.
    pub(crate) fn answers(&self, command: &str) -> Vec<&str> {
        let mine = self.answers.iter().filter(|(line, _)| line == command);
        mine.map(|(_, answer)| answer.as_str()).collect()
    }
}

/// Every line of the script with what was said between it and the next one.
fn answers(script: &str, all: &str) -> Result<Vec<(String, String)>> {
    let mut lines = script.lines().filter(|line| !line.is_empty()).peekable();
    let mut answers: Vec<(String, String)> = Vec::new();
    for said in all.lines() {
        if lines.peek() == Some(&said) {
            lines.next();
            answers.push((said.to_owned(), String::new()));
        } else if let Some((_, answer)) = answers.last_mut() {
            answer.extend([said, "\n"]);
        }
    }
    match lines.next() {
        None => Ok(answers),
        Some(line) => Err(format!("bash did not come to {line:?}:\n{all}").into()),
    }
}
