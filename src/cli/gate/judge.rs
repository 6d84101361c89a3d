//! What the gate makes of a run: what is known, what is new, what is fixed.

use super::file::Known;
use crate::exit::Exit;
use crate::report::gate::Finding;
use crate::report::matrix;
use crate::report::result::{PartResult, RunResult};

/// What is known and allowed.
pub(super) struct Allowance<'a> {
    pub(super) known: &'a [Known],
    /// The playbooks that may be flaky.
    pub(super) flaky: &'a [String],
    /// The name of the subject, where the gate has several.
    pub(super) subject: Option<&'a str>,
}

/// A run, judged.
pub(super) struct Judged {
    pub(super) finding: Finding,
    /// What the finding is about.
    pub(super) note: String,
    /// The known issues that did not fail, by their references.
    pub(super) fixed: Vec<String>,
}

impl Allowance<'_> {
    /// Judges a run that ends the program so by itself.
    pub(super) fn judge(&self, run: &RunResult, exit: Exit) -> Judged {
        let about: Vec<&Known> = self
            .known
            .iter()
            .filter(|it| self.is_about(it, run))
            .collect();
        let failed: Vec<&PartResult> = run.parts.iter().filter(|part| part.failed()).collect();
        let of = |known: &Known, part: &PartResult| {
            part.what == known.step && part.note.contains(&known.observed)
        };
        let fixed = about.iter().filter(|known| {
            // What was not reached or not decided is not known to be mended.
            let mut parts = run.parts.iter();
            parts.any(|part| part.what == known.step && part.outcome == "pass")
        });
        let mut fixed: Vec<String> = fixed.map(|known| known.reference.clone()).collect();
        fixed.dedup();
        let judged = |finding, note: String| Judged {
            finding,
            note,
            fixed: fixed.clone(),
        };
        let new: Vec<&&PartResult> = failed
            .iter()
            .filter(|part| !about.iter().any(|known| of(known, part)))
            .collect();
        match exit {
            Exit::Passed if !fixed.is_empty() => judged(Finding::Fixed, fixed.join(", ")),
            Exit::Passed => judged(Finding::Passed, String::new()),
            Exit::Failed if run.is_flaky() => {
                let tries = run.earlier.join(", then ");
                match self.flaky.contains(&run.playbook.name) {
                    true => judged(Finding::FlakyAllowed, tries),
                    false => judged(Finding::Flaky, tries),
                }
            }
            Exit::Failed if new.is_empty() && !failed.is_empty() && run.left_over.is_empty() => {
                let mut references: Vec<&str> = about
                    .iter()
                    .filter(|known| failed.iter().any(|part| of(known, part)))
                    .map(|known| known.reference.as_str())
                    .collect();
                references.dedup();
                judged(Finding::Known, references.join(", "))
            }
            Exit::Failed => {
                // What else failed stands in the whole report.
                let first = new
                    .first()
                    .map(|part| format!("{}: {}", part.what, part.note));
                let first = matrix::shortened(&first.unwrap_or_default());
                let note = match new.len() {
                    0 | 1 => first,
                    more => format!("{first} and {} more", more - 1),
                };
                judged(Finding::Failed, note)
            }
            Exit::NotRestored => judged(
                Finding::NotRestored,
                matrix::shortened(&run.left_over.join("; ")),
            ),
            _ => judged(Finding::Unknown, run.sentence.clone()),
        }
    }

    fn is_about(&self, known: &Known, run: &RunResult) -> bool {
        let subject = &run.subject;
        let names = [
            self.subject,
            subject.variant.as_deref(),
            subject.version.as_deref(),
        ];
        let same = |wanted: &String| names.contains(&Some(wanted.as_str()));
        known.playbook == run.playbook.name && known.subject.as_ref().is_none_or(same)
    }
}
