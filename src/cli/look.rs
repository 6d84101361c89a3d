//! `rejoin status` and `rejoin get`: what the orchestrator says, now.

use std::collections::BTreeMap;

use serde::Serialize;

use super::args::{GetArgs, Output, What};
use super::{Refusal, runtime, terminal};
use crate::api::Orchestrator;
use crate::api::model::Job;
use crate::exit::Exit;
use crate::report::style::text;
use crate::settings::{Environment, TargetSettings};
use crate::target::Target;
use crate::target::docker;
use crate::target::ready::ready;
use crate::target::sim::SimTarget;

pub(super) fn status(
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            let target = SimTarget::start(name, settings)?;
            ready(&target).await?;
            show_status(target.eyes(), environment).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?
            .block_on(async { show_status(&docker::eyes(name, settings)?, environment).await }),
    }
}

pub(super) fn get(
    args: &GetArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            let target = SimTarget::start(name, settings)?;
            ready(&target).await?;
            list(args, target.eyes(), environment).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?
            .block_on(async { list(args, &docker::eyes(name, settings)?, environment).await }),
    }
}

async fn show_status(eyes: &impl Orchestrator, environment: &Environment) -> Result<Exit, Refusal> {
    let version = eyes.status().await?.and_then(|status| status.version);
    let nodes = eyes.nodes().await?;
    let jobs = eyes.jobs().await?;
    let executions = eyes.executions(None).await?;
    let mut table = terminal::style(environment).table(&["what", "how many", "by state"]);
    let mut row = |what: &str, states: Vec<String>| {
        table.add_row([what.to_owned(), states.len().to_string(), by_state(states)]);
    };
    row(
        "nodes",
        nodes.iter().map(|node| word(node.state.as_ref())).collect(),
    );
    row(
        "jobs",
        jobs.iter().map(|job| word(job.state.as_ref())).collect(),
    );
    row(
        "executions",
        executions
            .iter()
            .map(|e| word(e.observed.as_ref()))
            .collect(),
    );
    println!(
        "version {}\n\n{}",
        version.as_deref().unwrap_or("?"),
        text(&table)
    );
    Ok(Exit::Passed)
}

fn by_state(states: Vec<String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for state in states {
        *counts.entry(state).or_default() += 1;
    }
    let words: Vec<String> = counts
        .iter()
        .map(|(state, n)| format!("{n} {state}"))
        .collect();
    words.join(", ")
}

fn word(state: Option<impl ToString>) -> String {
    state.map_or_else(|| "?".to_owned(), |state| state.to_string())
}

async fn list(
    args: &GetArgs,
    eyes: &impl Orchestrator,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let jobs = eyes.jobs().await?;
    let wanted = wanted(&jobs, args.job.as_deref())?;
    let name = |id: &str| {
        let job = jobs.iter().find(|job| job.id.0 == id);
        job.map_or_else(|| id.to_owned(), |job| job.name.clone())
    };
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let style = terminal::style(environment);
    let (table, json) = match args.what {
        What::Nodes => {
            let nodes = eyes.nodes().await?;
            let mut table = style.table(&["id", "name", "state", "last heartbeat"]);
            for node in &nodes {
                let state = word(node.state.as_ref());
                table.add_row([
                    node.id.0.clone(),
                    some(&node.name),
                    state,
                    some(&node.last_heartbeat),
                ]);
            }
            (table, json(&nodes)?)
        }
        What::Jobs => {
            let mut table = style.table(&["id", "name", "version", "state"]);
            for job in &wanted {
                let version = word(job.version);
                table.add_row([
                    job.id.0.clone(),
                    job.name.clone(),
                    version,
                    word(job.state.as_ref()),
                ]);
            }
            (table, json(&wanted)?)
        }
        What::Executions => {
            let mut executions = eyes.executions(None).await?;
            executions.retain(|e| wanted.iter().any(|job| job.id == e.job_id));
            let mut table = style.table(&["id", "job", "node", "desired", "observed"]);
            for e in &executions {
                let (desired, observed) = (word(e.desired.as_ref()), word(e.observed.as_ref()));
                table.add_row([
                    e.id.0.clone(),
                    name(&e.job_id.0),
                    e.node_id.0.clone(),
                    desired,
                    observed,
                ]);
            }
            (table, json(&executions)?)
        }
        What::Evaluations => {
            let mut table = style.table(&["id", "job", "trigger", "state"]);
            let mut all = Vec::new();
            for job in &wanted {
                for e in eyes.evaluations(&job.id).await?.unwrap_or_default() {
                    let state = word(e.state.as_ref());
                    table.add_row([e.id.0.clone(), job.name.clone(), e.trigger.clone(), state]);
                    all.push(e);
                }
            }
            (table, json(&all)?)
        }
    };
    match args.output {
        Output::Json => println!("{json}"),
        Output::Table if table.is_empty() => println!("none"),
        Output::Table => println!("{}", text(&table)),
    }
    Ok(Exit::Passed)
}

/// The jobs to list; a name or id that fits none is an error.
fn wanted<'a>(jobs: &'a [Job], job: Option<&str>) -> Result<Vec<&'a Job>, Refusal> {
    let fits = |found: &&Job| job.is_none_or(|job| found.id.0 == job || found.name == job);
    let found: Vec<&Job> = jobs.iter().filter(fits).collect();
    match job {
        Some(job) if found.is_empty() => {
            let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
            Err(Refusal::usage(format!(
                "there is no job `{job}`; the orchestrator has: {}",
                if names.is_empty() {
                    "none".to_owned()
                } else {
                    names.join(", ")
                }
            )))
        }
        _ => Ok(found),
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, Refusal> {
    serde_json::to_string_pretty(value).map_err(Refusal::internal)
}
