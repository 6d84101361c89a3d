//! Edges that are added.
//!
//! Apart from the faults because their name and their labels end up in other people's namespaces: host
//! names, and the variables of an agent.

use std::collections::BTreeMap;

use super::super::Verb;
use super::fault::bound;
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::shapes;
use super::tree::Node;

/// `{ edges: N, as: NAME, labels: { KEY: VALUE } }`.
pub(super) fn add(reader: &mut Reader, node: &Node) -> Read<Verb> {
    /// More than a machine carries.
    const MOST: u32 = 100;
    /// With the run's id and a number it is still a host name.
    const LONGEST: usize = 40;
    let mapping = Mapping::read(reader, node, &shapes::ADD)?;
    let edges = mapping
        .require(reader, "edges", shapes::ADD.what)
        .and_then(|node| reader.number(node, "`edges`", 1..=MOST));
    let bind = mapping
        .require(reader, "as", shapes::ADD.what)
        .and_then(|node| {
            let name = bound(reader, node, true)?;
            if name.len() <= LONGEST {
                return Ok(name);
            }
            let hint = format!("at most {LONGEST} characters: it becomes part of host names");
            Err(reader.report(node.at, "`as` is too long", hint))
        });
    let labels = mapping
        .get("labels")
        .map_or(Ok(BTreeMap::new()), |node| labels(reader, node));
    Ok(Verb::Add {
        edges: usize::try_from(edges?).unwrap_or(usize::MAX),
        labels: labels?,
        bind: bind?,
    })
}

fn labels(reader: &mut Reader, node: &Node) -> Read<BTreeMap<String, String>> {
    let mapping = Mapping::named(reader, node, "`labels`")?;
    let mut labels = BTreeMap::new();
    let mut sound = Ok(());
    for entry in &mapping.entries {
        let value = label(reader, entry.key, entry.node);
        match value {
            Ok(value) => drop(labels.insert(entry.key.to_owned(), value)),
            Err(reported) => sound = Err(reported),
        }
    }
    sound.map(|()| labels)
}

/// The value of a label. Agents take their labels as `KEY=VALUE,KEY=VALUE`.
fn label(reader: &mut Reader, key: &str, node: &Node) -> Read<String> {
    let value = reader.line(node, &format!("the label `{key}`"))?.to_owned();
    if key.is_empty() || key.contains([',', '=']) || value.contains(',') {
        let hint = "no `,` in it, and no `=` in the key".to_owned();
        return Err(reader.report(node.at, format!("`{key}: {value}` cannot be a label"), hint));
    }
    Ok(value)
}
