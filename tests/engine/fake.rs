//! A target of two edges that does as it is told, with one thing that can go wrong.
//!
//! Hands (`hands.rs`) and eyes (`eyes.rs`) share one state. Executions run wherever their edge's
//! container runs.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rejoin::api::ApiError;
use rejoin::clock::{Clock, Timestamp};
use rejoin::fault::{Container, ContainerName, FaultError, Inventory, Role, RunState, Sighting};
use rejoin::settings::Timing;
use rejoin::target::{Kind, Subject, Target};
use tokio::sync::{mpsc, watch};

use crate::eyes::Eyes;
use crate::hands::Hands;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    Nothing,
    /// The fault happens, and nothing proves it.
    NoProof,
    /// The hands panic when they inject.
    Panic,
    /// The orchestrator refuses every job.
    NoDeploy,
    /// From the fault on the API does not answer.
    NoApi,
    /// No execution ever runs.
    NoWork,
    /// The first so many attempts to put something back fail.
    NoUndo(u32),
    /// Putting something back takes a minute.
    SlowUndo,
    /// Somebody else kills edge2 when edge1 is hit.
    Meddler,
    /// Somebody else puts edge1 back before the run does.
    Mender,
    /// The node of edge2 is lost for the first so many looks.
    Away(u32),
    /// Every node is connected by the API's word, but edge2 is not heard of in the first looks.
    Unheard(u32),
    /// No node is listed.
    NoNodes,
    /// The orchestrator has a job of an earlier run; whether it is deleted already.
    Leftover(bool),
    /// These signals come, the first when the fault is injected, the second when it is undone.
    Signals(&'static str, Option<&'static str>),
}

/// What hands and eyes share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) trouble: Trouble,
    pub(crate) containers: RefCell<BTreeMap<String, RunState>>,
    pub(crate) jobs: RefCell<Vec<String>>,
    pub(crate) faults: Cell<u32>,
    pub(crate) looks: Cell<u32>,
    pub(crate) undos: Cell<u32>,
    pub(crate) told: RefCell<Option<mpsc::UnboundedSender<Sighting>>>,
}

/// The target.
pub(crate) struct Fake {
    pub(crate) state: Rc<State>,
    hands: Hands,
    eyes: Eyes,
    timing: Timing,
    clock: Clock,
    nodes: BTreeMap<String, String>,
}

impl Fake {
    pub(crate) fn new(trouble: Trouble) -> Self {
        let running = |name: &str| (name.to_owned(), RunState::Running);
        let state = Rc::new(State {
            trouble,
            containers: RefCell::new(["edge1", "edge2"].map(running).into()),
            jobs: RefCell::default(),
            faults: Cell::new(0),
            looks: Cell::new(0),
            undos: Cell::new(0),
            told: RefCell::new(None),
        });
        if let Trouble::Leftover(_) = trouble {
            state.jobs.borrow_mut().push("old-0ff0ff".to_owned());
        }
        Self {
            hands: Hands(state.clone()),
            eyes: Eyes(state.clone()),
            state,
            timing: Timing::default(),
            clock: Clock::virtual_from(Timestamp(1_767_225_600_000)),
            nodes: BTreeMap::new(),
        }
    }

    /// The names of the containers that run.
    pub(crate) fn up(&self) -> Vec<String> {
        self.state.containers.borrow().keys().cloned().collect()
    }
}

impl Target for Fake {
    type Hands = Hands;
    type Eyes = Eyes;

    fn name(&self) -> &'static str {
        "fake"
    }

    fn hands(&self) -> &Hands {
        &self.hands
    }

    fn eyes(&self) -> &Eyes {
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

    async fn subject(&self, _: &Inventory) -> Result<Subject, ApiError> {
        Ok(Subject {
            target: "fake".to_owned(),
            kind: Kind::Sim,
            images: BTreeMap::new(),
            version: None,
            variant: None,
            timing: self.timing.name.clone(),
        })
    }

    async fn ledger_name(&self) -> Result<Option<String>, FaultError> {
        Ok(None)
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        None
    }
}

/// A container of the fake.
pub(crate) fn container(name: &str, state: RunState) -> Container {
    Container {
        name: ContainerName(name.to_owned()),
        service: name.to_owned(),
        role: Role::Edge,
        hostname: name.to_owned(),
        id: format!("id-of-{name}"),
        image: "fake".to_owned(),
        image_id: String::new(),
        state,
        identity: BTreeMap::new(),
        labels: BTreeMap::new(),
    }
}
