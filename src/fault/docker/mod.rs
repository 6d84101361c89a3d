//! The hands on a container engine: everything that touches real containers.
//!
//! The only room that knows bollard. `locate` finds the engine, `scope` says which containers may be
//! touched, `identity` what makes them the same, `inject` and `converge` (by a `recipe`) do and undo under
//! the eyes of a `witness`, `watch` tells what happens meanwhile: each event once (`told`), and `lines`.
//! All times are the engine's own (`time`).

mod converge;
mod engine;
mod identity;
mod inject;
mod lines;
mod locate;
mod plain;
mod recipe;
mod scope;
mod time;
mod told;
mod watch;
mod witness;

use bollard::query_parameters::ListContainersOptionsBuilder;
use tokio::sync::mpsc;
use tokio::time::Instant;

pub use engine::{Engine, EngineFacts};
pub use locate::{Address, locate};
pub use scope::Scope;

use super::{Container, FaultError, Faults, Inventory, Proof, Recipe, Sighting};
use crate::playbook::FaultKind;

/// The hands on the containers of one compose project.
#[derive(Debug, Clone)]
pub struct DockerHands {
    engine: Engine,
    scope: Scope,
    marks: &'static [&'static str],
}

impl DockerHands {
    /// Hands on these containers of this engine.
    pub const fn new(engine: Engine, scope: Scope) -> Self {
        Self {
            engine,
            scope,
            marks: &[],
        }
    }

    /// The same hands, whose watch tells only the lines that hold one of these marks: an edge may print
    /// thousands of lines of its own work while nobody reads them.
    #[must_use]
    pub const fn heeding(mut self, marks: &'static [&'static str]) -> Self {
        self.marks = marks;
        self
    }

    /// The marks of the lines to be told; none of them means every line.
    const fn marks(&self) -> &'static [&'static str] {
        self.marks
    }

    /// The engine.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Which containers may be touched.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl Faults for DockerHands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let filters = [("label", vec![self.scope.label()])].into();
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&filters)
            .build();
        let listed = self.engine.docker.list_containers(Some(options)).await;
        let listed = listed.map_err(|error| engine::failed("list the containers", &error))?;
        let mut inventory = Inventory::new();
        for summary in listed {
            let labels = summary.labels.unwrap_or_default();
            let member = self
                .scope
                .member(|label| labels.get(label).map(String::as_str));
            let (Some(member), Some(id)) = (member, summary.id) else {
                continue;
            };
            // Gone since the list was made: then it is not part of what there is now.
            if let Some(inspect) = self.engine.plain.inspect(&id).await? {
                let container = identity::container(&inspect, member);
                inventory.insert(container.name.clone(), container);
            }
        }
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

    async fn inject(&self, fault: FaultKind, container: &Container) -> Result<Proof, FaultError> {
        inject::inject(&self.engine, fault, container).await
    }

    async fn converge(&self, recipe: &Recipe) -> Result<Option<Proof>, FaultError> {
        converge::converge(self, recipe).await
    }

    fn watch(&self) -> mpsc::UnboundedReceiver<Sighting> {
        let (to, sightings) = mpsc::unbounded_channel();
        tokio::spawn(watch::watch(self.clone(), Instant::now(), to));
        sightings
    }
}
