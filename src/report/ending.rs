//! How a run ended, in one short phrase: what stands in the cells of tables that compare runs.

use std::fmt;
use std::str::FromStr;

use super::words;
use crate::plan::Plan;
use crate::verdict::{Outcome, Part, Verdict, What};

/// An outcome and what decided it: `pass`, `fail: STEP`, `fail: INVARIANT`, `unknown: STEP` or `unknown: run`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The outcome.
    pub outcome: Outcome,
    /// The id of the deciding step, or the name of the deciding invariant, or `run`; `None` for a pass.
    pub by: Option<String>,
}

impl Ending {
    /// The ending of a run that was judged.
    pub fn of(plan: &Plan, verdict: &Verdict) -> Self {
        let by = verdict.deciding().map(|part| name(plan, part));
        Self {
            outcome: verdict.outcome,
            by: by.or_else(|| (verdict.outcome != Outcome::Pass).then(|| RUN.to_owned())),
        }
    }

    /// The ending of a run that never began.
    pub fn not_run() -> Self {
        Self {
            outcome: Outcome::Unknown,
            by: Some(RUN.to_owned()),
        }
    }
}

/// The word for the run as a whole.
const RUN: &str = "run";

/// A part by the word that playbooks use for it.
pub fn name(plan: &Plan, part: &Part) -> String {
    match part.what {
        What::Step(index) => plan
            .steps
            .get(index)
            .map_or_else(|| format!("step {index}"), |step| step.id.clone()),
        What::Invariant(invariant) => words::invariant(invariant).to_owned(),
        What::Run => RUN.to_owned(),
    }
}

/// The word for an outcome in running text and in data.
pub const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::Unobservable => "not observable",
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = word(self.outcome);
        f.pad(&match &self.by {
            None => outcome.to_owned(),
            Some(by) => format!("{outcome}: {by}"),
        })
    }
}

/// A phrase that is no ending.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is none of `pass`, `fail: STEP`, `fail: INVARIANT`, `unknown: STEP`, `unknown: run`"
)]
pub struct NoEnding(String);

impl FromStr for Ending {
    type Err = NoEnding;

    fn from_str(text: &str) -> Result<Self, NoEnding> {
        let (outcome, by) = match text.split_once(": ") {
            None if text == "pass" => (Outcome::Pass, None),
            Some(("fail", by)) => (Outcome::Fail, Some(by)),
            Some(("unknown", by)) => (Outcome::Unknown, Some(by)),
            _ => return Err(NoEnding(text.to_owned())),
        };
        if by.is_some_and(|by| by.is_empty() || by.contains(char::is_whitespace)) {
            return Err(NoEnding(text.to_owned()));
        }
        Ok(Self {
            outcome,
            by: by.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_read_as_it_is_written() {
        for text in ["pass", "fail: late-runs", "fail: kill.2", "unknown: run"] {
            let ending = text.parse::<Ending>();
            assert_eq!(ending.map(|ending| ending.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_ending_is_refused() {
        let wrong = [
            "",
            "passed",
            "pass: x",
            "fail",
            "fail:x",
            "fail: ",
            "fail: a, b",
            "FAIL: a",
        ];
        for text in wrong {
            assert!(text.parse::<Ending>().is_err(), "{text}");
        }
    }
}
