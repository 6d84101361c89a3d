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
                if self.flaky.contains(&run.playbook.name) {
                    judged(Finding::FlakyAllowed, tries)
                } else {
                    judged(Finding::Flaky, tries)
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn known(step: &str, subject: Option<&str>) -> Known {
        Known {
            playbook: "p".to_owned(),
            step: step.to_owned(),
            observed: "pending".to_owned(),
            subject: subject.map(str::to_owned),
            reference: "o/r#1".to_owned(),
        }
    }

    /// A run of the playbook `p` with these parts: what, outcome, note.
    fn run(verdict: &str, parts: &[(&str, &str, &str)], earlier: &[&str]) -> RunResult {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(what, outcome, note)| {
                json!({"what": what, "text": what, "outcome": outcome, "reached": true, "note": note, "decided_ms": 0})
            })
            .collect();
        let run = json!({
            "playbook": {"file": "p.yaml", "name": "p", "title": "P"},
            "subject": {"target": "sim", "kind": "sim", "variant": "v", "timing": "default"},
            "run": "r", "seed": 1, "started": "2026-01-01T00:00:00Z", "took_ms": 0, "complete": true,
            "verdict": verdict, "exit": 0, "sentence": "why", "facts": [], "steps": [], "parts": parts,
            "executions": [], "recoveries": [], "earlier": earlier,
        });
        serde_json::from_value(run).expect("a result")
    }

    fn judged(known: &[Known], flaky: &[String], run: &RunResult, exit: Exit) -> Finding {
        let allowance = Allowance {
            known,
            flaky,
            subject: None,
        };
        allowance.judge(run, exit).finding
    }

    #[test]
    fn a_known_issue_of_another_subject_allows_nothing() {
        let run = run("fail", &[("a", "fail", "pending on edge1")], &[]);
        let of = |subject| judged(&[known("a", subject)], &[], &run, Exit::Failed);
        assert_eq!(of(None), Finding::Known);
        assert_eq!(of(Some("v")), Finding::Known);
        assert_eq!(of(Some("w")), Finding::Failed);
    }

    #[test]
    fn what_could_not_be_decided_is_neither_known_nor_mended() {
        let run = run("unknown", &[("a", "unknown", "nobody answered")], &[]);
        let finding = judged(&[known("a", None)], &[], &run, Exit::Unknown);
        assert_eq!(finding, Finding::Unknown);
    }

    #[test]
    fn a_pass_after_a_failure_is_flaky_unless_the_gate_allows_it_by_name() {
        let run = run("pass", &[("a", "pass", "")], &["fail: a"]);
        assert_eq!(judged(&[], &[], &run, Exit::Failed), Finding::Flaky);
        let allowed = ["p".to_owned()];
        assert_eq!(
            judged(&[], &allowed, &run, Exit::Failed),
            Finding::FlakyAllowed
        );
        assert_eq!(Finding::Flaky.exit(false), Exit::Failed);
    }

    #[test]
    fn something_left_over_is_never_allowed() {
        let mut run = run("fail", &[("a", "fail", "pending")], &[]);
        run.left_over = vec!["edge1: state".to_owned()];
        let finding = judged(&[known("a", None)], &[], &run, Exit::Failed);
        assert_ne!(finding, Finding::Known);
    }
}
