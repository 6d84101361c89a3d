//! The doing: one run of one playbook against one target.
//!
//! [`run`] goes through the phases. `steps` hands out the steps to `jobs`, `rerun`, `faults` (which `guard` watches
//! over), `adding`, `hands` (what other hands do, a [`person`] among them) and `claims`; `pump` is the one place that waits, `observer` asks for the `topics` of a
//! sweep, `freshness` turns away what a cache says, `recorder` writes down, `evidence` what lies beside the journal, [`ledger`] remembers what must be undone, `heal` undoes it with
//! [`patience`] ([`recovery`] after a crash), `settle` watches and `cleanup` deletes, [`ready`] looks whether
//! the target is fit before anything is touched, [`stop`] listens for signals.

mod adding;
mod awaiting;
mod claims;
mod cleanup;
mod evidence;
mod faults;
mod freshness;
mod guard;
mod hands;
mod heal;
mod jobs;
pub mod ledger;
mod observer;
mod pace;
pub mod patience;
pub mod person;
mod pump;
pub mod ready;
mod recorder;
pub mod recovery;
mod rerun;
mod settle;
mod sightings;
mod steps;
pub mod stop;
mod topics;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::model::{JobId, NodeId};
use crate::api::{Orchestrator, Traffic};
use crate::fault::{ContainerName, Fault, FaultError, Faults, Heed, Inventory, Recipe, Sighting};
use crate::journal::file::Writer;
use crate::journal::{Entry, Event, SCHEMA, Watcher, When};
use crate::plan::Prepared;
use crate::target::Target;

use ledger::Ledger;
use observer::Observer;
use person::Person;
use pump::Halt;
use recorder::Recorder;
use stop::{Reason, Stop};
use topics::Extra;

/// How long an engine that is away when the run ends may take to show the containers once more.
const LAST_LOOK: Duration = Duration::from_secs(15);
/// Between two looks meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What a run is given besides its target.
#[derive(Debug)]
pub struct Setup {
    /// The plan and the job specifications.
    pub prepared: Prepared,
    /// Where the record goes.
    pub journal: Writer,
    /// The open ledger.
    pub ledger: Ledger,
    /// What can end the run from outside.
    pub stop: Stop,
    /// Who confirms what the playbook leaves to a person.
    pub person: Person,
}

/// A run in progress.
struct Run<'a, T: Target> {
    target: &'a T,
    prepared: &'a Prepared,
    recorder: Recorder<'a>,
    observer: Observer,
    /// What the present step or phase needs to see besides what is always asked for.
    extra: Extra,
    ledger: Ledger,
    /// How the added edges that a fault was injected into stood before it. In memory: whatever happens
    /// to this process, they are to go.
    standing: BTreeMap<ContainerName, Recipe>,
    /// The faults that are in force on each container, in order.
    faults: BTreeMap<ContainerName, Vec<Fault>>,
    /// Who the edges that were removed or wiped were before, by the edge's name.
    former: BTreeMap<String, BTreeSet<NodeId>>,
    heed: Heed,
    sightings: mpsc::UnboundedReceiver<Sighting>,
    /// Whether somebody still tells sightings.
    watched: bool,
    ownership: sightings::Ownership,
    /// Jobs of others that a deploy of this run changed: never deleted.
    not_ours: BTreeSet<JobId>,
    stop: Stop,
    /// What the orchestrator had been asked before.
    asked: Traffic,
    person: Person,
}

/// Runs a plan from its first step to the last undo and returns the record. Everything that happens
/// to the subject is in the record, not in an error: only a target that cannot even be looked at
/// before the first step is one.
pub async fn run<T: Target>(
    target: &T,
    setup: Setup,
    watcher: &mut dyn Watcher,
) -> Result<Vec<Entry>, FaultError> {
    let mut heed = sightings::heed(&setup.prepared.plan)?;
    if setup.journal.folder().is_some() {
        heed = heed.whole();
    }
    let before = target.hands().inventory().await?;
    let mut run = Run {
        target,
        prepared: &setup.prepared,
        recorder: Recorder::new(setup.journal, watcher),
        observer: Observer::new(target.timing(), target.changed()),
        extra: Extra::default(),
        ledger: setup.ledger,
        standing: BTreeMap::new(),
        faults: BTreeMap::new(),
        former: BTreeMap::new(),
        sightings: target.hands().watch(heed.clone()),
        watched: true,
        heed,
        ownership: sightings::Ownership::default(),
        not_ours: BTreeSet::new(),
        stop: setup.stop,
        asked: target.eyes().traffic(),
        person: setup.person,
    };
    run.recorder.put(Event::Header {
        schema: SCHEMA,
        plan: Box::new(setup.prepared.plan.clone()),
    });
    run.recorder.put(Event::Inventory {
        when: When::Before,
        containers: before,
    });
    let end = guarded(run.steps()).await;
    let go_on = run.note_end(end);
    let end = guarded(run.heal().map(Ok)).await;
    let go_on = run.note_end(end) && go_on;
    if go_on {
        let end = guarded(run.settle()).await;
        run.note_end(end);
    }
    let end = guarded(run.clean_up().map(Ok)).await;
    run.note_end(end);
    Ok(run.finish().await)
}

/// A panic must not leave containers dead: it is caught, recorded as a bug, and the run goes on to
/// heal like any other.
async fn guarded(phase: impl Future<Output = Result<(), Halt>>) -> Result<(), Halt> {
    let end = AssertUnwindSafe(phase).catch_unwind().await;
    end.unwrap_or_else(|panic| Err(Halt::Broken(words("a step", &*panic))))
}

impl<T: Target> Run<'_, T> {
    /// Records why the steps ended early; whether the rest may still be watched.
    fn note_end(&mut self, end: Result<(), Halt>) -> bool {
        let event = match end {
            Ok(()) | Err(Halt::Step) => return true,
            Err(Halt::Stop(reason @ Reason::Timeout(_))) => Event::Halted {
                reason: reason.to_string(),
            },
            Err(Halt::Stop(signal)) => Event::Interrupted {
                signal: signal.to_string(),
            },
            Err(Halt::Trouble(reason)) => Event::Halted { reason },
            Err(Halt::Broken(reason)) => Event::Broken { reason },
        };
        self.recorder.put(event);
        false
    }

    async fn finish(mut self) -> Vec<Entry> {
        self.last_look().await;
        while let Some(reason) = self.stop.heard().await {
            self.note_end(Err(Halt::Stop(reason)));
        }
        if let Err(error) = std::mem::replace(&mut self.ledger, Ledger::in_memory()).close() {
            self.left_over(error.to_string());
        }
        self.recorder.judged();
        // Only those who asked for this run hear of it: the file cannot say it any more.
        self.halt_if_lost();
        let traffic = self.target.eyes().traffic().since(self.asked);
        self.recorder.put(Event::Traffic { traffic });
        self.recorder.put(Event::End);
        self.halt_if_lost();
        self.recorder.into_entries()
    }

    /// A record that cannot be read again decides nothing, whatever it would have said.
    fn halt_if_lost(&mut self) {
        if let Some(reason) = self.recorder.lost() {
            self.note_end(Err(Halt::Trouble(reason)));
        }
    }

    /// Records how the containers stand after everything was undone.
    async fn last_look(&mut self) {
        // Where something is owed still, healing has waited long enough.
        let patience = match self.ledger.owed().next() {
            None => LAST_LOOK,
            Some(_) => Duration::ZERO,
        };
        let deadline = Instant::now() + patience;
        let looked = loop {
            match self.target.hands().inventory().await {
                Err(error) if error.may_pass() && Instant::now() < deadline => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(FaultError::NoMatch { .. }) => break Ok(Inventory::new()),
                looked => break looked,
            }
        };
        match looked {
            Ok(containers) => drop(self.recorder.put(Event::Inventory {
                when: When::After,
                containers,
            })),
            Err(error) => self.left_over(format!(
                "whether every container is as it was is not known: {error}; once the engine answers, \
                 `rejoin doctor --target {}` says",
                self.target.name()
            )),
        }
    }
}

/// What a panic said, and in what.
fn words(what: &str, panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("{what} panicked: {}", text.as_deref().unwrap_or("no words"))
}
