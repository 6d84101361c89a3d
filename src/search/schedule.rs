//! A schedule: what is done to a deployment, and how long after what came before.

use std::time::Duration;

use crate::playbook::{FaultKind, Service};
use crate::settings::Timing;

/// What is done, in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schedule {
    /// How many edges the deployment has.
    pub edges: usize,
    /// What is done.
    pub moves: Vec<Move>,
    /// How long after the last move everything is healed.
    pub rest: Gap,
}

/// One thing that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// How long after what came before.
    pub gap: Gap,
    /// What.
    pub act: Act,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Hand a job to the orchestrator.
    Deploy(Job),
    /// Deploy another specification of [`Job::First`] under its name.
    Update,
    /// Ask the orchestrator to stop the job.
    Stop(Job),
    /// Ask it to delete the job.
    Delete(Job),
    /// Inject a fault.
    Fault(FaultKind, Whom),
    /// Undo the faults of these.
    Restore(Whom),
    /// Restart an edge again and again, twice in every batch, for longer than any work may take to start.
    Flap(usize),
    /// Start an edge that was not there before.
    Add,
}

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// The edge of this number, from 0.
    Edge(usize),
    /// All edges that were there from the start.
    Edges,
    /// A service.
    Service(Service),
}

/// The jobs of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// Endless; the one that can be updated.
    First,
    /// Endless.
    Second,
    /// Ends by itself after eight seconds.
    Finite,
}

impl Job {
    /// All of them.
    pub const ALL: [Job; 3] = [Job::First, Job::Second, Job::Finite];

    /// Its alias in a playbook.
    pub const fn alias(self) -> &'static str {
        match self {
            Job::First => "first",
            Job::Second => "second",
            Job::Finite => "finite",
        }
    }
}

/// A time around the edges of the profile: just before and after what a deployment does by itself. The rounder
/// ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// At once.
    None,
    /// Within a heartbeat.
    InHeartbeat,
    /// Within a batch.
    InBatch,
    /// After a batch.
    AfterBatch,
    /// Longer than [`Job::Finite`] takes.
    AfterFinite,
    /// Longer than work may take to start.
    AfterWork,
    /// Just before a silent node counts as disconnected.
    BeforeDisconnect,
    /// Just after that.
    AfterDisconnect,
    /// Just before a disconnected node counts as lost.
    BeforeLost,
    /// Just after that.
    AfterLost,
}

impl Gap {
    /// All of them, the rounder ones first.
    pub const ALL: [Gap; 10] = [
        Gap::None,
        Gap::InHeartbeat,
        Gap::InBatch,
        Gap::AfterBatch,
        Gap::AfterFinite,
        Gap::AfterWork,
        Gap::BeforeDisconnect,
        Gap::AfterDisconnect,
        Gap::BeforeLost,
        Gap::AfterLost,
    ];

    /// As a playbook writes it.
    pub const fn expression(self) -> &'static str {
        match self {
            Gap::None => "0s",
            Gap::InHeartbeat => "0.5 * heartbeat",
            Gap::InBatch => "0.5 * reevaluation_batch",
            Gap::AfterBatch => "1.5 * reevaluation_batch",
            Gap::AfterFinite => "10s",
            Gap::AfterWork => WORK,
            Gap::BeforeDisconnect => "disconnect_timeout - 0.5 * heartbeat",
            Gap::AfterDisconnect => "disconnect_timeout + housekeeping + 2 * heartbeat",
            Gap::BeforeLost => "disconnect_timeout + lost_timeout - 0.5 * heartbeat",
            Gap::AfterLost => "disconnect_timeout + lost_timeout + housekeeping + 2 * heartbeat",
        }
    }

    /// How long that is.
    pub fn time(self, timing: &Timing) -> Duration {
        let Timing {
            heartbeat,
            disconnect_timeout: disconnect,
            lost_timeout: lost,
            reevaluation_batch: batch,
            housekeeping,
            ..
        } = timing;
        let (half, margin) = (*heartbeat / 2, *housekeeping + *heartbeat * 2);
        match self {
            Gap::None => Duration::ZERO,
            Gap::InHeartbeat => half,
            Gap::InBatch => *batch / 2,
            Gap::AfterBatch => *batch * 3 / 2,
            Gap::AfterFinite => Duration::from_secs(10),
            Gap::AfterWork => {
                let sum = timing.connect_grace + *heartbeat * 2 + *batch * 2;
                sum + *housekeeping + timing.reconcile + Duration::from_secs(5)
            }
            Gap::BeforeDisconnect => disconnect.saturating_sub(half),
            Gap::AfterDisconnect => *disconnect + margin,
            Gap::BeforeLost => (*disconnect + *lost).saturating_sub(half),
            Gap::AfterLost => *disconnect + *lost + margin,
        }
    }

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Gap::None => "at once",
            Gap::InHeartbeat => "in heartbeat",
            Gap::InBatch => "in batch",
            Gap::AfterBatch => "past batch",
            Gap::AfterFinite => "10s",
            Gap::AfterWork => "past work",
            Gap::BeforeDisconnect => "before away",
            Gap::AfterDisconnect => "past away",
            Gap::BeforeLost => "before lost",
            Gap::AfterLost => "past lost",
        }
    }
}

/// How long work may take to start: the default deadline of an `expect` of it.
const WORK: &str =
    "connect_grace + 2 * heartbeat + 2 * reevaluation_batch + housekeeping + reconcile + 5s";
