//! A target whose orchestrator is reached over the hostile network, in real time.

use std::collections::BTreeMap;

use rejoin::api::ApiError;
use rejoin::api::client::Client;
use rejoin::api::http::Http;
use rejoin::clock::Clock;
use rejoin::fault::{FaultError, Inventory};
use rejoin::settings::{SimSettings, Timing};
use rejoin::target::matching::Edge;
use rejoin::target::sim::{SimHands, SimTarget};
use rejoin::target::{Subject, Target, TargetError, Truth};
use tokio::sync::watch;

use crate::Result;
use crate::server::Server;
use crate::trouble::Dice;

/// A simulation behind a hostile network.
pub(crate) struct Remote {
    sim: SimTarget,
    eyes: Client<Http>,
    pub(crate) server: Server,
}

impl Remote {
    pub(crate) async fn start(variant: &str, dice: Dice) -> Result<Self> {
        let settings = SimSettings {
            edges: 2,
            variant: variant.to_owned(),
            timing: Timing::profile("tiny").ok_or("no profile `tiny`")?,
            seed: 1,
            max_hit: None,
        };
        let sim = SimTarget::start("hostile", &settings)?;
        let server = Server::before(sim.orchestrator(), dice).await?;
        let http = Http::new(&format!("http://127.0.0.1:{}", server.port), None, "")?;
        let eyes = Client::new(http).with_heartbeat(settings.timing.heartbeat);
        Ok(Self { sim, eyes, server })
    }
}

impl Target for Remote {
    type Hands = SimHands;
    type Eyes = Client<Http>;

    fn name(&self) -> &str {
        self.sim.name()
    }

    fn hands(&self) -> &SimHands {
        self.sim.hands()
    }

    fn eyes(&self) -> &Client<Http> {
        &self.eyes
    }

    fn timing(&self) -> &Timing {
        self.sim.timing()
    }

    fn clock(&self) -> Clock {
        self.sim.clock()
    }

    fn node_names(&self) -> &BTreeMap<String, String> {
        self.sim.node_names()
    }

    async fn subject(&self, containers: &Inventory) -> std::result::Result<Subject, ApiError> {
        self.sim.subject(containers).await
    }

    async fn ledger_name(&self) -> std::result::Result<Option<String>, FaultError> {
        self.sim.ledger_name().await
    }

    async fn truth(&self, edge: &Edge) -> std::result::Result<Truth, TargetError> {
        self.sim.truth(edge).await
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        None // nobody tells a harness on the network when to look
    }
}
