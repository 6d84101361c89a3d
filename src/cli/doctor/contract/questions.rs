//! The questions that public material leaves open, with what this deployment answers.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::ask::{Answer, Answers};
use super::headers::Headers;
use super::throwaway::Trial;
use super::words::Vocabulary;

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Question {
    pub(super) question: &'static str,
    pub(super) answer: String,
}

/// All of them, in the order in which they are kept.
pub(super) fn all(
    answers: &Answers,
    vocabulary: &Vocabulary,
    trial: Option<&Trial>,
    refused: u32,
    headers: &Headers,
) -> Vec<Question> {
    let by_status = |name: &str| served(answers.get(name));
    let unsaid = || "not answered: say --yes for a throw-away job".to_owned();
    let answers = [
        (
            "is an exp_ak_ key taken as bearer",
            "not answered: the API key is sent to the place of exchange only".to_owned(),
        ),
        (
            "what an error's body holds",
            keys(answers.get("/jobs/NONE")),
        ),
        (
            "what a state conflict is refused with",
            trial.map_or_else(unsaid, |trial| trial.conflict.clone()),
        ),
        ("how `connecting` is spelled", connecting(vocabulary)),
        ("does GET /jobs/{id} take a name", by_status("/jobs/{name}")),
        (
            "what does the periodic reconcile do",
            "not answered: it cannot be seen from outside; run playbooks/stuck-pending.yaml"
                .to_owned(),
        ),
        ("what /health says", health(answers.get("/health"))),
        (
            "is `degraded` taken by the filter of states",
            by_status("/jobs?states=degraded"),
        ),
        ("the default namespace", namespaces(answers)),
        ("rate limits", limits(refused, headers)),
        ("the server's clock", headers.clock()),
    ];
    answers
        .map(|(question, answer)| Question { question, answer })
        .into()
}

fn served(answer: Option<&Answer>) -> String {
    match answer.map(Answer::status) {
        None => "not answered: there is no job to ask for".to_owned(),
        Some(Some(200..300)) => "yes".to_owned(),
        Some(Some(status)) => format!("no: {status}"),
        Some(None) => "not answered: no answer came".to_owned(),
    }
}

fn connecting(vocabulary: &Vocabulary) -> String {
    let mut words = vocabulary.nodes.seen.iter();
    let word = words.find(|word| word.starts_with("connecting"));
    word.cloned()
        .unwrap_or_else(|| "not answered: no node was seen in that state".to_owned())
}

fn namespaces(answers: &Answers) -> String {
    let jobs = answers.get("/jobs").map_or(&[][..], Answer::items).iter();
    let names = jobs.filter_map(|job| job.pointer("/spec/namespace")?.as_str());
    let names: BTreeSet<&str> = names.collect();
    if names.is_empty() {
        return "not answered: no job has one".to_owned();
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn limits(refused: u32, headers: &Headers) -> String {
    let met = match refused {
        0 => "none was met".to_owned(),
        refused => format!("{refused} requests were answered with 429"),
    };
    match headers.limits() {
        said if said.is_empty() => format!("{met}; no header speaks of any"),
        said => format!("{met}; {said}"),
    }
}

fn keys(answer: Option<&Answer>) -> String {
    let Some(answer) = answer else {
        return "not answered".to_owned();
    };
    let status = answer
        .status()
        .map_or("?".to_owned(), |status| status.to_string());
    match answer.any_json().and_then(Value::as_object) {
        Some(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("{status}: {}", names.join(", "))
        }
        None => format!("{status}: no JSON object"),
    }
}

fn health(answer: Option<&Answer>) -> String {
    match answer {
        Some(Answer::Came(status, json, _)) => {
            let kind = match json {
                Some(Value::Object(fields)) => {
                    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                    format!("an object of {}", names.join(", "))
                }
                Some(_) => "JSON".to_owned(),
                None => "no JSON".to_owned(),
            };
            format!("{status}, {kind}")
        }
        Some(Answer::None) | None => "not answered: no answer came".to_owned(),
    }
}
