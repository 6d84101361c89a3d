//! A debt: a container that has to be what it was, and what a person can do about it.

use serde::{Deserialize, Serialize};

use crate::fault::{Container, ContainerName, Inventory, Recipe, word};
use crate::playbook::FaultKind;

/// A container that has to be put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Debt {
    /// The run that owes it.
    pub run: String,
    /// The target's name in the settings.
    pub target: String,
    /// The first fault that was to be injected; `None` where the container is an edge that the run adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultKind>,
    /// The container as it was before the first fault; `None` where there was none: its undo is its absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Container>,
    /// How to make it what it was.
    pub recipe: Recipe,
}

impl Debt {
    /// The container's name, which stays whatever happens to it.
    pub fn container(&self) -> &ContainerName {
        &self.recipe.container
    }

    /// What puts it back.
    pub fn heal(&self) -> String {
        format!("put it back with `rejoin heal --target {}`", self.target)
    }

    /// What a person can do about it where healing does not help.
    pub fn mend(&self) -> String {
        let target = &self.target;
        let Some(before) = &self.before else {
            return format!("remove it and its volumes with `rejoin down --target {target}`");
        };
        let flag = |name: &str| {
            let value = before.labels.get(&format!("rejoin.{name}"));
            value.map_or_else(String::new, |value| format!(" --{name} {value}"))
        };
        format!(
            "bring it back with `rejoin up --target {target}{}{}`",
            flag("timing"),
            flag("variant")
        )
    }

    /// Whether somebody brought the stack up again with other images or another configuration: then what
    /// stands there `now` is no longer the container that the debt is about.
    pub fn is_void(&self, now: &Inventory) -> bool {
        let there = self.before.as_ref().zip(now.get(self.container()));
        there.is_some_and(|(before, now)| made_anew(before, now))
    }

    /// What is not as it was before the run, for a person; `None` where all is well again.
    pub(super) fn still_owed(&self, now: &Inventory) -> Option<String> {
        let name = self.container();
        let run = &self.run;
        let Some(before) = &self.before else {
            now.get(name)?;
            return Some(format!("  {name} was added by run {run}"));
        };
        let is = match now.get(name) {
            None => "is gone".to_owned(),
            Some(container) => {
                let differences = before.differences(container);
                if differences.is_empty() || made_anew(before, container) {
                    return None;
                }
                format!("is not what it was ({})", differences.join("; "))
            }
        };
        let fault = self.fault.map(|fault| format!(" ({})", word(fault)));
        Some(format!(
            "  {name} {is} since run {run}{}",
            fault.unwrap_or_default()
        ))
    }
}

/// Whether `now` was made by compose from something else than `before` was.
fn made_anew(before: &Container, now: &Container) -> bool {
    const HASH: &str = "label.com.docker.compose.config-hash";
    let other =
        before.image_id != now.image_id || before.identity.get(HASH) != now.identity.get(HASH);
    other && now.state == before.state
}
