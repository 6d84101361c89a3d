//! What `expect` and `assume` claim.
//!
//! Apart from the steps that say it: this is the half of the language that judges.

use super::super::{Claim, Expectation, TimeExpr};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::Node;
use super::{happened, select, shapes, words};
use crate::playbook::check::{JobUse, Use};

/// `{ nodes | executions | job | ...: ..., within: TIME, hold: TIME, recovers: { within: TIME } }`.
pub(super) fn expectation(reader: &mut Reader, node: &Node, verb: &str) -> Read<Expectation> {
    let mapping = Mapping::read(reader, node, &shapes::CLAIM)?;
    let mut time = |key: &str| {
        let node = mapping.get(key);
        node.map(|node| reader.time(node, &format!("`{key}`")))
            .transpose()
    };
    let (within, hold) = (time("within"), time("hold"));
    let recovers = recovers(reader, &mapping);
    let subject = mapping.one_of(reader, shapes::CLAIMS, &format!("`{verb}`"))?;
    let claim = match subject.key {
        "nodes" => nodes(reader, subject.node),
        "executions" => executions(reader, subject.node),
        "truth" => truth(reader, subject.node),
        "evaluations" => happened::evaluations(reader, subject.node),
        "history" => happened::history(reader, subject.node),
        "logs" => happened::logs(reader, subject.node),
        _ => job(reader, subject.node),
    };
    let (claim, recovers) = (claim?, recovers?);
    if let (Some(_), Some(entry)) = (&recovers, mapping.entry("recovers"))
        && !is_of_work(&claim)
    {
        let message =
            "`recovers` goes with `executions: { observed: running, ... }`: only work recovers";
        return Err(reader.report(entry.at, message, None));
    }
    Ok(Expectation {
        claim,
        within: within?,
        hold: hold?,
        recovers,
    })
}

/// `recovers: { within: TIME }`, which leaves no room for another deadline.
fn recovers(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<Option<TimeExpr>> {
    let Some(entry) = mapping.entry("recovers") else {
        return Ok(None);
    };
    let inner = Mapping::read(reader, entry.node, &shapes::RECOVERS)?;
    let within = inner.require(reader, "within", "`recovers`")?;
    let time = reader.time(within, "`within`")?;
    for key in ["within", "hold"] {
        if let Some(other) = mapping.entry(key) {
            let message = format!(
                "`{key}` and `recovers` exclude each other: `recovers` counts from the restore and judges when it ran first"
            );
            return Err(reader.report(other.at, message, None));
        }
    }
    Ok(Some(time))
}

/// Whether a claim is that executions run.
fn is_of_work(claim: &Claim) -> bool {
    matches!(claim, Claim::Executions { observed: Some(state), count: None, .. } if state == "running")
}

/// `{ which: SELECTION, are: STATE }`.
fn nodes(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::NODES)?;
    let which = mapping
        .require(reader, "which", "`nodes`")
        .and_then(|node| select::selection(reader, node));
    let are = mapping
        .require(reader, "are", "`nodes`")
        .and_then(|node| reader.choice(node, "`are`", words::NODE_STATES));
    Ok(Claim::Nodes {
        which: which?,
        are: are?,
    })
}

/// `{ job: ALIAS, nodes: SELECTION, observed: STATE, desired: STATE, count: N }`.
fn executions(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::EXECUTIONS)?;
    let job = of_job(reader, &mapping, "`executions`");
    let nodes = select::nodes(reader, &mapping);
    let observed = word(reader, &mapping, "observed", words::OBSERVED);
    let desired = word(reader, &mapping, "desired", words::DESIRED);
    let count = count(reader, &mapping);
    let states = ["observed", "desired", "count"];
    let hint = "give `observed`, `desired` or `count`";
    claims(reader, &mapping, "`executions`", &states, hint)?;
    Ok(Claim::Executions {
        job: job?,
        nodes: nodes?,
        observed: observed?,
        desired: desired?,
        count: count?,
    })
}

/// `{ job: ALIAS, nodes: SELECTION, observed: STATE, count: N }`.
fn truth(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::TRUTH)?;
    let job = of_job(reader, &mapping, "`truth`");
    let nodes = select::nodes(reader, &mapping);
    let observed = word(reader, &mapping, "observed", words::OBSERVED);
    let count = count(reader, &mapping);
    let hint = "give `observed` or `count`";
    claims(reader, &mapping, "`truth`", &["observed", "count"], hint)?;
    Ok(Claim::Truth {
        job: job?,
        nodes: nodes?,
        observed: observed?,
        count: count?,
    })
}

/// `{ ALIAS: STATE }`.
fn job(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::named(reader, node, "`job`")?;
    let [entry] = mapping.entries.as_slice() else {
        let hint = "like `job: { late: running }`".to_owned();
        return Err(reader.report(node.at, "`job` takes one alias with its state", hint));
    };
    reader.uses.push(Use::Job {
        alias: entry.key.to_owned(),
        at: entry.at,
        how: JobUse::Needs,
    });
    let is = reader.word(entry.node, "the job's state", words::JOB_STATES)?;
    Ok(Claim::Job {
        job: entry.key.to_owned(),
        is,
    })
}

pub(super) fn of_job(reader: &mut Reader, mapping: &Mapping<'_>, what: &str) -> Read<String> {
    let job = mapping.require(reader, "job", what)?;
    reader.job(job, JobUse::Needs)
}

pub(super) fn word(
    reader: &mut Reader,
    mapping: &Mapping<'_>,
    key: &str,
    known: &[&str],
) -> Read<Option<String>> {
    let node = mapping.get(key);
    node.map(|node| reader.word(node, &format!("`{key}`"), known))
        .transpose()
}

pub(super) fn count(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<Option<u64>> {
    let node = mapping.get("count");
    node.map(|node| reader.count(node, "`count`", 0).map(u64::from))
        .transpose()
}

/// Reports a claim that has none of the keys that say something.
pub(super) fn claims(
    reader: &mut Reader,
    mapping: &Mapping<'_>,
    what: &str,
    keys: &[&str],
    hint: &str,
) -> Read<()> {
    if mapping.has_any(keys) {
        return Ok(());
    }
    let message = format!("{what} claims nothing");
    Err(mapping.missing(reader, keys, message, hint.to_owned()))
}
