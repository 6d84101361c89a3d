//! Which networks a partition cuts: those that lead to NATS, or those that the playbook names.
//!
//! Resolved here, like every other name, so that a playbook that cannot be run is refused before
//! anything is touched, and so that what was cut is known however the containers stand later.

use std::collections::{BTreeMap, BTreeSet};

use super::PlanError;
use super::resolve::Resolver;
use crate::fault::{ContainerName, Inventory};
use crate::playbook::{Position, Service};

/// The networks of each container, as the engine calls them.
pub type Networks = BTreeMap<ContainerName, BTreeSet<String>>;

/// The networks that the containers are in.
pub fn networks(containers: &Inventory) -> Networks {
    let of =
        |container: &crate::fault::Container| container.networks().map(str::to_owned).collect();
    let all = containers.iter();
    all.map(|(name, container)| (name.clone(), of(container)))
        .collect()
}

impl Resolver<'_> {
    /// The networks that these edges or services shall leave. Each of them must be in one.
    pub(super) fn networks(
        &self,
        on: &[String],
        named: &BTreeSet<String>,
        at: Position,
    ) -> Result<BTreeSet<String>, PlanError> {
        let cut = if named.is_empty() {
            let nats = self.services(&[Service::Nats], at)?;
            nats.iter()
                .flat_map(|name| self.networks_of(name))
                .collect()
        } else {
            named
                .iter()
                .map(|name| self.network(name, on, at))
                .collect::<Result<_, _>>()?
        };
        let outside = on.iter().find(|name| {
            let own = self.networks_of(name);
            own.is_disjoint(&cut)
        });
        match outside {
            None => Ok(cut),
            Some(name) => Err(PlanError::NotInNetwork {
                spot: self.spot(at),
                name: name.clone(),
                networks: list(&cut),
                own: list(&self.networks_of(name)),
            }),
        }
    }

    /// The engine's name of a network, which compose puts the project's name in front of.
    fn network(&self, name: &str, on: &[String], at: Position) -> Result<String, PlanError> {
        let known: BTreeSet<String> = on.iter().flat_map(|one| self.networks_of(one)).collect();
        if known.contains(name) {
            return Ok(name.to_owned());
        }
        let of_project = |network: &&String| {
            let project = network.strip_suffix(name);
            project.is_some_and(|project| project.ends_with('_'))
        };
        let mut found = known.iter().filter(of_project);
        match (found.next(), found.next()) {
            (Some(network), None) => Ok(network.clone()),
            _ => Err(PlanError::UnknownNetwork {
                spot: self.spot(at),
                name: name.to_owned(),
                known: list(&known),
            }),
        }
    }

    /// The networks of an edge or service. An added edge gets those of another edge.
    fn networks_of(&self, name: &str) -> BTreeSet<String> {
        let edges = self.site.edges.iter();
        let edge = edges.map(|edge| (&edge.name, &edge.container));
        let services = self.site.services.iter();
        let service = services.map(|service| (&service.name, &service.container));
        let own = edge.chain(service).find(|(own, _)| *own == name);
        let model = || self.site.edges.first().map(|edge| &edge.container);
        let container = own.map(|(_, container)| container).or_else(model);
        let networks = container.and_then(|container| self.site.networks.get(container));
        networks.cloned().unwrap_or_default()
    }
}

fn list(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.join(", ")
}
