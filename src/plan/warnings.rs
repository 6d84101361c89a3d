//! What a person should know before a plan is carried out, though nothing is wrong with it.

use std::collections::BTreeSet;

use super::{Action, Edge, Plan};
use crate::playbook::FaultKind;

impl Plan {
    /// What should be known beforehand, a sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let mut anew: BTreeSet<&str> = BTreeSet::new();
        let mut enrolling: BTreeSet<&str> = BTreeSet::new();
        for step in &self.steps {
            let (edges, lost): (_, fn(&Edge) -> bool) = match &step.action {
                Action::Fault {
                    fault: FaultKind::Remove,
                    on,
                    ..
                } => (on, |edge| edge.volatile),
                Action::Fault {
                    fault: FaultKind::Wipe,
                    on,
                    ..
                } => (on, |_| true),
                Action::Add { edges, .. } => (edges, |_| true),
                _ => continue,
            };
            let edges = edges.iter().filter_map(|name| self.edge(name));
            for edge in edges.filter(|edge| lost(edge)) {
                if edge.volatile {
                    anew.insert(&edge.name);
                }
                if edge.enrols_by_token {
                    enrolling.insert(&edge.name);
                }
            }
        }
        let mut warnings = Vec::new();
        if !anew.is_empty() {
            warnings.push(format!(
                "no volume keeps the data of {}: removed, it comes back as another node",
                list(&anew)
            ));
        }
        if !enrolling.is_empty() {
            warnings.push(format!(
                "{} must enrol with the bootstrap token: one that is good for a single node only lets nobody in again, and what is expected of it is unknown then",
                list(&enrolling)
            ));
        }
        warnings
    }
}

fn list(names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    names.join(", ")
}
