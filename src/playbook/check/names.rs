//! Names that steps give: each once, and before it is used.
//!
//! Apart from jobs and times, which the playbook declares at its top.

use std::collections::BTreeMap;

use super::{Finding, Use, finding};
use crate::playbook::Position;
use crate::playbook::parse::suggestion;

/// Where a name was given to nodes.
struct Bound {
    /// Its number among the uses.
    index: usize,
    at: Position,
    /// By `add`; by a fault otherwise.
    added: bool,
}

/// Every name of nodes is bound once, and before it is used. A name that is never bound may be an
/// edge's: only the inventory can tell. But what was hit, spared or added needs a name that is bound.
pub(super) fn nodes(uses: &[Use], findings: &mut Vec<Finding>) {
    let bound = bound(uses, findings);
    for (index, used) in uses.iter().enumerate() {
        let (name, at, role) = match used {
            Use::Nodes { name, at } => (name, *at, None),
            Use::Role { role, name, at } => (name, *at, Some(role)),
            _ => continue,
        };
        match (bound.get(name.as_str()), role) {
            (Some(first), _) if first.index > index => {
                let hint = format!("`as: {name}` stands on line {}", first.at.line);
                let message = format!("`{name}` is used before it is bound");
                findings.push(finding(at, message, Some(hint)));
            }
            (Some(first), Some(role)) if role == "added" && !first.added => {
                let hint = format!("a fault binds it on line {}: `hit: {name}`", first.at.line);
                let message = format!("no `add` gives the name `{name}`");
                findings.push(finding(at, message, Some(hint)));
            }
            (None, Some(role)) => {
                let message = format!("`{role}` needs the name of a selection: `{name}` is none");
                let hint = suggestion(name, bound.keys().copied());
                findings.push(finding(at, message, Some(hint)));
            }
            _ => {}
        }
    }
}

fn bound<'a>(uses: &'a [Use], findings: &mut Vec<Finding>) -> BTreeMap<&'a str, Bound> {
    let mut bound: BTreeMap<&str, Bound> = BTreeMap::new();
    for (index, used) in uses.iter().enumerate() {
        let Use::Bind { name, at, added } = used else {
            continue;
        };
        if let Some(first) = bound.get(name.as_str()) {
            let hint = format!("it is bound on line {} already", first.at.line);
            findings.push(finding(*at, format!("`{name}` is bound twice"), Some(hint)));
            continue;
        }
        let (at, added) = (*at, *added);
        bound.insert(name, Bound { index, at, added });
    }
    bound
}

/// Every id of a step stands once, and `after` names an earlier step that is done once.
pub(super) fn steps(uses: &[Use], findings: &mut Vec<Finding>) {
    let mut ids: BTreeMap<&str, (usize, Position, bool)> = BTreeMap::new();
    for (index, used) in uses.iter().enumerate() {
        let Use::Step { id, at, repeated } = used else {
            continue;
        };
        if let Some((_, first, _)) = ids.get(id.as_str()) {
            let hint = format!("the step on line {} has it already", first.line);
            findings.push(finding(
                *at,
                format!("duplicate step id `{id}`"),
                Some(hint),
            ));
            continue;
        }
        ids.insert(id, (index, *at, *repeated));
    }
    for (index, used) in uses.iter().enumerate() {
        let Use::After { id, at } = used else {
            continue;
        };
        let (message, hint) = match ids.get(id.as_str()) {
            None => {
                let hint = suggestion(id, ids.keys().copied());
                (format!("no step has the id `{id}`"), hint)
            }
            Some((_, _, true)) => {
                let hint = "name the `repeat` itself, or a step outside of it".to_owned();
                (format!("`{id}` is done several times"), hint)
            }
            Some((end, first, false)) if *end > index => {
                let hint = format!("it stands on line {}", first.line);
                (format!("`{id}` is no earlier step"), hint)
            }
            Some(_) => continue,
        };
        findings.push(finding(*at, message, Some(hint)));
    }
}
