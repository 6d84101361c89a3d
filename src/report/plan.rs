//! A plan as a page: each step, the containers it touches, how long it may take.

use super::style::{Style, text};
use super::words;
use crate::clock::brief;
use crate::fault::Inventory;
use crate::plan::{Action, Plan};

/// The page.
pub fn render(plan: &Plan, containers: &Inventory, style: Style) -> String {
    let mut steps = style.table(&["line", "step", "containers", "at most"]);
    for step in &plan.steps {
        let longest = step.action.longest();
        steps.add_row([
            step.at.line.to_string(),
            words::step(step),
            touched(plan, &step.action),
            if longest.is_zero() {
                String::new()
            } else {
                brief(longest)
            },
        ]);
    }
    let mut found = style.table(&["container", "role", "state", "image"]);
    for container in containers.values() {
        found.add_row([
            container.name.to_string(),
            format!("{:?}", container.role).to_lowercase(),
            format!("{:?}", container.state).to_lowercase(),
            container.image.clone(),
        ]);
    }
    format!(
        "{}: {}\n\n{}\n\n{}\n\nat most {} and what the engine needs; settles for {} at the end; seed {}",
        plan.playbook.name,
        plan.playbook.title,
        text(&steps),
        text(&found),
        brief(plan.worst_case()),
        words::budget(&plan.settle),
        plan.seed,
    )
}

fn touched(plan: &Plan, action: &Action) -> String {
    let (Action::Fault { edges, .. } | Action::Restore { edges }) = action else {
        return String::new();
    };
    let containers = edges.iter().filter_map(|name| plan.edge(name));
    let names: Vec<String> = containers.map(|edge| edge.container.to_string()).collect();
    names.join(", ")
}
