//! The questions: reads only, each once, and few records of each list.

use std::collections::BTreeMap;

use serde_json::Value;

use super::headers::Headers;
use crate::api::ApiError;
use crate::api::client::{Client, encoded};
use crate::api::transport::{Response, Transport};
use crate::clock::Clock;

/// A minute of one of the documented metrics, long ago: whether it is served, not what it says.
const METRICS: &str = "/metrics/query_range?query=process_cpu_utilization_ratio&start=1767225600&end=1767225660&step=30";

/// The addresses that need no id, as documented and as asked: of lists 50 records.
const FIXED: [(&str, &str); 10] = [
    ("/health", "/health"),
    ("/status", "/status"),
    ("/nodes", "/nodes?limit=50"),
    ("/nodes?limit=1", "/nodes?limit=1"),
    ("/nodes/-/stats", "/nodes/-/stats"),
    ("/jobs", "/jobs?limit=50"),
    ("/jobs?states=degraded", "/jobs?states=degraded&limit=1"),
    ("/jobs/NONE", "/jobs/rejoin-contract-no-such-job"),
    ("/executions", "/executions?limit=50"),
    ("/metrics/query_range", METRICS),
];

/// What came of one request.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// An answer, with its JSON where it is any.
    Came(u16, Option<Value>, String),
    /// None.
    None,
}

impl Answer {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Came(status, ..) => Some(*status),
            Self::None => None,
        }
    }

    /// The JSON of a success.
    pub(super) fn json(&self) -> Option<&Value> {
        match self {
            Self::Came(200..300, json, _) => json.as_ref(),
            _ => None,
        }
    }

    /// The JSON of whatever came.
    pub(super) fn any_json(&self) -> Option<&Value> {
        match self {
            Self::Came(_, json, _) => json.as_ref(),
            Self::None => None,
        }
    }

    /// The records of a list.
    pub(super) fn items(&self) -> &[Value] {
        let items = self.json().and_then(|json| json["items"].as_array());
        items.map_or(&[], Vec::as_slice)
    }

    fn first(&self, pointer: &str) -> Option<String> {
        let found = self
            .items()
            .iter()
            .find_map(|item| item.pointer(pointer)?.as_str());
        found.map(str::to_owned)
    }
}

/// Every answer, by the address as the documentation writes it.
pub(super) type Answers = BTreeMap<&'static str, Answer>;

/// Asks everything that can be asked without changing anything.
pub(super) async fn everything<T: Transport>(
    client: &Client<T>,
    clock: Clock,
) -> (Answers, Headers) {
    let mut answers = Answers::new();
    let mut headers = Headers::default();
    let mut ask = async |path: &str| {
        let answer = client.raw(path).await;
        if let Ok(answer) = &answer {
            headers.saw(answer, clock.now());
        }
        came(answer)
    };
    for (name, path) in FIXED {
        answers.insert(name, ask(path).await);
    }
    let of = |name: &str, pointer: &str| answers.get(name).and_then(|answer| answer.first(pointer));
    let (node, job) = (of("/nodes", "/id"), of("/jobs", "/id"));
    let (name, execution) = (of("/jobs", "/spec/name"), of("/executions", "/id"));
    let token = answers.get("/nodes?limit=1").and_then(Answer::json);
    let token = token
        .and_then(|page| page["next_token"].as_str())
        .filter(|it| !it.is_empty());
    let token = token.map(str::to_owned);
    for (address, id, before, after) in [
        ("/nodes?next_token", token, "/nodes?limit=1&next_token=", ""),
        ("/nodes/{id}", node, "/nodes/", ""),
        ("/jobs/{id}", job.clone(), "/jobs/", ""),
        ("/jobs/{name}", name, "/jobs/", ""),
        (
            "/jobs/{id}/versions/1",
            job.clone(),
            "/jobs/",
            "/versions/1",
        ),
        (
            "/jobs/{id}/versions/diff",
            job.clone(),
            "/jobs/",
            "/versions/diff?from=1",
        ),
        // A stream that wants a websocket: without one it can only say that it is there.
        ("/jobs/{id}/logs", job.clone(), "/jobs/", "/logs"),
        ("/jobs/{id}/versions", job.clone(), "/jobs/", "/versions"),
        ("/jobs/{id}/history", job.clone(), "/jobs/", "/history"),
        (
            "/jobs/{id}/executions",
            job.clone(),
            "/jobs/",
            "/executions",
        ),
        ("/jobs/{id}/evaluations", job, "/jobs/", "/evaluations"),
        ("/executions/{id}", execution.clone(), "/executions/", ""),
        (
            "/executions/{id}/history",
            execution,
            "/executions/",
            "/history",
        ),
    ] {
        if let Some(id) = id {
            let path = format!("{before}{}{after}", encoded(&id));
            answers.insert(address, ask(&path).await);
        }
    }
    (answers, headers)
}

/// One request, sent once.
pub(super) async fn one<T: Transport>(client: &Client<T>, path: &str) -> Answer {
    came(client.raw(path).await)
}

/// What an answer is, whatever it is.
pub(super) fn came(answer: Result<Response, ApiError>) -> Answer {
    match answer {
        Ok(answer) => {
            let json = serde_json::from_slice(&answer.body).ok();
            let text = String::from_utf8_lossy(&answer.body)
                .chars()
                .take(80)
                .collect();
            Answer::Came(answer.status, json, text)
        }
        Err(_) => Answer::None,
    }
}
