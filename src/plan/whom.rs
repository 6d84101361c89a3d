//! Whom a step touches, and what is said where there is nobody.
//!
//! Apart from the steps because faults, additions and claims all ask it.

use super::resolve::Resolver;
use super::select::Unselected;
use super::{PlanError, Who};
use crate::fault::Role;
use crate::playbook::{Place, Position, Selection, Service};

impl Resolver<'_> {
    /// Whether there are as many edges by now.
    pub(super) fn enough_edges(&self, needed: usize) -> Result<(), PlanError> {
        if self.selector.present().len() >= needed {
            return Ok(());
        }
        Err(self.too_few(needed))
    }

    /// The names of edges or services as they are now.
    pub(super) fn place(&mut self, place: &Place, at: Position) -> Result<Vec<String>, PlanError> {
        match place {
            Place::Nodes(selection) => {
                let edges = self.selector.edges(selection);
                edges.map_err(|error| self.unselected(error, at))
            }
            Place::Services(services) => self.services(services, at),
        }
    }

    pub(super) fn who(&mut self, selection: &Selection, at: Position) -> Result<Who, PlanError> {
        let who = self.selector.who(selection);
        who.map_err(|error| self.unselected(error, at))
    }

    /// The names of the containers that do this in the target, of each service all.
    pub(super) fn services(
        &self,
        services: &[Service],
        at: Position,
    ) -> Result<Vec<String>, PlanError> {
        let mut names = Vec::new();
        for service in services {
            let (role, word) = match service {
                Service::Orchestrator => (Role::Orchestrator, "orchestrator"),
                Service::Nats => (Role::Nats, "nats"),
            };
            let all = self.site.services.iter();
            let found = all.filter(|container| container.role == role);
            let before = names.len();
            names.extend(found.map(|container| container.name.clone()));
            if names.len() == before {
                let edges = self.site.edges.iter().map(|edge| edge.name.as_str());
                let services = self.site.services.iter();
                let services = services.map(|service| service.name.as_str());
                return Err(PlanError::NoService {
                    spot: self.spot(at),
                    target: self.site.subject.target.clone(),
                    service: word,
                    known: edges.chain(services).collect::<Vec<_>>().join(", "),
                });
            }
        }
        Ok(names)
    }

    /// The names of the edges that there are by now.
    pub(super) fn known(&self) -> String {
        self.selector.present().join(", ")
    }

    fn unselected(&self, error: Unselected, at: Position) -> PlanError {
        match error {
            Unselected::NoSuchName(name) => PlanError::UnknownName {
                spot: self.spot(at),
                name,
                known: self.known(),
            },
            Unselected::NobodySpared(name) => PlanError::NobodySpared {
                spot: self.spot(at),
                name,
            },
            Unselected::TooFew(needed) => self.too_few(needed),
            Unselected::TooFewFree(needed, free) => PlanError::TooFewUnprotected {
                spot: self.spot(at),
                needed,
                target: self.site.subject.target.clone(),
                free: if free.is_empty() {
                    "none".to_owned()
                } else {
                    free.join(", ")
                },
                protected: self.protected_edges().join(", "),
            },
        }
    }

    fn too_few(&self, needed: usize) -> PlanError {
        PlanError::TooFewEdges {
            file: self.file.to_owned(),
            needed,
            target: self.site.subject.target.clone(),
            has: self.selector.present().len(),
            known: self.known(),
        }
    }
}
