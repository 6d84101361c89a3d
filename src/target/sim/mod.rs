//! The simulation: stand-in and edges in this process, on a virtual clock, without sockets.
//!
//! The only room that names the `standin` crate. It gives the in-memory world the shape of every other
//! target: containers that can be killed, and an API that is asked in JSON like the real one, so that a
//! mistake in the harness's understanding of that JSON cannot hide.

mod hands;
mod shapes;
mod transport;
mod variants;

use std::collections::BTreeMap;

use standin::core::{Time, Variant};
use standin::sim::{World, WorldConfig};
use tokio::sync::watch;
use tokio::task::AbortHandle;

pub use hands::SimHands;
use shapes::state;
pub use transport::SimTransport;
pub use variants::{KnownVariant, variants};

use super::matching::Edge;
use super::{Kind, Subject, Target, TargetError, Truth};
use crate::api::client::Client;
use crate::api::{ApiError, Orchestrator};
use crate::clock::{Clock, Timestamp};
use crate::fault::{FaultError, Inventory, RunState};
use crate::settings::{SimSettings, Timing};

/// When every simulation begins: 2026-01-01T00:00:00Z.
const EPOCH: Timestamp = Timestamp(1_767_225_600_000);

/// A stack in memory. Must be made and used inside a tokio runtime: with a paused clock its time is virtual,
/// otherwise it takes its time.
#[derive(Debug)]
pub struct SimTarget {
    name: String,
    hands: SimHands,
    eyes: Client<SimTransport>,
    timing: Timing,
    variant: String,
    clock: Clock,
    nodes: BTreeMap<String, String>,
    max_hit: Option<usize>,
    driver: AbortHandle,
}

impl SimTarget {
    /// Starts the world: all edges are connected and at rest when this returns.
    pub fn start(name: &str, settings: &SimSettings) -> Result<Self, TargetError> {
        let variant: Result<Variant, _> = settings.variant.parse();
        let edges: Vec<String> = (1..=settings.edges)
            .map(|number| format!("edge{number}"))
            .collect();
        let config = WorldConfig::new(
            variant.map_err(|error| TargetError::Simulation(error.to_string()))?,
            timing(&settings.timing),
            edges.iter().map(String::as_str),
            settings.seed,
            Time(EPOCH.0),
        );
        let world = World::new(config);
        let clone = world.clone();
        let driver = tokio::spawn(async move { clone.run().await }).abort_handle();
        Ok(Self {
            name: name.to_owned(),
            eyes: Client::new(SimTransport::to_orchestrator(world.clone())),
            hands: SimHands::new(world),
            timing: settings.timing.clone(),
            variant: settings.variant.clone(),
            clock: Clock::virtual_from(EPOCH),
            nodes: BTreeMap::new(),
            max_hit: settings.max_hit,
            driver,
        })
    }
}

impl SimTarget {
    /// Another way to its orchestrator's API, to put something in between: a server on a socket, say.
    pub fn orchestrator(&self) -> SimTransport {
        SimTransport::to_orchestrator(self.hands.world().clone())
    }
}

impl Drop for SimTarget {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Target for SimTarget {
    type Hands = SimHands;
    type Eyes = Client<SimTransport>;

    fn name(&self) -> &str {
        &self.name
    }

    fn hands(&self) -> &SimHands {
        &self.hands
    }

    fn eyes(&self) -> &Client<SimTransport> {
        &self.eyes
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn node_names(&self) -> &BTreeMap<String, String> {
        &self.nodes
    }

    fn max_hit(&self) -> Option<usize> {
        self.max_hit
    }

    async fn subject(&self, _containers: &Inventory) -> Result<Subject, ApiError> {
        Ok(Subject {
            target: self.name.clone(),
            kind: Kind::Sim,
            images: BTreeMap::new(),
            version: None, // the same seed shall give the same record with every release
            variant: Some(self.variant.clone()),
            timing: self.timing.name.clone(),
        })
    }

    async fn ledger_name(&self) -> Result<Option<String>, FaultError> {
        Ok(None) // nothing outlives the process
    }

    async fn truth(&self, edge: &Edge) -> Result<Truth, TargetError> {
        let (world, name) = (self.hands.world(), edge.container.0.as_str());
        match state(world, name) {
            None | Some(RunState::Exited) => Ok(Truth::Down),
            Some(RunState::Paused) => Err(TargetError::Frozen(edge.name.clone())),
            Some(RunState::Running) => {
                let edge = Client::new(SimTransport::to_edge(world.clone(), name));
                Ok(Truth::Runs(edge.executions(None).await?))
            }
        }
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        Some(self.hands.changed())
    }
}

fn timing(timing: &Timing) -> standin::core::Timing {
    standin::core::Timing {
        heartbeat: timing.heartbeat,
        disconnect_timeout: timing.disconnect_timeout,
        lost_timeout: timing.lost_timeout,
        reevaluation_batch: timing.reevaluation_batch,
        housekeeping: timing.housekeeping,
        reconcile: timing.reconcile,
        connect_grace: timing.connect_grace,
        restart_grace: timing.restart_grace,
    }
}
