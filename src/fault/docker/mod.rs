//! The hands on a container engine: everything that touches real containers.
//!
//! The only room that knows bollard. `locate` finds the engine, `scope` says which containers may be
//! touched, `identity` what makes them the same. `inject` and `converge` (by a `recipe`) do and undo, `add`
//! and `absent` give and take edges, all under the eyes of a `witness` and with a `proof`; `make` and
//! `volumes` bring containers and what they keep into being. `watch` tells what happens meanwhile: each
//! event once (`told`), and `lines`. `door` says how a container's port is reached.
//! All times are the engine's own (`time`).

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

use bollard::query_parameters::ListContainersOptionsBuilder;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use door::Door;
pub use engine::{Engine, EngineFacts};
pub use locate::{Address, locate};
pub use scope::Scope;

use scope::Member;

use super::{
    Container, ContainerName, Fault, FaultError, Faults, Heed, Inventory, NewEdge, Proof, Recipe,
    Sighting, Wanted, many,
};

/// The hands on the containers of one compose project.
#[derive(Debug, Clone)]
pub struct DockerHands {
    engine: Engine,
    scope: Scope,
}

impl DockerHands {
    /// Hands on these containers of this engine.
    pub const fn new(engine: Engine, scope: Scope) -> Self {
        Self { engine, scope }
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

    /// The names of the volumes that compose made for the project, in order: what a stack without its
    /// containers keeps.
    pub async fn volumes(&self) -> Result<Vec<String>, FaultError> {
        volumes::labelled(&self.engine, &self.scope.of_compose()).await
    }

    /// How this port of a container, such as `9010/tcp`, is reached at the moment.
    pub async fn door(&self, container: &ContainerName, port: &str) -> Result<Door, FaultError> {
        door::door(self, container, port).await
    }

    /// Adds the containers with these labels that belong to the target.
    async fn list(&self, labels: Vec<String>, into: &mut Inventory) -> Result<(), FaultError> {
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&[("label", labels)].into())
            .build();
        let listed = self.engine.docker.list_containers(Some(options)).await;
        let listed = listed.map_err(|error| engine::failed("list the containers", &error))?;
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

    fn absence(&self, edge: &NewEdge) -> Recipe {
        recipe::absence(edge)
    }

    fn watch(&self, heed: Heed) -> mpsc::UnboundedReceiver<Sighting> {
        let (to, sightings) = mpsc::unbounded_channel();
        tokio::spawn(watch::watch(self.clone(), heed, Instant::now(), to));
        sightings
    }
}
