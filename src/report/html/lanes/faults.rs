//! Faults, from their proof to their undo.

use std::collections::BTreeMap;

use super::super::mark::{Group, Lane, Mark, Moment, Shape, Tone};
use super::super::states::States;
use super::bounded;
use crate::fault::{ContainerName, Proof, word};
use crate::journal::{Entry, Event};
use crate::playbook::FaultKind;

/// The faults of a run, by what they hit.
#[derive(Debug, Default)]
pub(super) struct Faults<'a> {
    hit: BTreeMap<(&'a str, &'static str), Hit<'a>>,
}

#[derive(Debug)]
struct Hit<'a> {
    fault: FaultKind,
    container: &'a ContainerName,
    lasting: States,
    moments: Vec<Mark>,
}

impl<'a> Faults<'a> {
    pub(super) fn take(&mut self, entry: &'a Entry) {
        let at = Moment::from(entry);
        match &entry.event {
            Event::Injected {
                fault,
                on,
                container,
                proof,
            } => {
                let hit = self.hit(*fault, on, container);
                let label = word(*fault);
                if proof.came_back() {
                    let tick = Mark::tick(entry, Tone::Bad, label.into(), super::proof(proof));
                    hit.moments.push(tick);
                } else {
                    let says = || super::proof(proof);
                    hit.lasting.seen(at, Tone::Bad, label, says);
                }
            }
            Event::NotInjected {
                fault,
                on,
                container,
                reason,
            } => {
                let label = format!("{} not injected", word(*fault));
                let tick = Mark::tick(entry, Tone::Wait, label, vec![reason.clone()]);
                self.hit(*fault, on, container).moments.push(tick);
            }
            Event::Restored {
                container,
                proof,
                left,
            } => self.undone(at, container, proof.as_ref(), left),
            Event::Withdrawn { container, proof } => {
                self.undone(at, container, proof.as_ref(), &[]);
            }
            Event::NotRestored { container, reason } => {
                for hit in self.hit.values_mut() {
                    if hit.container == container && hit.lasting.is_known() {
                        let says = vec![reason.clone()];
                        let tick = Mark::tick(entry, Tone::Wait, "not restored".into(), says);
                        hit.moments.push(tick);
                    }
                }
            }
            _ => {}
        }
    }

    fn hit(&mut self, fault: FaultKind, on: &'a str, container: &'a ContainerName) -> &mut Hit<'a> {
        self.hit.entry((on, word(fault))).or_insert_with(|| Hit {
            fault,
            container,
            lasting: States::drawn(Shape::Bar),
            moments: Vec::new(),
        })
    }

    fn undone(
        &mut self,
        at: Moment,
        container: &ContainerName,
        proof: Option<&Proof>,
        left: &[FaultKind],
    ) {
        for hit in self.hit.values_mut() {
            if hit.container != container || left.contains(&hit.fault) {
                continue;
            }
            let how = proof.map(|proof| super::proof(proof).join("; "));
            let how = how.unwrap_or_else(|| "nothing had to be done".to_owned());
            hit.lasting.add(format!("undone at {}: {how}", at.at));
            hit.lasting.absent(at);
        }
    }

    /// The lanes by what was hit; what was not undone lasts to the end of the record.
    pub(super) fn group(self, end: Moment) -> Group {
        let lanes = self.hit.into_iter().map(|((on, fault), mut hit)| {
            hit.lasting.until(end);
            let mut marks = hit.lasting.marks();
            marks.extend(hit.moments);
            marks.sort_by_key(|mark| mark.from);
            Lane::of(format!("{fault} {on}"), marks)
        });
        bounded("Faults", lanes.collect())
    }
}
