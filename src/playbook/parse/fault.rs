//! Faults, and what undoes them.
//!
//! Apart from the other verbs because they share who is hit and the name that it gets.

use std::collections::BTreeSet;

use super::super::{FaultKind, Place, Service, Verb};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::Node;
use super::{select, shapes, words};
use crate::playbook::check::Use;

/// `{ nodes: SELECTION, as: NAME }` or `{ services: [...] }`, `wipe: true` of `remove`, and `networks` of
/// `partition`.
pub(super) fn fault(reader: &mut Reader, node: &Node, kind: FaultKind) -> Read<Verb> {
    let shape = match kind {
        FaultKind::Remove => &shapes::REMOVE,
        FaultKind::Partition => &shapes::PARTITION,
        _ => &shapes::FAULT,
    };
    let mapping = Mapping::read(reader, node, shape)?;
    let on = select::place(reader, &mapping, shape.what);
    let bind = mapping
        .get("as")
        .map(|node| bound(reader, node, false))
        .transpose();
    let wipe = mapping
        .get("wipe")
        .map_or(Ok(false), |node| reader.yes(node, "`wipe`"));
    let networks = networks(reader, &mapping);
    let (on, bind, wipe, networks) = (on?, bind?, wipe?, networks?);
    if let (Place::Services(services), Some(at)) = (&on, mapping.get("services")) {
        let unnamed = kind == FaultKind::Partition && networks.is_empty();
        if unnamed && services.contains(&Service::Nats) {
            let hint = "a partition takes containers off the networks that they share with it; name others by `networks`";
            let message = "`nats` cannot be partitioned";
            return Err(reader.report(at.at, message, hint.to_owned()));
        }
        if let Some(name) = mapping.get("as") {
            let hint = "services are called by their names".to_owned();
            return Err(reader.report(name.at, "`as` names nodes, not services", hint));
        }
    }
    Ok(Verb::Fault {
        kind: if wipe { FaultKind::Wipe } else { kind },
        on,
        networks,
        bind,
    })
}

/// The networks that a partition names; none where it leaves that to the target.
fn networks(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<BTreeSet<String>> {
    let Some(node) = mapping.get("networks") else {
        return Ok(BTreeSet::new());
    };
    let items = reader.list(node, "`networks`")?;
    let names = items.iter().map(|item| {
        let name = reader.line(item, "a network's name");
        name.map(str::to_owned)
    });
    let names: Vec<Read<String>> = names.collect();
    names.into_iter().collect()
}

/// A name for the nodes that a fault hits, or that are added.
pub(super) fn bound(reader: &mut Reader, node: &Node, added: bool) -> Read<String> {
    let name = reader.name(node, "`as`")?;
    if ["all", "hit", "spared", "added"].contains(&name.as_str()) {
        let message = format!("`{name}` is a word of the language");
        return Err(reader.report(node.at, message, None));
    }
    reader.uses.push(Use::Bind {
        name: name.clone(),
        at: node.at,
        added,
    });
    Ok(name)
}

/// `{ nodes: SELECTION }` or `{ services: [...] }`, and `faults`.
pub(super) fn restore(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::RESTORE)?;
    let on = select::place(reader, &mapping, shapes::RESTORE.what);
    let faults = mapping.get("faults").map_or(Ok(Vec::new()), |node| {
        reader.choices(node, "`faults`", "a fault to undo", words::UNDOABLE)
    });
    let faults = faults?.into_iter().collect();
    Ok(Verb::Restore { on: on?, faults })
}
