//! The spellings that a deployment uses: states and triggers, with those that this program does not know.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::ask::Answers;
use crate::api::model::{EvaluationState, ExecutionState, JobState, NodeState};

/// Words of one vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Words {
    /// Those that were seen.
    pub(super) seen: BTreeSet<String>,
    /// Those among them that are not documented.
    pub(super) new: BTreeSet<String>,
}

/// Everything that was spelled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Vocabulary {
    pub(super) nodes: Words,
    pub(super) jobs: Words,
    pub(super) observed: Words,
    pub(super) desired: Words,
    pub(super) evaluations: Words,
    pub(super) triggers: Words,
}

/// The vocabulary of these answers.
pub(super) fn of(answers: &Answers) -> Vocabulary {
    let items = |name: &str| answers.get(name).map_or(&[][..], |answer| answer.items());
    let executions = [items("/executions"), items("/jobs/{id}/executions")].concat();
    let observed = |one: &Value| {
        word(one, "/status/observed_state").or_else(|| word(one, "/status/compute_state"))
    };
    let evaluations = items("/jobs/{id}/evaluations");
    let of = |records: &[Value], at: &str| records.iter().filter_map(|one| word(one, at)).collect();
    Vocabulary {
        nodes: words(
            of(items("/nodes"), "/status/connection_state"),
            NodeState::KNOWN,
        ),
        jobs: words(of(items("/jobs"), "/status/state"), JobState::KNOWN),
        observed: words(
            executions.iter().filter_map(observed).collect(),
            ExecutionState::KNOWN,
        ),
        desired: words(
            of(&executions, "/status/desired_state"),
            ExecutionState::KNOWN,
        ),
        evaluations: words(of(evaluations, "/status/state"), EvaluationState::KNOWN),
        triggers: words(
            of(evaluations, "/triggered_by"),
            crate::playbook::parse::triggers(),
        ),
    }
}

fn words(seen: BTreeSet<String>, known: &[&str]) -> Words {
    let new = |word: &&String| {
        let generation_a = *word == "complete";
        !known.contains(&word.as_str()) && !generation_a
    };
    Words {
        new: seen.iter().filter(new).cloned().collect(),
        seen,
    }
}

/// A word, bare or in an object with `state_type`.
fn word(record: &Value, at: &str) -> Option<String> {
    let value = record.pointer(at)?;
    let word = value.as_str().or_else(|| value["state_type"].as_str())?;
    (!word.is_empty()).then(|| word.to_owned())
}
