//! The verdict computed from the journal alone, by replaying it.
//!
//! Every claim is put through the same [`Watch`] as in the engine. If the replay ends a step in
//! another way than the engine did, one of the two is wrong, and the run says so (exit 70) instead of
//! choosing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::custody::Custody;
use super::evidence;
use super::invariants;
use super::look;
use super::record::Record;
use super::watch::{Ruling, Watch};
use super::{Outcome, Part, Verdict, What};
use crate::clock::Elapsed;
use crate::journal::{Entry, Event, ReadingId, StepOutcome, When};
use crate::plan::{Action, Mode, Plan};
use crate::playbook::Invariant;

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
    custody: Custody<'a>,
    proven: BTreeSet<&'a str>,
    halted: Vec<String>,
    left_over: Vec<String>,
    interrupted: Option<String>,
    broken: Option<String>,
    ended: bool,
}

impl<'a> Replay<'a> {
    fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            record: Record::default(),
            active: None,
            ruled: None,
            parts: BTreeMap::new(),
            custody: Custody::default(),
            proven: BTreeSet::new(),
            halted: Vec::new(),
            left_over: Vec::new(),
            interrupted: None,
            broken: None,
            ended: false,
        }
    }

    fn take(&mut self, entry: &'a Entry) {
        self.record.take(entry);
        self.custody.take(entry);
        match &entry.event {
            Event::StepStarted { step } => {
                self.ruled = None;
                self.proven.clear();
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
            Event::Injected { on: name, .. } | Event::Added { edge: name, .. } => {
                self.proven.insert(name);
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
            Event::Inventory {
                when: When::After,
                containers,
            } => {
                let differences = self.custody.differences(containers, self.plan);
                self.left_over.extend(differences);
            }
            Event::End => self.ended = true,
            _ => {}
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
            (Action::Fault { on: names, .. } | Action::Add { edges: names, .. }, _)
                if outcome == StepOutcome::Done =>
            {
                let unproven = names
                    .iter()
                    .find(|name| !self.proven.contains(name.as_str()));
                unproven.map(|name| format!("no proof for {name}"))
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
        let mut found = judged(self.plan, action, outcome)?;
        let mut note = note.unwrap_or_default().to_owned();
        // A contrary reading of a target that others changed says nothing about the subject.
        if let (Outcome::Fail, Some(doubt)) = (found, self.custody.doubt()) {
            found = Outcome::Unknown;
            note = format!("{note}; but {doubt}");
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
            } else if !self.record.ended.contains_key(&index)
                && judged(self.plan, &step.action, StepOutcome::Interrupted).is_some()
            {
                parts.push(unreached(What::Step(index), decided));
            }
        }
        let notes = self.notes(&parts);
        for invariant in &self.plan.invariants {
            parts.push(self.invariant(*invariant, decided));
        }
        parts.extend(notes.into_iter().map(|note| Part {
            reached: true,
            note,
            ..unreached(What::Run, decided)
        }));
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

    fn invariant(&self, invariant: Invariant, decided: Elapsed) -> Part {
        let mut part = invariants::judge(invariant, self.plan, &self.record, decided);
        // What others did to the containers may be why the two do not agree at the end.
        if let (Outcome::Fail, true, Some(doubt)) = (
            part.outcome,
            invariants::of_the_end(invariant),
            self.custody.doubt(),
        ) {
            part.outcome = Outcome::Unknown;
            part.note = format!("{}; but {doubt}", part.note);
        }
        part
    }

    /// What is to be said of the run as a whole; nothing where all was well.
    fn notes(&self, steps: &[Part]) -> Vec<String> {
        let mut notes = self.halted.clone();
        let signal = self.interrupted.iter();
        notes.extend(signal.map(|signal| format!("the run was ended by {signal}")));
        let expected = |part: &&Part| match part.what {
            What::Step(index) => self
                .plan
                .steps
                .get(index)
                .is_some_and(|step| is_expect(&step.action)),
            _ => false,
        };
        let mut expected = steps.iter().filter(expected).peekable();
        if expected.peek().is_none() {
            notes.push("the playbook expects nothing: nothing was tested".to_owned());
        } else if expected.all(|part| part.outcome == Outcome::Unobservable) {
            let none = "nothing that the playbook expects can be observed here: nothing was tested";
            notes.push(none.to_owned());
        }
        if !self.custody.foreign.is_empty() {
            let changes: Vec<&str> = self
                .custody
                .foreign
                .iter()
                .map(|(_, what)| what.as_str())
                .collect();
            notes.push(format!(
                "the target was changed by other hands: {}",
                changes.join("; ")
            ));
        }
        if let Some((at, why)) = self.custody.unseen {
            notes.push(format!(
                "whether other hands changed the target from {at} on was not seen: {why}"
            ));
        }
        if !self.ended {
            notes.push("the journal has no end: the run was killed".to_owned());
        }
        notes
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

/// What the end of a step says; `None` where it is no part of the verdict.
fn judged(plan: &Plan, action: &Action, outcome: StepOutcome) -> Option<Outcome> {
    match (action, outcome) {
        // That a person said so is neither an observation nor a proof.
        (Action::Wait { .. } | Action::Await { .. } | Action::Observe { .. }, _)
        | (Action::Manual { .. }, StepOutcome::Done) => None,
        (_, StepOutcome::Done) => Some(Outcome::Pass),
        (action, StepOutcome::Contradicted) if is_expect(action) => Some(Outcome::Fail),
        (Action::Claim { claim, .. }, StepOutcome::NotObservable) if is_expect(action) => {
            let required = look::observable(claim).is_some_and(|what| plan.require.contains(&what));
            Some(if required {
                Outcome::Unknown
            } else {
                Outcome::Unobservable
            })
        }
        _ => Some(Outcome::Unknown),
    }
}
