//! What `expect`, `assume`, `observe` and `await` are about, and on which nodes.
//!
//! Apart from the steps that say it: this is the half of the language that looks.

use super::super::{Awaited, Claim, Expectation, Observation, Selection, TimeExpr};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::{Node, Value};
use super::words;
use crate::playbook::check::Use;

/// `{ nodes | executions | job: ..., within: TIME, hold: TIME }`.
pub(super) fn expectation(reader: &mut Reader, node: &Node, verb: &str) -> Read<Expectation> {
    let mapping = Mapping::read(reader, node, &words::CLAIM)?;
    let within = optional_time(reader, &mapping, "within");
    let hold = optional_time(reader, &mapping, "hold");
    let subject = mapping.one_of(reader, words::CLAIMS, &format!("`{verb}`"))?;
    let claim = match subject.key {
        "nodes" => nodes(reader, subject.node),
        "executions" => executions(reader, subject.node),
        _ => job(reader, subject.node),
    };
    Ok(Expectation {
        claim: claim?,
        within: within?,
        hold: hold?,
    })
}

fn optional_time(reader: &mut Reader, mapping: &Mapping<'_>, key: &str) -> Read<Option<TimeExpr>> {
    mapping
        .get(key)
        .map(|node| reader.time(node, &format!("`{key}`")))
        .transpose()
}

/// `{ which: SELECTION, are: STATE }`.
fn nodes(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &words::NODES)?;
    let which = mapping
        .require(reader, "which", "`nodes`")
        .and_then(|node| selection(reader, node));
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
    let mapping = Mapping::read(reader, node, &words::EXECUTIONS)?;
    let job = mapping
        .require(reader, "job", "`executions`")
        .and_then(|node| reader.job(node, false));
    let nodes = mapping
        .get("nodes")
        .map_or(Ok(Selection::All), |node| selection(reader, node));
    let mut state = |key: &str, known| {
        let node = mapping.get(key);
        node.map(|node| reader.word(node, &format!("`{key}`"), known))
            .transpose()
    };
    let observed = state("observed", words::OBSERVED);
    let desired = state("desired", words::DESIRED);
    let count = mapping
        .get("count")
        .map(|node| reader.count(node, "`count`", 0))
        .transpose();
    let states = ["observed", "desired", "count"];
    if !mapping.has_any(&states) {
        let hint = "give `observed`, `desired` or `count`".to_owned();
        let message = "`executions` claims nothing".to_owned();
        return Err(mapping.missing(reader, &states, message, hint));
    }
    Ok(Claim::Executions {
        job: job?,
        nodes: nodes?,
        observed: observed?,
        desired: desired?,
        count: count?.map(u64::from),
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
        deploys: false,
    });
    let is = reader.word(entry.node, "the job's state", words::JOB_STATES)?;
    Ok(Claim::Job {
        job: entry.key.to_owned(),
        is,
    })
}

/// `{ nodes: all }`, `{ job: ALIAS }`, `{ executions | evaluations: { job: ALIAS } }`.
pub(super) fn observation(reader: &mut Reader, node: &Node) -> Read<Observation> {
    let mapping = Mapping::read(reader, node, &words::OBSERVE)?;
    let subject = mapping.one_of(reader, words::OBSERVE.known, "`observe`")?;
    match subject.key {
        "nodes" => reader
            .word(subject.node, "`nodes`", &["all"])
            .map(|_| Observation::Nodes),
        "job" => Ok(Observation::Job {
            job: reader.job(subject.node, false)?,
        }),
        "executions" => Ok(Observation::Executions {
            job: observed_job(reader, subject.node)?,
        }),
        _ => Ok(Observation::Evaluations {
            job: observed_job(reader, subject.node)?,
        }),
    }
}

fn observed_job(reader: &mut Reader, node: &Node) -> Read<String> {
    let mapping = Mapping::read(reader, node, &words::OBSERVED_JOB)?;
    let job = mapping.require(reader, "job", words::OBSERVED_JOB.what)?;
    reader.job(job, false)
}

/// `{ reevaluation: { job: ALIAS, trigger: WORD }, within: TIME }`.
pub(super) fn awaited(reader: &mut Reader, node: &Node) -> Read<(Awaited, Option<TimeExpr>)> {
    let mapping = Mapping::read(reader, node, &words::AWAIT)?;
    let within = optional_time(reader, &mapping, "within");
    let what = mapping.require(reader, "reevaluation", "`await`")?;
    let mapping = Mapping::read(reader, what, &words::REEVALUATION)?;
    let job = mapping
        .require(reader, "job", "`reevaluation`")
        .and_then(|node| reader.job(node, false));
    let trigger = mapping
        .require(reader, "trigger", "`reevaluation`")
        .and_then(|node| reader.word(node, "`trigger`", words::TRIGGERS));
    let what = Awaited::Reevaluation {
        job: job?,
        trigger: trigger?,
    };
    Ok((what, within?))
}

/// `all`, a name, `[names]` or `{ pick: N }`.
pub(super) fn selection(reader: &mut Reader, node: &Node) -> Read<Selection> {
    match &node.value {
        Value::Text(word) if word == "all" => Ok(Selection::All),
        Value::Map(_) => {
            let mapping = Mapping::read(reader, node, &words::SELECTION)?;
            let pick = mapping.require(reader, "pick", words::SELECTION.what)?;
            let count = reader.count(pick, "`pick`", 1)?;
            Ok(Selection::Pick(
                usize::try_from(count).unwrap_or(usize::MAX),
            ))
        }
        Value::List(_) => {
            let items = reader.list(node, "a selection")?;
            let names: Vec<Read<String>> =
                items.iter().map(|item| selected(reader, item)).collect();
            Ok(Selection::Names(names.into_iter().collect::<Read<_>>()?))
        }
        _ => Ok(Selection::Names(vec![selected(reader, node)?])),
    }
}

/// The name of an edge or of an earlier selection, as part of a selection.
fn selected(reader: &mut Reader, node: &Node) -> Read<String> {
    let name = reader.line(node, "a node's name")?.to_owned();
    if name == "all" {
        let hint = "`all` stands alone, without brackets".to_owned();
        return Err(reader.report(node.at, "`all` among names", hint));
    }
    reader.uses.push(Use::Nodes {
        name: name.clone(),
        at: node.at,
    });
    Ok(name)
}
