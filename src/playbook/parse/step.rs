//! Steps: at most a name and an id, and exactly one verb.
//!
//! Apart because this is where the language grows: a new verb is one arm here.

use super::super::{FaultKind, Step, Verb};
use super::claim;
use super::mapping::{Entry, Mapping};
use super::reader::{Read, Reader};
use super::tree::Node;
use super::words;
use crate::playbook::check::Use;

/// `steps:`; steps that cannot be read are reported and left out.
pub(super) fn steps(reader: &mut Reader, node: &Node) -> Read<Vec<Step>> {
    let items = reader.list(node, "`steps`")?;
    let mut steps: Vec<Step> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Ok(step) = step(reader, item, index + 1) else {
            continue;
        };
        if let Some(first) = steps.iter().find(|first| first.id == step.id) {
            let hint = format!("the step on line {} has it already", first.at.line);
            reader.report(item.at, format!("duplicate step id `{}`", step.id), hint);
        }
        steps.push(step);
    }
    Ok(steps)
}

fn step(reader: &mut Reader, node: &Node, number: usize) -> Read<Step> {
    let mapping = Mapping::read(reader, node, &words::STEP)?;
    let name = mapping
        .get("name")
        .map(|node| reader.line(node, "`name`").map(str::to_owned))
        .transpose();
    let id = mapping.get("id").map_or_else(
        || Ok(format!("step-{number}")),
        |node| reader.name(node, "`id`"),
    );
    let entry = mapping.one_of(reader, words::VERBS, "a step")?;
    let verb = verb(reader, entry);
    Ok(Step {
        id: id?,
        name: name?,
        at: entry.at,
        verb: verb?,
    })
}

fn verb(reader: &mut Reader, entry: Entry<'_>) -> Read<Verb> {
    let node = entry.node;
    Ok(match entry.key {
        "deploy" => Verb::Deploy {
            job: reader.job(node, true)?,
        },
        "kill" => fault(reader, node, FaultKind::Kill)?,
        "remove" => fault(reader, node, FaultKind::Remove)?,
        "restart" => fault(reader, node, FaultKind::Restart)?,
        "restore" => restore(reader, node)?,
        "wait" => Verb::Wait(reader.time(node, "`wait`")?),
        "await" => {
            let (what, within) = claim::awaited(reader, node)?;
            Verb::Await { what, within }
        }
        "assume" => Verb::Assume(claim::expectation(reader, node, "assume")?),
        "observe" => Verb::Observe(claim::observation(reader, node)?),
        _ => Verb::Expect(claim::expectation(reader, node, "expect")?),
    })
}

/// `{ nodes: SELECTION, as: NAME }`.
fn fault(reader: &mut Reader, node: &Node, kind: FaultKind) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &words::FAULT)?;
    let nodes = mapping
        .require(reader, "nodes", words::FAULT.what)
        .and_then(|node| claim::selection(reader, node));
    let bind = mapping
        .get("as")
        .map(|node| bound(reader, node))
        .transpose();
    Ok(Verb::Fault {
        kind,
        nodes: nodes?,
        bind: bind?,
    })
}

/// A name for the nodes that a fault hit.
fn bound(reader: &mut Reader, node: &Node) -> Read<String> {
    let name = reader.name(node, "`as`")?;
    if ["all", "hit", "spared"].contains(&name.as_str()) {
        let message = format!("`{name}` is a word of the language");
        return Err(reader.report(node.at, message, None));
    }
    reader.uses.push(Use::Bind {
        name: name.clone(),
        at: node.at,
    });
    Ok(name)
}

/// `{ nodes: SELECTION }`.
fn restore(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &words::RESTORE)?;
    let nodes = mapping.require(reader, "nodes", words::RESTORE.what)?;
    Ok(Verb::Restore {
        nodes: claim::selection(reader, nodes)?,
    })
}
