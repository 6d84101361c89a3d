//! `rejoin status` and `rejoin get`: what the orchestrator says, now.

use std::collections::BTreeMap;

use super::args::GetArgs;
use super::{Refusal, listing, runtime, terminal};
use crate::api::Orchestrator;
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
            listing::list(args, target.eyes(), environment).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?.block_on(async {
            listing::list(args, &docker::eyes(name, settings)?, environment).await
        }),
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
    terminal::print(format!(
        "version {}\n\n{}",
        version.as_deref().unwrap_or("?"),
        text(&table)
    ));
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

pub(super) fn word(state: Option<impl ToString>) -> String {
    state.map_or_else(|| "?".to_owned(), |state| state.to_string())
}
