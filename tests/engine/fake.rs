//! A target of two edges and an orchestrator that does as it is told, with one thing that can go wrong.
//!
//! Hands (`hands.rs`) and eyes (`eyes.rs`) share one state. Executions run wherever their edge's
//! container runs; without its container the orchestrator does not answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use rejoin::api::ApiError;
use rejoin::clock::{Clock, Timestamp};
use rejoin::fault::{
    Container, ContainerName, FaultError, Inventory, Lost, Role, RunState, Sighting,
};
use rejoin::settings::Timing;
use rejoin::target::matching::Edge;
use rejoin::target::{Kind, Subject, Target, TargetError, Truth};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

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
    /// The orchestrator refuses to change or to end a job.
    NoChange,
    /// The answer to a rerun gets lost.
    LostAnswer,
    /// From the fault on every request to the API hangs for a minute.
    Hangs,
    /// The API does not answer for so long after the orchestrator was put back.
    Boots(Duration),
    /// Executions are pending for so long after their deploy.
    Slow(Duration),
    /// The edges serve no API.
    NoTruth,
    /// The orchestrator tells no history.
    NoHistory,
    /// An edge cannot be added.
    NoAdd,
    /// From the fault on the API does not answer.
    NoApi,
    /// No execution ever runs.
    NoWork,
    /// The first so many attempts to put something back fail.
    NoUndo(u32),
    /// Putting something back takes a minute.
    SlowUndo,
    /// Edge1 cannot be put back, ever.
    NoWayBack(Obstacle),
    /// Once something was put back the containers cannot be looked at for so many times.
    Blind(u32),
    /// When edge1 is hit, something of what happens is lost.
    Gap(Lost),
    /// When edge1 is hit, nobody tells any more what happens.
    Unwatched,
    /// Somebody else removes edge1.
    Thief(Moment),
    /// Putting something back never ends.
    NeverUndone,
    /// Where no container is left, there is no such target any more.
    Empty,
    /// Every container runs another image than it did.
    NewImages,
    /// Somebody else kills edge2 when edge1 is hit.
    Meddler,
    /// Somebody else puts edge1 back before the run does.
    Mender,
    /// The node of edge2 is lost for the first so many looks.
    Away(u32),
    /// Every node is connected by the API's word, but edge2 is not heard of in the first looks.
    Unheard(u32),
    /// After the first deploy another container has the name of edge1; whether it is protected, too.
    Exchanged(bool),
    /// After the first deploy edge1, with the id that it had, is protected.
    Protected,
    /// An edge whose data was taken cannot enrol again.
    NoEnrolment,
    /// Once edge1 was hit and is back, the nodes are what a cache kept from before.
    Cached,
    /// No node is listed.
    NoNodes,
    /// The orchestrator has a job of an earlier run; whether it is deleted already.
    Leftover(bool),
    /// These signals come, the first when the fault is injected, the second when it is undone.
    Signals(&'static str, Option<&'static str>),
}

/// Why a container cannot be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The engine refuses.
    Refusal,
    /// The engine does not answer.
    Silence,
    /// The hands panic.
    Panic,
    /// Somebody else's container has the name.
    Namesake,
}

/// When somebody else does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// When a job is deployed.
    BeforeTheFault,
    /// While it is under a fault.
    UnderTheFault,
    /// When it was put back.
    AfterTheUndo,
}

/// The edges that are there from the start.
pub(crate) const EDGES: [&str; 2] = ["edge1", "edge2"];
/// The container without which the API does not answer.
pub(crate) const ORCHESTRATOR: &str = "orchestrator";
/// The container from which a partition cuts an edge off.
const NATS: &str = "nats";

/// What hands and eyes share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) trouble: Trouble,
    pub(crate) containers: RefCell<BTreeMap<String, RunState>>,
    /// Records of nodes: the edge's container and the node's id, the newest last.
    pub(crate) nodes: RefCell<Vec<(String, String)>>,
    /// Containers that are off their networks.
    pub(crate) cut: RefCell<BTreeSet<String>>,
    /// Containers that lost their data and are not back yet.
    pub(crate) wiped: RefCell<BTreeSet<String>>,
    pub(crate) jobs: RefCell<Vec<String>>,
    /// What was done to the target, in order.
    pub(crate) acts: RefCell<Vec<String>>,
    /// Where the ledger is, for those who look whether a debt is written down.
    pub(crate) ledger: RefCell<Option<PathBuf>>,
    pub(crate) deployed: Cell<Option<Instant>>,
    pub(crate) booted: Cell<Option<Instant>>,
    pub(crate) faults: Cell<u32>,
    pub(crate) looks: Cell<u32>,
    pub(crate) undos: Cell<u32>,
    pub(crate) blind: Cell<u32>,
    pub(crate) told: RefCell<Option<mpsc::UnboundedSender<Sighting>>>,
}

/// The target.
pub(crate) struct Fake {
    pub(crate) state: Rc<State>,
    /// What it says that it is.
    pub(crate) kind: Kind,
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
            containers: RefCell::new(
                EDGES
                    .into_iter()
                    .chain([ORCHESTRATOR, NATS])
                    .map(running)
                    .collect(),
            ),
            nodes: RefCell::new(EDGES.map(|name| (name.to_owned(), name.to_owned())).into()),
            cut: RefCell::default(),
            wiped: RefCell::default(),
            jobs: RefCell::default(),
            acts: RefCell::default(),
            ledger: RefCell::default(),
            deployed: Cell::default(),
            booted: Cell::default(),
            faults: Cell::new(0),
            looks: Cell::new(0),
            undos: Cell::new(0),
            blind: Cell::new(0),
            told: RefCell::new(None),
        });
        if let Trouble::Leftover(_) = trouble {
            state.jobs.borrow_mut().push("old-0ff0ff".to_owned());
        }
        Self {
            kind: Kind::Sim,
            hands: Hands(state.clone()),
            eyes: Eyes(state.clone()),
            state,
            timing: Timing::default(),
            clock: Clock::virtual_from(Timestamp(1_767_225_600_000)),
            nodes: BTreeMap::new(),
        }
    }

    /// The names of the edges' containers that are as they should be.
    pub(crate) fn up(&self) -> Vec<String> {
        let containers = self.state.containers.borrow();
        let edges = containers.keys().filter(|name| role(name) == Role::Edge);
        edges
            .filter(|name| self.state.stands(name))
            .cloned()
            .collect()
    }

    /// What was done to it, in order.
    pub(crate) fn acts(&self) -> Vec<String> {
        self.state.acts.borrow().clone()
    }
}

impl State {
    pub(crate) fn set(&self, container: &str, state: RunState) {
        let now = (container.to_owned(), state);
        self.containers.borrow_mut().extend([now]);
    }

    /// Whether a container runs and is on its networks.
    pub(crate) fn stands(&self, container: &str) -> bool {
        let runs = self.containers.borrow().get(container) == Some(&RunState::Running);
        runs && !self.cut.borrow().contains(container)
    }

    /// Tells what happened to a container, to whoever watches.
    pub(crate) fn tell(&self, at: Timestamp, name: &str, action: &str) {
        self.sight(Sighting::Event {
            at,
            container: ContainerName(name.to_owned()),
            id: format!("id-of-{name}"),
            action: action.to_owned(),
            exit: None,
        });
    }

    pub(crate) fn sight(&self, sighting: Sighting) {
        if let Some(told) = &*self.told.borrow() {
            let _ = told.send(sighting);
        }
    }

    /// Other hands remove edge1, if this is when they do.
    pub(crate) fn thief(&self, now: Moment) {
        let there = self.containers.borrow().contains_key(EDGES[0]);
        if self.trouble == Trouble::Thief(now) && there {
            self.containers.borrow_mut().remove(EDGES[0]);
            // Later than what the run itself did, whose proofs are of the first millisecond.
            self.tell(Timestamp(1), EDGES[0], "destroy");
        }
    }

    pub(crate) fn act(&self, what: String) {
        self.acts.borrow_mut().push(what);
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
            kind: self.kind,
            images: BTreeMap::new(),
            version: None,
            variant: None,
            timing: self.timing.name.clone(),
        })
    }

    async fn ledger_name(&self) -> Result<Option<String>, FaultError> {
        Ok(None)
    }

    async fn truth(&self, edge: &Edge) -> Result<Truth, TargetError> {
        Ok(self.eyes.truth(&edge.container.0))
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        None
    }
}

fn role(container: &str) -> Role {
    match container {
        ORCHESTRATOR => Role::Orchestrator,
        NATS => Role::Nats,
        _ => Role::Edge,
    }
}

/// A container of the fake.
pub(crate) fn container(name: &str, state: RunState) -> Container {
    Container {
        name: ContainerName(name.to_owned()),
        service: name.to_owned(),
        role: role(name),
        hostname: name.to_owned(),
        id: format!("id-of-{name}"),
        image: "fake".to_owned(),
        image_id: String::new(),
        state,
        identity: [
            ("network.data".to_owned(), "connected".to_owned()),
            ("mount./data".to_owned(), format!("volume {name} rw")),
        ]
        .into(),
        labels: BTreeMap::new(),
        enrols_by_token: false,
    }
}
