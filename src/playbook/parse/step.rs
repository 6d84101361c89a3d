//! Steps: at most a name and an id, and exactly one verb.
//!
//! Apart because this is where the language grows: a new verb is one arm here.

use super::super::{FaultKind, Step, Verb};
use super::mapping::{Entry, Mapping};
use super::reader::{Read, Reader};
use super::tree::Node;
use super::{add, claim, fault, hands, look, shapes};
use crate::playbook::check::{JobUse, Use};

/// The most rounds of a `repeat`.
const ROUNDS: u32 = 1000;
/// The most steps of a playbook, the rounds written out: each of them is in the record.
const STEPS: usize = 10_000;

/// `steps:`; steps that cannot be read are reported and left out.
pub(super) fn steps(reader: &mut Reader, node: &Node) -> Read<Vec<Step>> {
    let steps = list(reader, node, None)?;
    let all: usize = steps.iter().map(done).sum();
    if all > STEPS {
        let message = format!("these are {all} steps, with every round of `repeat`");
        return Err(reader.report(node.at, message, format!("at most {STEPS}")));
    }
    Ok(steps)
}

/// How many steps it comes to.
fn done(step: &Step) -> usize {
    match &step.verb {
        Verb::Repeat { times, steps } => usize::try_from(*times)
            .unwrap_or(usize::MAX)
            .saturating_mul(steps.len()),
        _ => 1,
    }
}

/// The steps of the playbook, or of one round of the `repeat` that has this id.
fn list(reader: &mut Reader, node: &Node, outer: Option<&str>) -> Read<Vec<Step>> {
    let items = reader.list(node, "`steps`")?;
    let read = items.iter().enumerate().filter_map(|(index, item)| {
        let prefix = outer.unwrap_or("step");
        step(reader, item, &format!("{prefix}-{}", index + 1), outer).ok()
    });
    Ok(read.collect())
}

/// A step; `number` is its id where it has none of its own.
fn step(reader: &mut Reader, node: &Node, number: &str, outer: Option<&str>) -> Read<Step> {
    let mapping = Mapping::read(reader, node, &shapes::STEP)?;
    let name = mapping
        .get("name")
        .map(|node| reader.line(node, "`name`").map(str::to_owned))
        .transpose();
    let id = mapping
        .get("id")
        .map_or(Ok(number.to_owned()), |node| reader.name(node, "`id`"));
    let verb = mapping
        .one_of(reader, shapes::VERBS, "a step")
        .and_then(|entry| {
            let id = id.as_deref().unwrap_or(number);
            Ok((entry.at, verb(reader, entry, id, outer)?))
        });
    if let Ok(id) = &id {
        reader.uses.push(Use::Step {
            id: id.clone(),
            at: node.at,
            repeated: outer.is_some(),
        });
    }
    let (at, verb) = verb?;
    Ok(Step {
        id: id?,
        name: name?,
        at,
        verb,
    })
}

fn verb(reader: &mut Reader, entry: Entry<'_>, id: &str, outer: Option<&str>) -> Read<Verb> {
    let node = entry.node;
    Ok(match entry.key {
        "deploy" => Verb::Deploy {
            job: reader.job(node, JobUse::Deploys)?,
        },
        "update" => update(reader, node)?,
        "stop" => Verb::Stop {
            job: reader.job(node, JobUse::Changes("stop"))?,
        },
        "delete" => Verb::Delete {
            job: reader.job(node, JobUse::Changes("delete"))?,
        },
        "rerun" => Verb::Rerun {
            job: reader.job(node, JobUse::Changes("rerun"))?,
        },
        "adopt" if outer.is_some() => {
            let hint = "every round would give the same name again".to_owned();
            return Err(reader.report(entry.at, "`adopt` inside of `repeat`", hint));
        }
        "adopt" => hands::adopt(reader, node)?,
        "manual" => hands::manual(reader, node)?,
        "kill" => fault::fault(reader, node, FaultKind::Kill)?,
        "crash" => fault::fault(reader, node, FaultKind::Crash)?,
        "terminate" => fault::fault(reader, node, FaultKind::Terminate)?,
        "remove" => fault::fault(reader, node, FaultKind::Remove)?,
        "pause" => fault::fault(reader, node, FaultKind::Pause)?,
        "partition" => fault::fault(reader, node, FaultKind::Partition)?,
        "restart" => fault::fault(reader, node, FaultKind::Restart)?,
        "restore" => fault::restore(reader, node)?,
        "add" if outer.is_some() => {
            let hint = "every round would add edges of the same names".to_owned();
            return Err(reader.report(entry.at, "`add` inside of `repeat`", hint));
        }
        "add" => add::add(reader, node)?,
        "repeat" if outer.is_some() => {
            let message = "`repeat` inside of `repeat`";
            return Err(reader.report(entry.at, message, None));
        }
        "repeat" => repeat(reader, node, id)?,
        "wait" => Verb::Wait(reader.time(node, "`wait`")?),
        "await" => {
            let (what, within) = look::awaited(reader, node)?;
            Verb::Await { what, within }
        }
        "assume" => Verb::Assume(claim::expectation(reader, node, "assume")?),
        "observe" => Verb::Observe(look::observation(reader, node)?),
        _ => Verb::Expect(claim::expectation(reader, node, "expect")?),
    })
}

/// `{ job: ALIAS, to: ALIAS }`.
fn update(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::UPDATE)?;
    let job = mapping
        .require(reader, "job", shapes::UPDATE.what)
        .and_then(|node| reader.job(node, JobUse::Changes("update")));
    let other = mapping.require(reader, "to", shapes::UPDATE.what)?;
    let to = reader.job(other, JobUse::Names);
    let (job, to) = (job?, to?);
    if job == to {
        let hint = format!("`deploy: {job}` deploys the same again");
        return Err(reader.report(other.at, "`to` is the job itself", hint));
    }
    Ok(Verb::Update { job, to })
}

/// `{ times: N, steps: [...] }`.
fn repeat(reader: &mut Reader, node: &Node, id: &str) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::REPEAT)?;
    let times = mapping
        .require(reader, "times", shapes::REPEAT.what)
        .and_then(|node| reader.number(node, "`times`", 1..=ROUNDS));
    let steps = mapping
        .require(reader, "steps", shapes::REPEAT.what)
        .and_then(|node| list(reader, node, Some(id)));
    Ok(Verb::Repeat {
        times: times?,
        steps: steps?,
    })
}
