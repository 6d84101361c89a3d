//! What containers do and say while a run goes on: whose doing it was, and which lines are evidence.

use std::collections::BTreeMap;

use super::Run;
use crate::clock::Timestamp;
use crate::fault::{ContainerName, FaultError, Heed, Lost, Sighting};
use crate::journal::Event;
use crate::plan::{Action, Claim, Plan};
use crate::target::Target;

/// The engine's words that change a container; the rest (`exec_start`, `attach`, ...) is no news.
const CHANGES: [&str; 9] = [
    "create", "start", "die", "destroy", "pause", "unpause", "rename", "update", "oom",
];

/// Which containers the run has its hands on: from before a request until its proof. Sightings come
/// late, so what happened up to the proof stays ours. Between a fault and its undo a container is dead,
/// but not ours: whoever wakes it then is somebody else.
#[derive(Debug, Default)]
pub(super) struct Ownership {
    until: BTreeMap<ContainerName, Option<Timestamp>>,
}

impl Ownership {
    /// From now on the run is at work on this container.
    pub(super) fn take(&mut self, container: &ContainerName) {
        self.until.insert(container.clone(), None);
    }

    /// The work was done at that time, by the engine's clock; `None`: nothing had to be done.
    pub(super) fn release(&mut self, container: &ContainerName, at: Option<Timestamp>) {
        match at {
            Some(at) => drop(self.until.insert(container.clone(), Some(at))),
            None => drop(self.until.remove(container)),
        }
    }

    fn covers(&self, container: &ContainerName, at: Timestamp) -> bool {
        match self.until.get(container) {
            Some(None) => true,
            Some(Some(until)) => at <= *until,
            None => false,
        }
    }
}

/// Which lines are evidence: those about the work, and those that the plan makes claims about, before
/// anybody knows what their captures stand for.
pub(super) fn heed(plan: &Plan) -> Result<Heed, FaultError> {
    let asked = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Claim {
            claim: Claim::Logs { pattern, .. },
            ..
        } => Some(pattern.any()),
        _ => None,
    });
    let patterns: Vec<String> = asked.collect();
    Heed::marks_and(&patterns).map_err(|error| FaultError::Engine {
        action: "follow the lines that the playbook asks for".to_owned(),
        reason: error.to_string(),
    })
}

impl<T: Target> Run<'_, T> {
    /// Takes the next sighting. `None`: whoever tells them is gone, which is said once.
    pub(super) fn told(&mut self, sighting: Option<Sighting>) {
        self.watched = sighting.is_some();
        self.sighted(
            sighting.unwrap_or_else(|| Sighting::Gap {
                of: Lost::Events,
                reason: "nobody watches the containers any more; this is a bug, please report it"
                    .to_owned(),
            }),
        );
    }

    /// Records a sighting, if it is one to remember.
    fn sighted(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Event {
                at,
                container,
                action,
                exit,
                ..
            } => {
                if CHANGES.contains(&action.as_str()) {
                    let ours = self.ownership.covers(&container, at);
                    self.recorder.put(Event::Container {
                        when: at,
                        container,
                        action,
                        exit,
                        ours,
                    });
                }
            }
            Sighting::Line {
                at,
                container,
                text,
            } => {
                self.recorder.line(&container, at, &text);
                if self.heed.wants(&text) {
                    self.recorder.put(Event::Line {
                        when: at,
                        container,
                        text,
                    });
                }
            }
            Sighting::Gap { of, reason } => drop(self.recorder.put(Event::Gap { of, reason })),
        }
    }
}
