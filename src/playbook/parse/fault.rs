//! Faults, and what undoes them.
//!
//! Apart from the other verbs because they share who is hit and the name that it gets.

use super::super::{FaultKind, Place, Service, Verb};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::Node;
use super::{select, shapes};
use crate::playbook::check::Use;

/// `{ nodes: SELECTION, as: NAME }` or `{ services: [...] }`, and `wipe: true` of `remove`.
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
    let (on, bind, wipe) = (on?, bind?, wipe?);
    if let (Place::Services(services), Some(at)) = (&on, mapping.get("services")) {
        if kind == FaultKind::Partition && services.contains(&Service::Nats) {
            let hint = "a partition takes containers off the networks that they share with it";
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
        bind,
    })
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

/// `{ nodes: SELECTION }` or `{ services: [...] }`.
pub(super) fn restore(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::RESTORE)?;
    let on = select::place(reader, &mapping, shapes::RESTORE.what)?;
    Ok(Verb::Restore { on })
}
