//! A plan as a page: each step, the containers it touches, how long it may take, what it leaves.

use std::collections::{BTreeMap, BTreeSet};

use super::style::{Style, text};
use super::words;
use crate::clock::brief;
use crate::fault::{Container, Inventory, catalogue};
use crate::plan::{Action, Plan};

/// The page.
pub fn render(plan: &Plan, containers: &Inventory, style: Style) -> String {
    let mut parts = vec![
        format!("{}: {}", plan.playbook.name, plan.playbook.title),
        steps(plan, style),
        found(plan, containers, style),
    ];
    let lasting = lasting(plan);
    if !lasting.is_empty() {
        parts.push(lasting.join("\n"));
    }
    let warnings = plan.warnings();
    parts.extend(warnings.iter().map(|it| style.sentence("warning: ", it)));
    parts.extend(other_hands(plan));
    if !plan.require.is_empty() {
        let required: Vec<&str> = plan
            .require
            .iter()
            .map(|what| words::observable(*what))
            .collect();
        parts.push(format!("must be observable: {}", required.join(", ")));
    }
    let settle = words::budget(&plan.settle);
    let longest = plan.longest_settling();
    let longer = if longest > plan.settle.time {
        format!(
            " (at most {} while an execution is pending)",
            brief(longest)
        )
    } else {
        String::new()
    };
    parts.push(format!(
        "at most {} and what the engine needs; settles for {settle} at the end{longer}; seed {}",
        brief(plan.worst_case()),
        plan.seed,
    ));
    parts.join("\n\n")
}

fn steps(plan: &Plan, style: Style) -> String {
    let mut steps = style.table(&["line", "step", "containers", "at most"]);
    for step in &plan.steps {
        let longest = step.action.longest();
        steps.add_row([
            step.at.line.to_string(),
            words::step(step),
            touched(plan, &step.action).join(", "),
            if longest.is_zero() {
                String::new()
            } else {
                brief(longest)
            },
        ]);
    }
    text(&steps)
}

/// The containers that are there, and those that will be.
fn found(plan: &Plan, containers: &Inventory, style: Style) -> String {
    let mut found = style.table(&["container", "role", "state", "image"]);
    for container in containers.values() {
        found.add_row([
            container.name.to_string(),
            format!("{:?}", container.role).to_lowercase(),
            state(container),
            container.image.clone(),
        ]);
    }
    for edge in plan.edges.iter().filter(|edge| edge.added) {
        found.add_row([edge.container.0.as_str(), "edge", "added by the run", ""]);
    }
    text(&found)
}

/// Whether it runs, and whether the guard keeps everybody off it.
fn state(container: &Container) -> String {
    let state = format!("{:?}", container.state).to_lowercase();
    if container.is_protected() {
        format!("{state}, protected")
    } else {
        state
    }
}

fn touched(plan: &Plan, action: &Action) -> Vec<String> {
    let (Action::Fault { on: names, .. }
    | Action::Restore { on: names, .. }
    | Action::Add { edges: names, .. }) = action
    else {
        return Vec::new();
    };
    let containers = names.iter().filter_map(|name| plan.container(name));
    containers.map(ToString::to_string).collect()
}

/// What the run leaves to others, a sentence each.
fn other_hands(plan: &Plan) -> Option<String> {
    let mut said = Vec::new();
    let manual = |action: &Action| matches!(action, Action::Manual { .. });
    let asked = plan
        .steps
        .iter()
        .filter(|step| manual(&step.action))
        .count();
    if asked > 0 {
        said.push(format!(
            "needs a person at standard input: lines to confirm with, {asked} in all"
        ));
    }
    let adopted: Vec<String> = plan
        .adopted()
        .into_iter()
        .map(|(alias, name)| format!("{} ({alias})", words::printable(name)))
        .collect();
    if !adopted.is_empty() {
        said.push(format!(
            "of other hands, never changed and left as they are: {}",
            adopted.join(", ")
        ));
    }
    (!said.is_empty()).then(|| said.join("\n"))
}

/// What no undo takes back, a sentence each.
fn lasting(plan: &Plan) -> Vec<String> {
    let mut hit: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for step in &plan.steps {
        if let Action::Fault { fault, .. } = &step.action
            && let Some(effect) = catalogue::entry(*fault).lasting
        {
            let hit = hit.entry(effect).or_default();
            hit.extend(touched(plan, &step.action));
        }
    }
    let mut lasting: Vec<String> = hit
        .into_iter()
        .map(|(effect, on)| {
            let on: Vec<String> = on.into_iter().collect();
            format!("lasting, of {}: {effect}", on.join(", "))
        })
        .collect();
    if plan.edges.iter().any(|edge| edge.added) {
        lasting.push(
            "added edges are removed at the end, with their volumes and the records of their nodes"
                .to_owned(),
        );
    }
    lasting
}

#[cfg(test)]
mod tests;
