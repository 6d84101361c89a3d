//! What the answers come to: the generation of the fields, and the facts that expectations hang on. Pure.

use serde_json::Value;

use super::ask::{Answer, Answers};
use super::decide::Can;

/// What a playbook can hold on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) nodes: Can,
    pub(super) heartbeat: Can,
    pub(super) jobs: Can,
    pub(super) executions: Can,
    pub(super) evaluations: Can,
    pub(super) history: Can,
    pub(super) truth: Can,
    pub(super) logs: Can,
}

impl Facts {
    /// From the answers, and from what the containers are like.
    pub(super) fn of(answers: &Answers, truth: Can, logs: Can) -> Self {
        let of = |name: &str, fields: &[&str]| records(answers.get(name), fields);
        Self {
            nodes: of("/nodes", &["/status/connection_state"]),
            heartbeat: of(
                "/nodes",
                &["/status/last_heartbeat", "/status/connected_since"],
            ),
            jobs: of("/jobs", &["/status/state"]),
            executions: of(
                "/executions",
                &["/status/observed_state", "/status/compute_state"],
            ),
            evaluations: served(answers.get("/jobs/{id}/evaluations")),
            history: served(answers.get("/executions/{id}/history")),
            truth,
            logs,
        }
    }
}

/// Whether the records of a list have one of these fields.
fn records(answer: Option<&Answer>, fields: &[&str]) -> Can {
    let Some(answer) = answer else {
        return Can::NotSeen;
    };
    let has = |record: &Value| {
        let filled = |field: &&str| record.pointer(field).is_some_and(|value| !value.is_null());
        fields.iter().any(filled)
    };
    match answer.items() {
        [] if answer.json().is_some() => Can::NotSeen,
        [] => Can::No,
        items if items.iter().any(has) => Can::Yes,
        _ => Can::No,
    }
}

/// Whether an endpoint is there; `None` is one that could not be asked for want of an id.
fn served(answer: Option<&Answer>) -> Can {
    match answer {
        None => Can::NotSeen,
        Some(answer) if answer.json().is_some() => Can::Yes,
        Some(_) => Can::No,
    }
}

/// The generation of the field names, by what tells them apart.
pub(super) fn generation(answers: &Answers) -> (&'static str, Vec<&'static str>) {
    let any = |names: &[&str], field: &str| {
        let items = names
            .iter()
            .filter_map(|name| answers.get(*name))
            .flat_map(Answer::items);
        items.into_iter().any(|item| item.pointer(field).is_some())
    };
    let executions = ["/executions", "/jobs/{id}/executions"];
    let ok = |name: &str| {
        answers
            .get(name)
            .is_some_and(|answer| answer.json().is_some())
    };
    let marks = [
        (
            "A",
            "executions have compute_state",
            any(&executions, "/status/compute_state"),
        ),
        (
            "A",
            "jobs have a deployment",
            any(&["/jobs"], "/spec/deployment"),
        ),
        (
            "B",
            "executions have observed_state",
            any(&executions, "/status/observed_state"),
        ),
        ("B", "jobs have a rollout", any(&["/jobs"], "/spec/rollout")),
        ("C", "nodes have an identity", any(&["/nodes"], "/identity")),
        ("C", "/nodes/-/stats is served", ok("/nodes/-/stats")),
        ("C", "/status is served", ok("/status")),
    ];
    let seen: Vec<_> = marks.into_iter().filter(|(.., seen)| *seen).collect();
    let has = |wanted: &str| seen.iter().any(|(generation, ..)| *generation == wanted);
    let name = match (has("A"), has("B"), has("C")) {
        (true, true, _) | (true, _, true) => "mixed",
        (true, false, false) => "A",
        (false, _, true) => "C",
        (false, true, false) => "B",
        (false, false, false) => "not seen",
    };
    (name, seen.into_iter().map(|(_, mark, _)| mark).collect())
}
