//! What `observe` records and what `await` waits for.
//!
//! Apart from the claims: both look, and neither judges.

use super::super::{Awaited, Observation, TimeExpr};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::Node;
use super::{shapes, words};
use crate::playbook::check::JobUse;

/// `{ nodes: all }`, `{ job: ALIAS }`, `{ executions | evaluations | history | truth: { job: ALIAS } }`.
pub(super) fn observation(reader: &mut Reader, node: &Node) -> Read<Observation> {
    let mapping = Mapping::read(reader, node, &shapes::OBSERVE)?;
    let subject = mapping.one_of(reader, shapes::OBSERVE.known, "`observe`")?;
    match subject.key {
        "nodes" => {
            reader.word(subject.node, "`nodes`", &["all"])?;
            return Ok(Observation::Nodes);
        }
        "job" => {
            let job = reader.job(subject.node, JobUse::Needs)?;
            return Ok(Observation::Job { job });
        }
        _ => {}
    }
    let mapping = Mapping::read(reader, subject.node, &shapes::OBSERVED_JOB)?;
    let job = mapping.require(reader, "job", shapes::OBSERVED_JOB.what)?;
    let job = reader.job(job, JobUse::Needs)?;
    Ok(match subject.key {
        "executions" => Observation::Executions { job },
        "evaluations" => Observation::Evaluations { job },
        "history" => Observation::History { job },
        _ => Observation::Truth { job },
    })
}

/// `{ reevaluation: { job: ALIAS, trigger: WORD }, within: TIME }`.
pub(super) fn awaited(reader: &mut Reader, node: &Node) -> Read<(Awaited, Option<TimeExpr>)> {
    let mapping = Mapping::read(reader, node, &shapes::AWAIT)?;
    let within = mapping
        .get("within")
        .map(|node| reader.time(node, "`within`"))
        .transpose();
    let what = mapping.require(reader, "reevaluation", "`await`")?;
    let mapping = Mapping::read(reader, what, &shapes::REEVALUATION)?;
    let job = mapping
        .require(reader, "job", "`reevaluation`")
        .and_then(|node| reader.job(node, JobUse::Needs));
    let trigger = mapping
        .require(reader, "trigger", "`reevaluation`")
        .and_then(|node| reader.word(node, "`trigger`", words::TRIGGERS));
    let what = Awaited::Reevaluation {
        job: job?,
        trigger: trigger?,
    };
    Ok((what, within?))
}
