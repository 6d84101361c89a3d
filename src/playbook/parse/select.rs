//! Who: nodes by name, drawn, or by the part that they had; or services.
//!
//! Apart because faults and claims say it in the same words.

use super::super::{Place, Selection};
use super::mapping::{Entry, Mapping};
use super::reader::{Read, Reader};
use super::tree::{Node, Value};
use super::{shapes, words};
use crate::playbook::check::Use;

/// `nodes: SELECTION` or `services: [...]` of this mapping.
pub(super) fn place(reader: &mut Reader, mapping: &Mapping<'_>, what: &str) -> Read<Place> {
    let entry = mapping.one_of(reader, shapes::PLACES, what)?;
    if entry.key == "nodes" {
        return selection(reader, entry.node).map(Place::Nodes);
    }
    let services = reader.choices(entry.node, "`services`", "a service", words::SERVICES)?;
    Ok(Place::Services(services))
}

/// `nodes:` of this mapping; all of them where it is missing.
pub(super) fn nodes(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<Selection> {
    let node = mapping.get("nodes");
    node.map_or(Ok(Selection::All), |node| selection(reader, node))
}

/// `all`, a name, `[names]`, `{ pick: N }` or `{ hit | spared | added: NAME }`.
pub(super) fn selection(reader: &mut Reader, node: &Node) -> Read<Selection> {
    match &node.value {
        Value::Text(word) if word == "all" => Ok(Selection::All),
        Value::Map(_) => {
            let mapping = Mapping::read(reader, node, &shapes::SELECTION)?;
            let what = shapes::SELECTION.what;
            let entry = mapping.one_of(reader, shapes::SELECTION.known, what)?;
            if entry.key == "pick" {
                let count = reader.count(entry.node, "`pick`", 1)?;
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                return Ok(Selection::Pick(count));
            }
            role(reader, entry)
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

/// The nodes of an earlier selection, or all others.
fn role(reader: &mut Reader, entry: Entry<'_>) -> Read<Selection> {
    let name = reader.line(entry.node, &format!("`{}`", entry.key))?;
    let name = name.to_owned();
    reader.uses.push(Use::Role {
        role: entry.key.to_owned(),
        name: name.clone(),
        at: entry.node.at,
    });
    Ok(match entry.key {
        "spared" => Selection::Spared(name),
        _ => Selection::Names(vec![name]),
    })
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
