//! The hands on a container engine: everything that touches real containers.
//!
//! The only room that knows bollard. `locate` finds the engine, `able` says what it cannot do, `scope` says which containers may be
//! touched, `identity` what makes them the same. `inject` and `converge` (by a `recipe`) do and undo, `add`
//! and `absent` give and take edges, all under the eyes of a `witness` and with a `proof`; `make` and
//! `volumes` bring containers and what they keep into being. `watch` tells what happens meanwhile: each
//! event once (`told`), and `lines`. `door` says how a container's port is reached.
//! All times are the engine's own (`time`).

mod able;
mod absent;
mod add;
mod converge;
mod door;
mod engine;
mod identity;
mod inject;
mod lines;
mod locate;
mod make;
mod plain;
mod proof;
mod recipe;
mod scope;
mod time;
mod told;
mod volumes;
mod watch;
mod witness;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bollard::models::ContainerSummary;
use bollard::query_parameters::ListContainersOptionsBuilder;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use door::Door;
pub use engine::{Engine, EngineFacts};
pub use locate::{Address, locate};
pub use scope::Scope;

use scope::Member;

use super::{
    Container, ContainerName, Fault, FaultError, Faults, Heed, Inventory, NewEdge, PROTECT_LABEL,
    Proof, Recipe, Sighting, Wanted, many, protects,
};
use crate::playbook::FaultKind;

/// The hands on the containers of one compose project.
#[derive(Debug, Clone)]
pub struct DockerHands {
    engine: Engine,
    scope: Scope,
    /// The ids of the containers that these hands made.
    made: Arc<Mutex<BTreeSet<String>>>,
}

impl DockerHands {
    /// Hands on these containers of this engine.
    pub fn new(engine: Engine, scope: Scope) -> Self {
        Self {
            engine,
            scope,
            made: Arc::default(),
        }
    }

    /// The engine.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Which containers may be touched.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Takes away every edge that a run added and did not take away itself, with its volumes; says
    /// which there were.
    pub async fn withdraw_added(&self) -> Result<Vec<ContainerName>, FaultError> {
        absent::all(self).await
    }

    /// The containers of the compose project that their label protects, whatever else they are: compose
    /// would exchange or remove them without asking.
    pub async fn protected(&self) -> Result<Vec<ContainerName>, FaultError> {
        let mut labels = self.scope.of_compose();
        labels.push(PROTECT_LABEL.to_owned());
        let mut protected = Vec::new();
        for summary in self.listed(labels).await? {
            let labels = summary.labels.unwrap_or_default();
            if protects(labels.get(PROTECT_LABEL).map(String::as_str)) {
                let name = summary.names.into_iter().flatten().next();
                let name = name.or(summary.id).unwrap_or_default();
                protected.push(ContainerName(name.trim_start_matches('/').to_owned()));
            }
        }
        protected.sort();
        Ok(protected)
    }

    /// The names of the volumes that compose made for the project, in order: what a stack without its
    /// containers keeps.
    pub async fn volumes(&self) -> Result<Vec<String>, FaultError> {
        volumes::labelled(&self.engine, &self.scope.of_compose()).await
    }

    /// How this port of a container, such as `9010/tcp`, is reached at the moment.
    pub async fn door(&self, container: &ContainerName, port: &str) -> Result<Door, FaultError> {
        door::door(self, container, port).await
    }

    /// Remembers that the container of this id was made here.
    fn remember(&self, id: &str) {
        let made = self.made.lock();
        let mut made = made.unwrap_or_else(PoisonError::into_inner);
        made.insert(id.to_owned());
    }

    /// The containers with these labels, as a list shows them.
    async fn listed(&self, labels: Vec<String>) -> Result<Vec<ContainerSummary>, FaultError> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&[("label", labels)].into())
            .build();
        let listed = self.engine.docker.list_containers(Some(options)).await;
        listed.map_err(|error| engine::failed("list the containers", &error))
    }

    /// Adds the containers with these labels that belong to the target.
    async fn list(&self, labels: Vec<String>, into: &mut Inventory) -> Result<(), FaultError> {
        let listed = self.listed(labels).await?;
        let members = listed.into_iter().filter_map(|summary| {
            let labels = summary.labels.unwrap_or_default();
            let member = self
                .scope
                .member(|label| labels.get(label).map(String::as_str));
            Some((member?, summary.id?))
        });
        let looked = members.map(|(member, id)| self.look(id, member));
        for container in many::each(looked).await {
            into.extend(container?.map(|container| (container.name.clone(), container)));
        }
        Ok(())
    }

    /// A container of the target; `None` where it is gone since somebody learned its id.
    async fn look(&self, id: String, member: Member) -> Result<Option<Container>, FaultError> {
        let inspect = self.engine.plain.inspect(&id).await?;
        Ok(inspect.map(|inspect| identity::container(&inspect, member)))
    }
}

impl Faults for DockerHands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let mut inventory = Inventory::new();
        self.list(self.scope.of_compose(), &mut inventory).await?;
        self.list(self.scope.of_added(), &mut inventory).await?;
        if inventory.is_empty() {
            return Err(FaultError::NoMatch {
                what: self.scope.describe(),
                target: self.scope.target.clone(),
            });
        }
        Ok(inventory)
    }

    async fn recipe(&self, container: &Container) -> Result<Recipe, FaultError> {
        recipe::recipe(self, container).await
    }

    async fn inject(
        &self,
        fault: impl Into<Fault>,
        container: &Container,
    ) -> Result<Proof, FaultError> {
        inject::inject(self, &fault.into(), container).await
    }

    async fn converge(
        &self,
        recipe: &Recipe,
        still: &[Fault],
    ) -> Result<Option<Proof>, FaultError> {
        converge::converge(self, recipe, Wanted::with(still)).await
    }

    async fn add(&self, edge: &NewEdge, model: &Container) -> Result<Proof, FaultError> {
        add::add(self, edge, model).await
    }

    fn made(&self, id: &str) -> bool {
        let made = self.made.lock();
        made.unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    async fn impossible(&self) -> Result<Vec<(FaultKind, String)>, FaultError> {
        Ok(self.engine.facts().await?.impossible())
    }

    fn absence(&self, edge: &NewEdge) -> Recipe {
        recipe::absence(edge)
    }

    fn watch(&self, heed: Heed) -> mpsc::UnboundedReceiver<Sighting> {
        let (to, sightings) = mpsc::unbounded_channel();
        tokio::spawn(watch::watch(self.clone(), heed, Instant::now(), to));
        sightings
    }
}
