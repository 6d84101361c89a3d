//! The top level of a playbook.
//!
//! Apart from the steps: what a playbook declares before it does anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::{Needs, Playbook};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::{Node, Value};
use super::{jobs, shapes, step, words};
use crate::playbook::check::{Declared, Var};
use crate::settings::Timing;

/// Reads the whole document; what is declared is told even where the playbook is not sound.
pub(super) fn playbook(
    reader: &mut Reader,
    root: &Node,
    path: &Path,
    declared: &mut Declared,
) -> Read<Playbook> {
    if matches!(root.value, Value::Null) {
        return Err(reader.report(root.at, "the file is empty", None));
    }
    let mapping = Mapping::read(reader, root, &shapes::PLAYBOOK)?;
    let version = version(reader, &mapping);
    let name = mapping
        .require(reader, "name", shapes::PLAYBOOK.what)
        .and_then(|node| reader.name(node, "`name`"));
    let mut line = |key: &str| {
        let node = mapping.get(key);
        node.map(|node| reader.line(node, &format!("`{key}`")).map(str::to_owned))
            .transpose()
    };
    let (title, scenario, issue) = (line("title"), line("scenario"), line("issue"));
    let needs = mapping
        .get("needs")
        .map_or(Ok(Needs::default()), |node| needs(reader, node));
    let folder = path.parent().unwrap_or(Path::new(""));
    let jobs = mapping
        .get("jobs")
        .map(|node| {
            declared.jobs = keys(node);
            jobs::jobs(reader, node, folder)
        })
        .unwrap_or_default();
    if let Some(node) = mapping.get("vars") {
        vars(reader, node, declared);
    }
    let always = mapping.get("always").map_or(Ok(Vec::new()), |node| {
        reader.choices(node, "`always`", "an invariant", words::INVARIANTS)
    });
    let require = mapping.get("require").map_or(Ok(Vec::new()), |node| {
        reader.choices(node, "`require`", "what is required", words::OBSERVABLES)
    });
    let steps = mapping
        .require(reader, "steps", shapes::PLAYBOOK.what)
        .and_then(|node| step::steps(reader, node));
    version?;
    let name = name?;
    Ok(Playbook {
        path: path.to_owned(),
        text: reader.text.clone(),
        title: title?.unwrap_or_else(|| name.clone()),
        name,
        scenario: scenario?,
        issue: issue?,
        needs: needs?,
        jobs,
        vars: BTreeMap::new(),
        steps: steps?,
        always: always?,
        require: require?.into_iter().collect(),
    })
}

/// `rejoin: 1`, the version of the language.
fn version(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<()> {
    let hint = "this version of rejoin reads playbooks that say `rejoin: 1`".to_owned();
    let Some(node) = mapping.get("rejoin") else {
        return Err(reader.report(mapping.at, "`rejoin: 1` is missing", hint));
    };
    match node.value {
        Value::Int(1) => Ok(()),
        _ => Err(reader.report(node.at, "another version of the language", hint)),
    }
}

fn needs(reader: &mut Reader, node: &Node) -> Read<Needs> {
    let mapping = Mapping::read(reader, node, &shapes::NEEDS)?;
    let edges = mapping.require(reader, "edges", shapes::NEEDS.what)?;
    let edges = reader.count(edges, "`edges`", 1)?;
    Ok(Needs {
        edges: usize::try_from(edges).unwrap_or(usize::MAX),
    })
}

/// `vars:`; a var whose time cannot be read is declared all the same.
fn vars(reader: &mut Reader, node: &Node, declared: &mut Declared) {
    let Ok(mapping) = Mapping::named(reader, node, "`vars`") else {
        return;
    };
    for entry in mapping.entries {
        let name = entry.key;
        let spelled = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if Timing::NAMES.contains(&name) {
            let hint = "it is a name of the timing profile; choose another".to_owned();
            reader.report(entry.at, format!("the var `{name}` hides a timing"), hint);
        } else if !spelled {
            let hint = "letters, digits and `_`; not a digit first".to_owned();
            reader.report(entry.at, format!("a var cannot be called `{name}`"), hint);
        }
        let value = reader.time_text(entry.node, &format!("`{name}`")).ok();
        let at = reader.inside(entry.node.at);
        let set = None;
        declared
            .vars
            .insert(name.to_owned(), Var { value, at, set });
    }
}

/// The keys of a mapping that are text.
fn keys(node: &Node) -> BTreeSet<String> {
    let Value::Map(pairs) = &node.value else {
        return BTreeSet::new();
    };
    let names = pairs.iter().filter_map(|(key, _)| match &key.value {
        Value::Text(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}
