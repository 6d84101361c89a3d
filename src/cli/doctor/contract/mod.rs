//! `rejoin doctor --contract`: what this deployment's API is like, and so what can be decided there.
//!
//! `ask` asks, reads only; `fields`, `headers`, `words` and `digest` say what came, `decide` what can be claimed by it,
//! `questions` answers what public material leaves open. With `--yes` `throwaway` tries the writes on one job
//! that runs nowhere. Names of fields and states only: no id, no label, no specification leaves the server.

mod ask;
mod decide;
mod digest;
mod fields;
mod headers;
mod page;
mod questions;
mod throwaway;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use self::ask::{Answer, Answers};
use self::decide::{Can, Decidable};
use self::fields::Fields;
use self::headers::Headers;
use self::questions::Question;
use self::throwaway::Trial;
use super::super::args::Output;
use super::super::once::{fresh_seed, listen};
use super::super::terminal;
use super::Refusal;
use crate::api::Orchestrator;
use crate::api::client::Client;
use crate::api::transport::Transport;
use crate::exit::Exit;
use crate::fault::{Faults, Role};
#[cfg(test)]
use crate::report::Style;
use crate::settings::Environment;
use crate::target::{Target, Truth, matching};

/// The name and version of the report's shape.
const SCHEMA: &str = "rejoin-contract/1";

/// Everything that was found.
#[derive(Debug, Serialize)]
struct Report {
    schema: &'static str,
    /// The version of this program.
    rejoin: &'static str,
    /// The version that the server says it has.
    server: Option<String>,
    generation: &'static str,
    because: Vec<&'static str>,
    /// The status of each endpoint, and whether JSON came.
    endpoints: BTreeMap<&'static str, String>,
    headers: Headers,
    fields: BTreeMap<&'static str, Fields>,
    vocabulary: words::Vocabulary,
    claims: Vec<Decidable>,
    invariants: Vec<Decidable>,
    questions: Vec<Question>,
    /// What the writes were answered with; absent where nobody allowed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    trial: Option<Trial>,
}

/// Asks the target's API and prints what it is like. `write`: also tries a throw-away job.
pub(super) async fn examine<T: Target<Eyes = Client<W>>, W: Transport>(
    target: &T,
    write: bool,
    output: Output,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let client = target.eyes();
    // Somebody has to be there: everything else is a finding.
    client.nodes().await?;
    let (mut answers, headers) = ask::everything(client, target.clock()).await;
    let trial = if write {
        let id = format!("{:08x}", fresh_seed());
        let mut stop = listen(None)?;
        Some(throwaway::attempt(client, &id, &mut stop, &mut answers).await)
    } else {
        None
    };
    let (truth, logs) = containers(target).await;
    let report = report(&answers, headers, truth, logs, trial);
    match output {
        Output::Json => {
            terminal::print(serde_json::to_string_pretty(&report).map_err(Refusal::internal)?);
        }
        Output::Table => terminal::print(page::render(&report, terminal::style(environment))),
    }
    let left = report.trial.as_ref().and_then(|trial| trial.left.as_ref());
    Ok(left.map_or(Exit::Passed, |_| Exit::NotRestored))
}

/// What the containers can show: edge truth, and the orchestrator's log.
async fn containers<T: Target>(target: &T) -> (Can, Can) {
    let Ok(inventory) = target.hands().inventory().await else {
        return (Can::NotSeen, Can::NotSeen);
    };
    let mut truth = Can::NotSeen;
    for edge in matching::edges(&inventory, target.node_names()) {
        match target.truth(&edge).await {
            Ok(Truth::Runs(_)) => truth = Can::Yes,
            Ok(Truth::Silent) if truth == Can::NotSeen => truth = Can::No,
            _ => {}
        }
    }
    let orchestrator = inventory.values().any(|it| it.role == Role::Orchestrator);
    (truth, if orchestrator { Can::Yes } else { Can::No })
}

/// The report of these answers. Pure.
fn report(
    answers: &Answers,
    headers: Headers,
    truth: Can,
    logs: Can,
    trial: Option<Trial>,
) -> Report {
    let facts = digest::Facts::of(answers, truth, logs);
    let (generation, because) = digest::generation(answers);
    let vocabulary = words::of(answers);
    let records = [
        ("node", "/nodes"),
        ("job", "/jobs"),
        ("execution", "/executions"),
        ("evaluation", "/jobs/{id}/evaluations"),
        ("history", "/executions/{id}/history"),
    ];
    let fields = records.map(|(kind, list)| {
        let items = answers.get(list).map_or(&[][..], Answer::items);
        (kind, fields::of(kind, items))
    });
    let limited = answers
        .values()
        .filter(|answer| answer.status() == Some(429))
        .count();
    let limited = u32::try_from(limited).unwrap_or(u32::MAX);
    let status = answers.get("/status").and_then(Answer::json);
    let server = status.and_then(|it| it.pointer("/runtime/version")?.as_str());
    Report {
        schema: SCHEMA,
        rejoin: env!("CARGO_PKG_VERSION"),
        server: server.map(str::to_owned),
        generation,
        because,
        endpoints: answers.iter().map(|(name, it)| (*name, came(it))).collect(),
        fields: fields.into(),
        questions: questions::all(answers, &vocabulary, trial.as_ref(), limited, &headers),
        headers,
        vocabulary,
        claims: decide::claims(facts),
        invariants: decide::invariants(facts),
        trial,
    }
}

fn came(answer: &Answer) -> String {
    match answer {
        Answer::Came(status, Some(json), _) if json["items"].is_array() => {
            format!("{status}, a list of {}", answer.items().len())
        }
        Answer::Came(status, Some(_), _) => format!("{status}, JSON"),
        Answer::Came(status, None, text) if text.trim_start().starts_with('<') => {
            format!("{status}, a page for people")
        }
        Answer::Came(status, None, _) => format!("{status}, no JSON"),
        Answer::None => "no answer".to_owned(),
    }
}

/// The page of a report, for tests.
#[cfg(test)]
fn shown(report: &Report) -> String {
    page::render(report, Style::PLAIN)
}
