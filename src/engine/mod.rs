//! The doing: one run of one playbook against one target.
//!
//! [`run`] goes through the phases; [`steps`] does the steps, [`pump`] is the one place that waits,
//! [`observer`] asks the orchestrator, [`recorder`] writes down, [`ledger`] remembers what must be
//! undone, [`heal`] undoes it, [`ready`] looks whether the target is fit before anything is touched,
//! [`stop`] listens for signals.

mod awaiting;
pub mod heal;
pub mod ledger;
mod observer;
mod pump;
pub mod ready;
mod recorder;
mod sightings;
mod steps;
pub mod stop;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::fault::{FaultError, Faults, Sighting};
use crate::journal::file::Writer;
use crate::journal::{Entry, Event, Phase, SCHEMA, Watcher, When};
use crate::plan::Prepared;
use crate::target::Target;

use ledger::Ledger;
use observer::Observer;
use pump::Halt;
use recorder::Recorder;
use stop::{Reason, Stop};

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
}

/// A run in progress.
struct Run<'a, T: Target> {
    target: &'a T,
    prepared: &'a Prepared,
    recorder: Recorder<'a>,
    observer: Observer,
    ledger: Ledger,
    sightings: mpsc::UnboundedReceiver<Sighting>,
    ownership: sightings::Ownership,
    stop: Stop,
}

/// Runs a plan from its first step to the last undo and returns the record. Everything that happens
/// to the subject is in the record, not in an error: only a target that cannot even be looked at
/// before the first step is one.
pub async fn run<T: Target>(
    target: &T,
    setup: Setup,
    watcher: &mut dyn Watcher,
) -> Result<Vec<Entry>, FaultError> {
    let before = target.hands().inventory().await?;
    let mut run = Run {
        target,
        prepared: &setup.prepared,
        recorder: Recorder::new(setup.journal, watcher),
        observer: Observer::new(target.timing(), target.changed()),
        ledger: setup.ledger,
        sightings: target.hands().watch(),
        ownership: sightings::Ownership::default(),
        stop: setup.stop,
    };
    run.recorder.put(Event::Header {
        schema: SCHEMA,
        plan: Box::new(setup.prepared.plan.clone()),
    });
    run.recorder.put(Event::Inventory {
        when: When::Before,
        containers: before,
    });
    // A panic in a step must not leave containers dead: it is caught, recorded as a bug, and the run
    // heals like any other.
    let steps = AssertUnwindSafe(run.steps()).catch_unwind().await;
    let end = steps.unwrap_or_else(|panic| Err(Halt::Broken(words(&*panic))));
    let go_on = run.note_end(end);
    run.heal().await;
    if go_on {
        run.settle().await;
    }
    run.clean_up().await;
    Ok(run.finish().await)
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

    /// Watches what can still act once everything is back.
    async fn settle(&mut self) {
        self.recorder.put(Event::Phase {
            phase: Phase::Settle,
        });
        let time = self.prepared.plan.settle.time;
        let until = self.recorder.now().plus(time);
        if let Err(halt) = self.pass(until).await {
            self.note_end(Err(halt));
        }
    }

    async fn finish(mut self) -> Vec<Entry> {
        match self.target.hands().inventory().await {
            Ok(containers) => drop(self.recorder.put(Event::Inventory {
                when: When::After,
                containers,
            })),
            Err(error) => drop(self.recorder.put(Event::LeftOver {
                what: format!("the containers could not be looked at in the end: {error}"),
            })),
        }
        if let Err(error) = self.ledger.close() {
            self.recorder.put(Event::LeftOver {
                what: error.to_string(),
            });
        }
        self.recorder.put(Event::End);
        self.recorder.into_entries()
    }
}

/// What a panic said.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a step panicked: {}", text.as_deref().unwrap_or("no words"))
}
