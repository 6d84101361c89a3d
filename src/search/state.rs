//! How a deployment stands by what a schedule has done to it, and what can be done next.

use std::collections::BTreeMap;
use std::time::Duration;

use super::schedule::{Act, Gap, Job, Move, Schedule, Whom};
use crate::playbook::{FaultKind, Service};
use crate::settings::Timing;

/// How often [`Act::Flap`] restarts its edge: with `fast` as with `default` that lasts longer than work may take.
pub(super) const FLAPS: u32 = 24;

/// The faults of edges that a schedule injects, the simplest first.
pub const OF_EDGES: [FaultKind; 8] = [
    FaultKind::Kill,
    FaultKind::Remove,
    FaultKind::Pause,
    FaultKind::Partition,
    FaultKind::Restart,
    FaultKind::Crash,
    FaultKind::Terminate,
    FaultKind::Wipe,
];

/// The faults of services that a schedule injects.
pub(super) const OF_SERVICES: [FaultKind; 3] =
    [FaultKind::Restart, FaultKind::Kill, FaultKind::Pause];

/// Whether the fault is over as soon as it was injected.
pub(super) const fn passes(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Restart)
}

/// A job that was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// At this time, and it is to run.
    Runs(Duration),
    Stopped,
    Deleted,
}

/// How an edge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stand {
    /// The fault that is in force.
    pub(super) fault: Option<FaultKind>,
    /// When that began, or when it was last disturbed.
    pub(super) since: Duration,
    /// Since when it may have been away without a break: one that is hit again before it can have joined has been
    /// away since it was hit first.
    pub(super) away: Option<Duration>,
    /// Whether it lost its identity and may not have joined as somebody new yet.
    pub(super) wiped: bool,
}

impl Stand {
    /// Something is done to it, or to what it needs; `served` since when it has had all that, if it has.
    fn disturb(&mut self, now: Duration, served: Option<Duration>, work: Duration) {
        let quiet = served.map(|since| now.saturating_sub(since.max(self.since)));
        let joined = self.fault.is_none() && quiet.is_some_and(|quiet| quiet >= work);
        self.away = self.away.filter(|_| !joined).or(Some(now));
        self.wiped &= !joined;
    }
}

/// How all of it stands.
#[derive(Debug, Clone)]
pub(super) struct State<'a> {
    timing: &'a Timing,
    /// How long after the first step.
    pub(super) now: Duration,
    pub(super) edges: Vec<Stand>,
    /// When the edge was added that was not there before.
    pub(super) added: Option<Duration>,
    pub(super) jobs: BTreeMap<Job, Life>,
    updated: bool,
    pub(super) services: BTreeMap<Service, FaultKind>,
    /// When a service was last disturbed, if one ever was.
    pub(super) disturbed: Option<Duration>,
}

impl<'a> State<'a> {
    /// Before the first move.
    pub(super) fn new(edges: usize, timing: &'a Timing) -> Self {
        let stand = Stand {
            fault: None,
            since: Duration::ZERO,
            away: None,
            wiped: false,
        };
        Self {
            timing,
            now: Duration::ZERO,
            edges: vec![stand; edges],
            added: None,
            jobs: BTreeMap::new(),
            updated: false,
            services: BTreeMap::new(),
            disturbed: None,
        }
    }

    /// Whether this can be done now: the run would be refused or prove nothing otherwise.
    pub(super) fn allows(&self, act: Act) -> bool {
        let api = !self.services.contains_key(&Service::Orchestrator);
        let runs = |job| matches!(self.jobs.get(&job), Some(Life::Runs(_)));
        match act {
            Act::Deploy(job) => api && matches!(self.jobs.get(&job), None | Some(Life::Deleted)),
            Act::Update => api && runs(Job::First) && !self.updated,
            Act::Stop(job) => api && runs(job),
            Act::Delete(job) => api && (runs(job) || self.jobs.get(&job) == Some(&Life::Stopped)),
            Act::Fault(kind, Whom::Service(service)) => {
                OF_SERVICES.contains(&kind) && !self.services.contains_key(&service)
            }
            Act::Fault(kind, whom) => {
                let mut whom = self.whom(whom).peekable();
                OF_EDGES.contains(&kind)
                    && whom.peek().is_some()
                    && whom.all(|edge| edge.fault.is_none())
            }
            Act::Restore(Whom::Service(service)) => self.services.contains_key(&service),
            Act::Restore(whom) => self.whom(whom).any(|edge| edge.fault.is_some()),
            Act::Flap(edge) => self.edges.get(edge).is_some_and(|it| it.fault.is_none()),
            // It is made like one that runs.
            Act::Add => {
                let model = self.edges.iter().any(|edge| edge.fault.is_none());
                self.added.is_none() && self.services.is_empty() && model
            }
        }
    }

    /// The time since then.
    pub(super) const fn since(&self, then: Duration) -> Duration {
        self.now.saturating_sub(then)
    }

    /// Time passes.
    pub(super) fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    /// It is done.
    pub(super) fn apply(&mut self, act: Act) {
        let now = self.now;
        match act {
            Act::Deploy(job) => {
                self.updated &= job != Job::First;
                self.jobs.insert(job, Life::Runs(now));
            }
            Act::Update => {
                self.updated = true;
                self.jobs.insert(Job::First, Life::Runs(now));
            }
            Act::Stop(job) => drop(self.jobs.insert(job, Life::Stopped)),
            Act::Delete(job) => drop(self.jobs.insert(job, Life::Deleted)),
            Act::Fault(kind, Whom::Service(service)) => {
                self.disturb(Whom::Edges);
                if !passes(kind) {
                    self.services.insert(service, kind);
                }
                self.disturbed = Some(now);
            }
            Act::Fault(kind, whom) => {
                self.disturb(whom);
                self.each(whom, |edge| {
                    edge.wiped |= kind == FaultKind::Wipe;
                    edge.fault = (!passes(kind)).then_some(kind);
                    edge.since = now;
                });
            }
            Act::Restore(Whom::Service(service)) => {
                self.services.remove(&service);
                self.disturbed = Some(now);
            }
            Act::Restore(whom) => self.each(whom, |edge| {
                if edge.fault.take().is_some() {
                    edge.since = now;
                }
            }),
            Act::Flap(edge) => {
                self.disturb(Whom::Edge(edge));
                self.now += self.timing.reevaluation_batch / 2 * FLAPS;
                let now = self.now;
                self.each(Whom::Edge(edge), |edge| edge.since = now);
            }
            Act::Add => self.added = Some(now),
        }
    }

    fn disturb(&mut self, whom: Whom) {
        let (now, work) = (self.now, Gap::AfterWork.time(self.timing));
        let since = self.disturbed.unwrap_or_default();
        let served = self.services.is_empty().then_some(since);
        self.each(whom, |edge| edge.disturb(now, served, work));
    }

    fn whom(&self, whom: Whom) -> impl Iterator<Item = &Stand> {
        let edges = self.edges.iter().enumerate();
        edges
            .filter(move |(index, _)| of(whom, *index))
            .map(|(_, edge)| edge)
    }

    fn each(&mut self, whom: Whom, mut change: impl FnMut(&mut Stand)) {
        let edges = self.edges.iter_mut().enumerate();
        edges
            .filter(|(index, _)| of(whom, *index))
            .for_each(|(_, edge)| change(edge));
    }
}

fn of(whom: Whom, index: usize) -> bool {
    match whom {
        Whom::Edge(edge) => edge == index,
        Whom::Edges => true,
        Whom::Service(_) => false,
    }
}

impl Schedule {
    /// Without what cannot be done when its turn comes.
    #[must_use]
    pub fn sound(&self, timing: &Timing) -> Self {
        let mut state = State::new(self.edges, timing);
        let moves = self.moves.iter().filter(|Move { gap, act }| {
            let fits = state.allows(*act);
            if fits {
                state.wait(gap.time(timing));
                state.apply(*act);
            }
            fits
        });
        Self {
            moves: moves.copied().collect(),
            ..*self
        }
    }
}
