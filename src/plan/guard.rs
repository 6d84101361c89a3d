//! What a plan must keep to whatever its playbook says: who is never touched, how many may be hit, what
//! the engine cannot do.
//!
//! Apart from the resolving because these rules are the target's, not the language's.

use std::collections::{BTreeMap, BTreeSet};

use super::resolve::Resolver;
use super::{Plan, PlanError, Prepared};
use crate::fault::{ContainerName, Inventory, word};
use crate::playbook::{FaultKind, Position};

/// What a plan must keep to.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    /// The containers that are never touched.
    pub protected: BTreeSet<ContainerName>,
    /// The id of every container when the plan was made: a fault hits none but these, and those that the
    /// run itself makes.
    pub ids: BTreeMap<ContainerName, String>,
    /// The faults that the engine cannot inject, each with the reason.
    pub impossible: Vec<(FaultKind, String)>,
    /// How many containers may be hit by faults.
    pub max_hit: Option<usize>,
}

impl Guard {
    /// What follows from the containers as they stand.
    pub fn of(containers: &Inventory) -> Self {
        let protected = containers.values().filter(|it| it.is_protected());
        let ids = containers.values();
        Self {
            protected: protected.map(|it| it.name.clone()).collect(),
            ids: ids.map(|it| (it.name.clone(), it.id.clone())).collect(),
            ..Self::default()
        }
    }

    /// Refuses a plan that would hit too many; every other one is prepared under this guard.
    pub(super) fn over(
        self,
        plan: Plan,
        specs: BTreeMap<String, serde_json::Value>,
    ) -> Result<Prepared, PlanError> {
        let hit = plan.hit();
        match self.max_hit {
            Some(most) if hit.len() > most => Err(PlanError::TooManyHit {
                file: plan.playbook.file.clone(),
                target: plan.subject.target.clone(),
                most,
                hit: listed(hit),
            }),
            _ => Ok(Prepared {
                plan,
                specs,
                guard: self,
            }),
        }
    }
}

impl Resolver<'_> {
    /// The names of the edges that are never touched.
    pub(super) fn protected_edges(&self) -> Vec<String> {
        let edges = self.site.edges.iter();
        let protected = edges.filter(|edge| self.site.guard.protected.contains(&edge.container));
        protected.map(|edge| edge.name.clone()).collect()
    }

    /// Refuses a fault that the engine cannot inject, or that would hit a protected container.
    pub(super) fn allowed(
        &self,
        fault: FaultKind,
        on: &[String],
        at: Position,
    ) -> Result<(), PlanError> {
        let guard = &self.site.guard;
        let impossible = guard.impossible.iter().find(|(kind, _)| *kind == fault);
        if let Some((_, reason)) = impossible {
            return Err(PlanError::Impossible {
                spot: self.spot(at),
                fault: word(fault),
                reason: reason.clone(),
            });
        }
        let edges = self.site.edges.iter();
        let edges = edges.map(|edge| (&edge.name, &edge.container));
        let services = self.site.services.iter();
        let all = edges.chain(services.map(|it| (&it.name, &it.container)));
        let protected = all.filter(|(name, _)| on.contains(name));
        let protected: Vec<&ContainerName> = protected
            .map(|(_, container)| container)
            .filter(|container| guard.protected.contains(*container))
            .collect();
        if protected.is_empty() {
            return Ok(());
        }
        Err(PlanError::Protected {
            spot: self.spot(at),
            fault: word(fault),
            containers: listed(protected),
        })
    }
}

fn listed<'a>(containers: impl IntoIterator<Item = &'a ContainerName>) -> String {
    let names: Vec<&str> = containers.into_iter().map(|it| it.0.as_str()).collect();
    names.join(", ")
}
