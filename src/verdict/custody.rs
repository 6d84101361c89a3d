//! Whose hands were on the containers: a target that others changed says nothing about the subject.

use std::collections::BTreeSet;

use crate::clock::Elapsed;
use crate::fault::{ContainerName, Inventory, Lost, Proof};
use crate::journal::{Entry, Event, When};
use crate::plan::Plan;
use crate::playbook::FaultKind;

/// What is known of the containers of a run.
#[derive(Debug, Default)]
pub(super) struct Custody<'a> {
    /// What others did, and when it was noticed.
    pub(super) foreign: Vec<(Elapsed, String)>,
    /// Since when nobody knows what others did, and why.
    pub(super) unseen: Option<(Elapsed, &'a str)>,
    before: Option<&'a Inventory>,
    /// With a fault that was not undone yet.
    hurt: BTreeSet<&'a ContainerName>,
    /// Off their networks.
    cut: BTreeSet<&'a ContainerName>,
    /// With a fault, once, or perhaps with one.
    touched: BTreeSet<&'a ContainerName>,
    /// Started by this run, and still there.
    added: BTreeSet<&'a ContainerName>,
}

impl<'a> Custody<'a> {
    pub(super) fn take(&mut self, entry: &'a Entry) {
        let now = entry.elapsed;
        match &entry.event {
            Event::Container {
                container,
                action,
                ours: false,
                ..
            } => {
                let what = format!("{container}: {action} at {now}, not by this run");
                self.foreign.push((now, what));
            }
            Event::Injected {
                fault,
                container,
                proof,
                ..
            } => self.injected(*fault, container, proof),
            // Nobody can say whether it happened, so what comes of it may be this run's doing.
            Event::NotInjected { container, .. } => drop(self.touched.insert(container)),
            Event::Gap {
                of: Lost::Events,
                reason,
            } => drop(self.unseen.get_or_insert((now, reason))),
            Event::Restored {
                container,
                proof,
                left,
            } => {
                if !left.contains(&FaultKind::Partition) {
                    self.cut.remove(container);
                }
                if !left.is_empty() {
                    return;
                }
                let hurt = self.hurt.remove(container);
                if hurt && proof.is_none() {
                    let what = format!("{container}: put back before this run did");
                    self.foreign.push((now, what));
                }
            }
            Event::Added { container, .. } => {
                self.added.insert(container);
            }
            Event::Withdrawn { container, proof } => {
                // One that this run removed is gone by its own doing.
                let hurt = self.hurt.remove(container);
                if self.added.remove(container) && proof.is_none() && !hurt {
                    let what = format!("{container}: gone before this run took it away");
                    self.foreign.push((now, what));
                }
            }
            Event::Inventory { when, containers } => match when {
                When::Before => self.before = Some(containers),
                When::After => self.exchanged(containers, now),
            },
            _ => {}
        }
    }

    /// What makes a failure seen later say nothing about the subject, in words.
    pub(super) fn doubt(&self) -> Option<String> {
        let changed = self.foreign.first();
        let changed = changed.map(|(at, what)| {
            (
                *at,
                format!("others had changed the target at {at}: {what}"),
            )
        });
        let unseen = self.unseen.map(|(at, why)| {
            let what = format!("what others did to the target was not seen from {at} on: {why}");
            (at, what)
        });
        let earliest = changed.into_iter().chain(unseen).min_by_key(|(at, _)| *at);
        earliest.map(|(_, what)| what)
    }

    fn injected(&mut self, fault: FaultKind, container: &'a ContainerName, proof: &Proof) {
        self.touched.insert(container);
        // What runs anew needs no undo, unless it is off a network: a start joins none.
        if proof.came_back() && !self.cut.contains(container) {
            self.hurt.remove(container);
        } else {
            self.hurt.insert(container);
        }
        if fault == FaultKind::Partition {
            self.cut.insert(container);
        }
    }

    /// What was exchanged although the run never touched it.
    fn exchanged(&mut self, after: &Inventory, now: Elapsed) {
        for (name, was) in self.before.into_iter().flatten() {
            let other = after.get(name).is_some_and(|is| is.id != was.id);
            if other && !self.touched.contains(name) {
                let what = format!("{name}: made anew, not by this run");
                self.foreign.push((now, what));
            }
        }
    }

    /// What is not as it was, field by field.
    pub(super) fn differences(&self, after: &Inventory, plan: &Plan) -> Vec<String> {
        let Some(before) = self.before else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (name, was) in before {
            let Some(is) = after.get(name) else {
                found.push(format!("{name}: gone"));
                continue;
            };
            let differences = was.differences(is);
            found.extend(
                differences
                    .into_iter()
                    .map(|what| format!("{name}: {what}")),
            );
        }
        let new = after.keys().filter(|name| !before.contains_key(*name));
        found.extend(new.map(|name| {
            let ours = plan
                .edges
                .iter()
                .any(|edge| edge.added && edge.container == *name);
            let why = if ours {
                "was added by this run and is still there"
            } else {
                "was not there before"
            };
            format!("{name}: {why}")
        }));
        found
    }
}
