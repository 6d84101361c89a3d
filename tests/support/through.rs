//! A simulation whose orchestrator is reached by another way than its own, and whole runs on it.

use std::collections::BTreeMap;
use std::path::Path;

use rejoin::api::ApiError;
use rejoin::api::client::Client;
use rejoin::api::transport::Transport;
use rejoin::clock::Clock;
use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::engine::{self, Setup, ready};
use rejoin::fault::{FaultError, Faults, Inventory};
use rejoin::journal::file::Writer;
use rejoin::journal::{Entry, Watcher};
use rejoin::plan::make::Site;
use rejoin::plan::{self, Prepared};
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::{SimSettings, Timing};
use rejoin::target::matching::Edge;
use rejoin::target::sim::{SimHands, SimTarget, SimTransport};
use rejoin::target::{Subject, Target, TargetError, Truth};
use tokio::sync::watch;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A simulation of two edges that is looked at through something else.
pub(crate) struct Through<W> {
    sim: SimTarget,
    eyes: Client<W>,
    /// Whether the simulation may still say when to look.
    hints: bool,
}

impl<W: Transport> Through<W> {
    /// `way` makes the client out of the simulation's own transport.
    pub(crate) async fn start(
        variant: &str,
        timing: &str,
        hints: bool,
        way: impl AsyncFnOnce(SimTransport) -> Result<Client<W>>,
    ) -> Result<Self> {
        let settings = SimSettings {
            edges: 2,
            variant: variant.to_owned(),
            timing: Timing::profile(timing).ok_or("no such profile")?,
            seed: 1,
            max_hit: None,
        };
        let sim = SimTarget::start("through", &settings)?;
        let eyes = way(sim.orchestrator()).await?;
        let eyes = eyes.with_heartbeat(settings.timing.heartbeat);
        Ok(Self { sim, eyes, hints })
    }

    /// Plans one of the shipped playbooks.
    pub(crate) async fn prepare(&self, playbook: &str, seed: u64) -> Result<Prepared> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
        let file = folder.join(format!("{playbook}.yaml"));
        let text = std::fs::read_to_string(&file)?;
        let playbook = parse::parse(&file, &text, &Overrides::default(), self.timing())?;
        let inventory = self.hands().inventory().await?;
        let subject = self.subject(&inventory).await?;
        let site = Site::of(self, &inventory, subject, seed);
        Ok(plan::make(&playbook, site)?)
    }

    /// Runs what was planned; `Err` in the inner result: the target was not ready, and why.
    pub(crate) async fn run(
        &self,
        prepared: Prepared,
    ) -> Result<std::result::Result<Vec<Entry>, String>> {
        let mut stop = Stop::never();
        let plan = prepared.plan.clone();
        if let Err(error) = ready::wait(self.eyes(), &plan, &mut stop, &mut Silent).await {
            return Ok(Err(error.to_string()));
        }
        let setup = Setup {
            prepared,
            journal: Writer::nowhere(self.clock().restarted()),
            ledger: Ledger::in_memory(),
            stop,
            person: Person::nobody(),
        };
        Ok(Ok(engine::run(self, setup, &mut Silent).await?))
    }
}

struct Silent;

impl Watcher for Silent {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

impl<W: Transport> Target for Through<W> {
    type Hands = SimHands;
    type Eyes = Client<W>;

    fn name(&self) -> &str {
        self.sim.name()
    }

    fn hands(&self) -> &SimHands {
        self.sim.hands()
    }

    fn eyes(&self) -> &Client<W> {
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
        // Nobody tells a harness on a network.
        self.hints.then(|| self.sim.changed()).flatten()
    }
}
