//! The lists of `rejoin get`: as a table for people, as JSON for programs.

use serde::Serialize;
use serde_json::Value;

use super::args::{GetArgs, Output, What};
use super::look::word;
use super::{Refusal, terminal};
use crate::api::Orchestrator;
use crate::api::model::Job;
use crate::exit::Exit;
use crate::report::style::text;
use crate::settings::Environment;

/// A list: what stands over the columns, the rows, and the same as JSON.
struct List {
    header: &'static [&'static str],
    rows: Vec<Vec<String>>,
    json: Value,
}

/// Prints the list that was asked for.
pub(super) async fn list(
    args: &GetArgs,
    eyes: &impl Orchestrator,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let jobs = eyes.jobs().await?;
    let wanted = wanted(&jobs, args.job.as_deref())?;
    let list = match args.what {
        What::Nodes => nodes(eyes).await?,
        What::Jobs => jobs_of(&wanted)?,
        What::Executions => executions(eyes, &wanted).await?,
        What::Evaluations => evaluations(eyes, &wanted).await?,
    };
    match args.output {
        Output::Json => {
            let json = serde_json::to_string_pretty(&list.json).map_err(Refusal::internal)?;
            terminal::print(json);
        }
        Output::Table if list.rows.is_empty() => terminal::print("none"),
        Output::Table => {
            let mut table = terminal::style(environment).listing(list.header);
            table.add_rows(list.rows);
            terminal::print(text(&table));
        }
    }
    Ok(Exit::Passed)
}

async fn nodes(eyes: &impl Orchestrator) -> Result<List, Refusal> {
    let nodes = eyes.nodes().await?;
    let row = |node: &crate::api::model::Node| {
        vec![
            node.id.0.clone(),
            node.name.clone().unwrap_or_default(),
            word(node.state.as_ref()),
            node.last_heartbeat.clone().unwrap_or_default(),
        ]
    };
    Ok(List {
        header: &["id", "name", "state", "last heartbeat"],
        rows: nodes.iter().map(row).collect(),
        json: json(&nodes)?,
    })
}

fn jobs_of(jobs: &[&Job]) -> Result<List, Refusal> {
    let row = |job: &&Job| {
        vec![
            job.id.0.clone(),
            job.name.clone(),
            word(job.version),
            word(job.state.as_ref()),
        ]
    };
    Ok(List {
        header: &["id", "name", "version", "state"],
        rows: jobs.iter().map(row).collect(),
        json: json(jobs)?,
    })
}

async fn executions(eyes: &impl Orchestrator, jobs: &[&Job]) -> Result<List, Refusal> {
    let mut rows = Vec::new();
    let mut of_these = Vec::new();
    for execution in eyes.executions(None).await? {
        let Some(job) = jobs.iter().find(|job| job.id == execution.job_id) else {
            continue;
        };
        rows.push(vec![
            execution.id.0.clone(),
            job.name.clone(),
            execution.node_id.0.clone(),
            word(execution.desired.as_ref()),
            word(execution.observed.as_ref()),
        ]);
        of_these.push(execution);
    }
    Ok(List {
        header: &["id", "job", "node", "desired", "observed"],
        rows,
        json: json(&of_these)?,
    })
}

async fn evaluations(eyes: &impl Orchestrator, jobs: &[&Job]) -> Result<List, Refusal> {
    let mut rows = Vec::new();
    let mut of_these = Vec::new();
    for job in jobs {
        for evaluation in eyes.evaluations(&job.id).await?.unwrap_or_default() {
            rows.push(vec![
                evaluation.id.0.clone(),
                job.name.clone(),
                evaluation.trigger.clone(),
                word(evaluation.state.as_ref()),
            ]);
            let mut value = json(&evaluation)?;
            value["job_id"] = job.id.0.clone().into();
            of_these.push(value);
        }
    }
    Ok(List {
        header: &["id", "job", "trigger", "state"],
        rows,
        json: Value::Array(of_these),
    })
}

/// The jobs to list; a name or id that fits none is an error.
fn wanted<'a>(jobs: &'a [Job], job: Option<&str>) -> Result<Vec<&'a Job>, Refusal> {
    let fits = |found: &&Job| job.is_none_or(|job| found.id.0 == job || found.name == job);
    let found: Vec<&Job> = jobs.iter().filter(fits).collect();
    let Some(job) = job.filter(|_| found.is_empty()) else {
        return Ok(found);
    };
    let names: Vec<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
    let known = match names.as_slice() {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    Err(Refusal::usage(format!(
        "there is no job `{job}`; the orchestrator has: {known}"
    )))
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(Refusal::internal)
}
