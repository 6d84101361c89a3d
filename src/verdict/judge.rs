//! The verdict computed from the journal alone, by replaying it.
//!
//! Every claim is put through the same [`Watch`] as in the engine. If the replay ends a step in
//! another way than the engine did, one of the two is wrong, and the run says so (exit 70) instead of
//! choosing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::evidence;
use super::invariants;
use super::record::Record;
use super::watch::{Ruling, Watch};
use super::{Outcome, Part, Verdict, What};
use crate::clock::Elapsed;
use crate::fault::{ContainerName, Inventory};
use crate::journal::{Entry, Event, ReadingId, StepOutcome, When};
use crate::plan::{Action, Mode, Plan};
use crate::playbook::FaultKind;

/// Judges a finished run. `None` where the journal has no header: nothing was begun.
pub fn judge(entries: &[Entry]) -> Option<Verdict> {
    let Event::Header { plan, .. } = &entries.first()?.event else {
        return None;
    };
    let mut replay = Replay::new(plan);
    for entry in entries {
        replay.take(entry);
    }
    Some(replay.finish(entries))
}

struct Replay<'a> {
    plan: &'a Plan,
    record: Record,
    active: Option<(usize, Watch)>,
    ruled: Option<Ruling>,
    parts: BTreeMap<usize, Part>,
    foreign: Vec<(Elapsed, String)>,
    injected: BTreeSet<&'a str>,
    halted: Vec<String>,
    hurt: BTreeSet<&'a ContainerName>,
    touched: BTreeSet<&'a ContainerName>,
    left_over: Vec<String>,
    interrupted: Option<String>,
    broken: Option<String>,
    ended: bool,
    before: Option<&'a Inventory>,
}

impl<'a> Replay<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            record: Record::default(),
            active: None,
            ruled: None,
            parts: BTreeMap::new(),
            foreign: Vec::new(),
            injected: BTreeSet::new(),
            halted: Vec::new(),
            hurt: BTreeSet::new(),
            touched: BTreeSet::new(),
            left_over: Vec::new(),
            interrupted: None,
            broken: None,
            ended: false,
            before: None,
        }
    }

    fn take(&mut self, entry: &'a Entry) {
        self.record.take(entry);
        match &entry.event {
            Event::StepStarted { step } => {
                self.ruled = None;
                self.injected.clear();
                self.active =
                    Watch::begin(self.plan, &self.record, *step).map(|watch| (*step, watch));
            }
            Event::Sweep { every, .. } => {
                if let Some((_, watch)) = &mut self.active
                    && self.ruled.is_none()
                {
                    let every = Duration::from_millis(*every);
                    self.ruled = watch.on(self.plan, &self.record, entry.elapsed, every);
                }
            }
            Event::StepEnded {
                step,
                outcome,
                readings,
                note,
            } => {
                self.compare(*step, *outcome, readings);
                let part = self.part(*step, *outcome, readings, note.as_deref(), entry.elapsed);
                if let Some(part) = part {
                    self.parts.insert(*step, part);
                }
                self.active = None;
            }
            Event::Container { .. } | Event::Injected { .. } | Event::Restored { .. } => {
                self.container(entry);
            }
            Event::NotRestored { container, reason } => {
                self.left_over.push(format!("{container}: {reason}"));
            }
            Event::Halted { reason } => self.halted.push(reason.clone()),
            Event::LeftOver { what } => self.left_over.push(what.clone()),
            Event::Interrupted { signal } => {
                self.interrupted.get_or_insert_with(|| signal.clone());
            }
            Event::Broken { reason } => {
                self.broken.get_or_insert_with(|| reason.clone());
            }
            Event::Inventory { when, containers } => match when {
                When::Before => self.before = Some(containers),
                When::After => self.compare_inventories(containers, entry.elapsed),
            },
            Event::End => self.ended = true,
            _ => {}
        }
    }

    /// Whose hands were on a container.
    fn container(&mut self, entry: &'a Entry) {
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
                edge,
                ..
            } => {
                self.injected.insert(edge);
                self.touched.insert(container);
                if *fault != FaultKind::Restart {
                    self.hurt.insert(container);
                }
            }
            Event::Restored { container, proof } => {
                let hurt = self.hurt.remove(container);
                if hurt && proof.is_none() {
                    let what = format!("{container}: put back before this run did");
                    self.foreign.push((now, what));
                }
            }
            _ => {}
        }
    }

    /// What is not as it was, and what was exchanged although the run never touched it.
    fn compare_inventories(&mut self, after: &Inventory, now: Elapsed) {
        let Some(before) = self.before else {
            return;
        };
        self.left_over.extend(differences(before, after));
        for (name, was) in before {
            let exchanged = after.get(name).is_some_and(|is| is.id != was.id);
            if exchanged && !self.touched.contains(name) {
                self.foreign
                    .push((now, format!("{name}: made anew, not by this run")));
            }
        }
    }

    /// The engine and the replay must agree: on every claim that the engine decided, and on every
    /// fault that it calls proven.
    fn compare(&mut self, step: usize, outcome: StepOutcome, readings: &[ReadingId]) {
        let Some(planned) = self.plan.steps.get(step) else {
            return;
        };
        let said = match (&planned.action, &self.active) {
            _ if outcome == StepOutcome::Interrupted => return,
            (Action::Fault { edges, .. }, _) if outcome == StepOutcome::Done => {
                let unproven = edges
                    .iter()
                    .find(|edge| !self.injected.contains(edge.as_str()));
                unproven.map(|edge| format!("no proof for {edge}"))
            }
            (_, Some(_)) => {
                let ruled = self.ruled.as_ref();
                let same = ruled.is_some_and(|r| r.outcome == outcome && r.readings == readings);
                (!same).then(|| format!("{ruled:?}"))
            }
            _ => None,
        };
        if let Some(said) = said {
            let id = &planned.id;
            self.broken.get_or_insert_with(|| format!(
                "the engine ended step {id} as {outcome:?} on readings {readings:?}, the journal says {said}"
            ));
        }
    }

    fn part(
        &self,
        step: usize,
        outcome: StepOutcome,
        readings: &[ReadingId],
        note: Option<&str>,
        decided: Elapsed,
    ) -> Option<Part> {
        let action = &self.plan.steps.get(step)?.action;
        let mut found = judged(action, outcome)?;
        let mut note = note.unwrap_or_default().to_owned();
        // A contrary reading of a target that others changed says nothing about the subject.
        if let (Outcome::Fail, Some((at, what))) = (found, self.foreign.first()) {
            found = Outcome::Unknown;
            note = format!("{note}; but others had changed the target at {at}: {what}");
        }
        let mut part = Part {
            what: What::Step(step),
            outcome: found,
            reached: true,
            note,
            readings: readings.to_vec(),
            since: None,
            decided,
            evidence: Vec::new(),
        };
        if let (Outcome::Fail, Some((_, watch)), Action::Claim { claim, .. }) =
            (found, &self.active, action)
        {
            let view = watch.view(self.plan, &self.record);
            part.since = evidence::since(&view, claim);
            part.evidence = evidence::about(&view, claim);
        }
        Some(part)
    }

    fn finish(mut self, entries: &[Entry]) -> Verdict {
        let decided = entries
            .last()
            .map(|entry| entry.elapsed)
            .unwrap_or_default();
        let mut parts = Vec::new();
        for (index, step) in self.plan.steps.iter().enumerate() {
            if let Some(part) = self.parts.remove(&index) {
                parts.push(part);
            } else if judged(&step.action, StepOutcome::Interrupted).is_some() {
                parts.push(unreached(What::Step(index), decided));
            }
        }
        for invariant in &self.plan.invariants {
            parts.push(invariants::judge(
                *invariant,
                self.plan,
                &self.record,
                decided,
            ));
        }
        parts.extend(self.run_parts(decided));
        let outcome = parts.iter().map(|part| part.outcome).max();
        let outcome = outcome.unwrap_or(Outcome::Unknown);
        // One cause: the earliest. A step that was not reached is a consequence of it.
        let worst = |part: &Part| part.outcome == outcome && outcome != Outcome::Pass;
        let indices = 0..parts.len();
        let cause = indices
            .filter(|index| worst(&parts[*index]))
            .min_by_key(|index| (!parts[*index].reached, parts[*index].decided));
        Verdict {
            outcome,
            parts,
            cause,
            left_over: self.left_over,
            interrupted: self.interrupted,
            broken: self.broken,
        }
    }

    /// What is to be said of the run as a whole; nothing where all was well.
    fn run_parts(&self, decided: Elapsed) -> Vec<Part> {
        let mut notes = self.halted.clone();
        let signal = self.interrupted.iter();
        notes.extend(signal.map(|signal| format!("the run was ended by {signal}")));
        if !self.plan.steps.iter().any(|step| is_expect(&step.action)) {
            notes.push("the playbook expects nothing: nothing was tested".to_owned());
        }
        if !self.foreign.is_empty() {
            let changes: Vec<&str> = self.foreign.iter().map(|(_, what)| what.as_str()).collect();
            notes.push(format!(
                "the target was changed by other hands: {}",
                changes.join("; ")
            ));
        }
        if !self.ended {
            notes.push("the journal has no end: the run was killed".to_owned());
        }
        let part = |note| Part {
            reached: true,
            note,
            ..unreached(What::Run, decided)
        };
        notes.into_iter().map(part).collect()
    }
}

fn unreached(what: What, decided: Elapsed) -> Part {
    Part {
        what,
        outcome: Outcome::Unknown,
        reached: false,
        note: "not reached".to_owned(),
        readings: Vec::new(),
        since: None,
        decided,
        evidence: Vec::new(),
    }
}

fn is_expect(action: &Action) -> bool {
    matches!(
        action,
        Action::Claim {
            mode: Mode::Expect,
            ..
        }
    )
}

/// What the end of a step says; `None` where a step of this kind is no part of the verdict.
fn judged(action: &Action, outcome: StepOutcome) -> Option<Outcome> {
    match (action, outcome) {
        (Action::Wait { .. } | Action::Await { .. } | Action::Observe { .. }, _) => None,
        (_, StepOutcome::Done) => Some(Outcome::Pass),
        (action, StepOutcome::Contradicted) if is_expect(action) => Some(Outcome::Fail),
        _ => Some(Outcome::Unknown),
    }
}

/// What is not as it was, field by field.
fn differences(before: &Inventory, after: &Inventory) -> Vec<String> {
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
    found.extend(
        after
            .keys()
            .filter(|name| !before.contains_key(*name))
            .map(|name| format!("{name}: was not there before")),
    );
    found
}
