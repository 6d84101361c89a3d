//! The steps, one after the other.

use std::time::Duration;

use futures_util::future::join_all;

use super::Run;
use super::awaiting::Awaiting;
use super::ledger::Debt;
use super::pump::{Halt, Wake};
use crate::api::Orchestrator;
use crate::api::model::Deployed;
use crate::clock::Elapsed;
use crate::fault::{Container, Faults};
use crate::journal::{Event, ReadingId, StepOutcome};
use crate::plan::{Action, Edge, Mode};
use crate::playbook::FaultKind;
use crate::target::Target;
use crate::verdict::watch::Watch;

/// The shortest time that a request can be sent after a deadline.
const JUST_AFTER: Duration = Duration::from_millis(1);
/// The pace of asking once a deadline is over.
const SOON: Duration = Duration::from_millis(250);

impl<T: Target> Run<'_, T> {
    pub(super) async fn steps(&mut self) -> Result<(), Halt> {
        // What the target looks like before the first step: the base line of everything after it.
        self.sweep().await?;
        let prepared = self.prepared;
        for (index, step) in prepared.plan.steps.iter().enumerate() {
            self.recorder.put(Event::StepStarted { step: index });
            let done = self.step(index, &step.action).await;
            let why = match &done {
                Err(Halt::Stop(reason)) => Some(reason.to_string()),
                Err(Halt::Trouble(reason)) => Some(reason.clone()),
                _ => None,
            };
            if let Some(why) = why {
                let note = format!("the run was ended before this step could be decided: {why}");
                self.end(index, StepOutcome::Interrupted, Some(note));
            }
            done?;
        }
        Ok(())
    }

    async fn step(&mut self, index: usize, action: &Action) -> Result<(), Halt> {
        match action {
            Action::Deploy { job } => self.deploy(index, job).await,
            Action::Fault { fault, edges } => self.inject(index, *fault, edges).await,
            Action::Restore { edges } => self.restore(index, edges).await,
            Action::Wait { time } => {
                self.pass(self.recorder.now().plus(*time)).await?;
                self.end(index, StepOutcome::Done, None);
                Ok(())
            }
            Action::Await {
                job,
                trigger,
                within,
            } => {
                let deadline = self.recorder.now().plus(within.time);
                self.reevaluation(index, job, trigger, deadline).await
            }
            Action::Claim { mode, .. } => self.claim(index, *mode).await,
            Action::Observe { .. } => {
                let after = self.recorder.record().last_reading();
                self.sweep().await?;
                let last = self.recorder.record().last_reading();
                self.recorder.put(Event::StepEnded {
                    step: index,
                    outcome: StepOutcome::Done,
                    readings: (after.0 + 1..=last.0).map(ReadingId).collect(),
                    note: None,
                });
                Ok(())
            }
        }
    }

    async fn deploy(&mut self, index: usize, job: &str) -> Result<(), Halt> {
        let Some(spec) = self.prepared.specs.get(job) else {
            return Err(Halt::Broken(format!("the plan has no job {job}")));
        };
        let known = self.recorder.record().jobs.get(job).cloned();
        let (id, version, unchanged) = match (self.target.eyes().put_job(spec).await, known) {
            (Ok(Deployed::Accepted { job, created, .. }), known) if created || known.is_some() => {
                (job.id, job.version, false)
            }
            (Ok(Deployed::Unchanged), Some((id, version))) => (id, version, true),
            (Ok(Deployed::Accepted { job, .. }), _) => {
                self.not_ours.insert(job.id.clone());
                let note = format!(
                    "a job named {} ({}) was there already, and this deploy changed it",
                    job.name, job.id
                );
                self.left_over(note.clone());
                return self.refused(index, note);
            }
            (Ok(Deployed::Unchanged), None) => {
                let note = "the server says that it is deployed already, but not by this run";
                return self.refused(index, note.to_owned());
            }
            (Err(error), _) => return self.refused(index, error.to_string()),
        };
        self.recorder.put(Event::Deployed {
            job: job.to_owned(),
            id,
            version,
            unchanged,
        });
        let note = unchanged.then(|| "unchanged".to_owned());
        self.end(index, StepOutcome::Done, note);
        Ok(())
    }

    fn refused(&mut self, index: usize, note: String) -> Result<(), Halt> {
        self.end(index, StepOutcome::Refused, Some(note));
        Err(Halt::Step)
    }

    async fn claim(&mut self, index: usize, mode: Mode) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let begun = Watch::begin(plan, self.recorder.record(), index);
        let mut watch = begun.ok_or_else(|| Halt::Broken(format!("step {index} has no claim")))?;
        let after = watch.deadline().plus(JUST_AFTER);
        let mut swept = Some(self.sweep().await?);
        let ruling = loop {
            if let Some((at, every)) = swept
                && let Some(ruling) = watch.on(plan, self.recorder.record(), at, every)
            {
                break ruling;
            }
            // Past the deadline only the last word is missing: ask soon, not at the usual pace.
            let now = self.recorder.now();
            let until = if now >= after { now.plus(SOON) } else { after };
            swept = Some(match self.wake(until).await? {
                Wake::Swept(at, every) => (at, every),
                Wake::Deadline => self.sweep().await?,
            });
        };
        let outcome = ruling.outcome;
        self.recorder.put(Event::StepEnded {
            step: index,
            outcome,
            readings: ruling.readings,
            note: ruling.note,
        });
        match (mode, outcome) {
            (Mode::Assume, outcome) if outcome != StepOutcome::Done => Err(Halt::Step),
            _ => Ok(()),
        }
    }

    async fn reevaluation(
        &mut self,
        index: usize,
        job: &str,
        trigger: &str,
        deadline: Elapsed,
    ) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let mut awaiting = Awaiting::begin(plan, self.recorder.record(), job, trigger);
        self.sweep().await?;
        let note = loop {
            let now = self.recorder.now();
            if let Some(note) = awaiting.on(self.recorder.record(), now) {
                break note;
            }
            if now >= deadline {
                break awaiting.given_up();
            }
            let until = awaiting.next().map_or(deadline, |at| at.min(deadline));
            if let Wake::Deadline = self.wake(until).await? {
                self.sweep().await?;
            }
        };
        self.end(index, StepOutcome::Done, Some(note));
        Ok(())
    }

    /// Injects a fault into all of these edges at once: first everything that is needed to undo it is
    /// on disk, then the first request goes out.
    async fn inject(
        &mut self,
        index: usize,
        fault: FaultKind,
        edges: &[String],
    ) -> Result<(), Halt> {
        // The last readings before the fault: what comes later is measured against them.
        self.sweep().await?;
        let targets = match self.owe(index, fault, edges).await {
            Ok(targets) => targets,
            Err(reason) => {
                self.end(index, StepOutcome::Undecided, Some(reason));
                return Err(Halt::Step);
            }
        };
        for (_, container) in &targets {
            self.ownership.take(&container.name);
        }
        let hands = self.target.hands();
        let injected = join_all(
            targets
                .iter()
                .map(|(_, container)| hands.inject(fault, container)),
        )
        .await;
        let mut failed = Vec::new();
        for ((edge, container), result) in targets.into_iter().zip(injected) {
            let (edge, container) = (edge.name.clone(), container.name);
            match result {
                Ok(proof) => {
                    self.ownership.release(&container, Some(proof.at));
                    if fault == FaultKind::Restart {
                        self.forget(&container);
                    }
                    self.recorder.put(Event::Injected {
                        fault,
                        edge,
                        container,
                        proof,
                    });
                }
                Err(error) => {
                    failed.push(error.to_string());
                    self.recorder.put(Event::NotInjected {
                        fault,
                        edge,
                        container,
                        reason: error.to_string(),
                    });
                }
            }
        }
        if failed.is_empty() {
            self.end(index, StepOutcome::Done, None);
            return Ok(());
        }
        self.end(index, StepOutcome::Undecided, Some(failed.join("; ")));
        Err(Halt::Step)
    }

    /// Looks at the containers once more and writes the undo of each into the ledger.
    async fn owe(
        &mut self,
        index: usize,
        fault: FaultKind,
        edges: &[String],
    ) -> Result<Vec<(Edge, Container)>, String> {
        let inventory = self.target.hands().inventory().await;
        let inventory = inventory.map_err(|error| error.to_string())?;
        let mut targets = Vec::new();
        for name in edges {
            let edge = self.prepared.plan.edge(name);
            let edge = edge.ok_or_else(|| format!("step {index}: no edge {name}"))?;
            let Some(container) = inventory.get(&edge.container) else {
                return Err(format!("{} is not there", edge.container));
            };
            let recipe = self.target.hands().recipe(container).await;
            let debt = Debt {
                run: self.prepared.plan.run.0.clone(),
                target: self.target.name().to_owned(),
                fault,
                before: container.clone(),
                recipe: recipe.map_err(|error| error.to_string())?,
            };
            self.ledger.owe(debt).map_err(|error| error.to_string())?;
            targets.push((edge.clone(), container.clone()));
        }
        Ok(targets)
    }

    async fn restore(&mut self, index: usize, edges: &[String]) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let named = edges.iter().filter_map(|name| plan.edge(name));
        let containers: Vec<_> = named.map(|edge| edge.container.clone()).collect();
        let hurt = containers
            .iter()
            .any(|name| self.ledger.debt(name).is_some());
        let failed = self.put_back(&containers).await?;
        if failed.is_empty() {
            let note = (!hurt).then(|| "nothing to do".to_owned());
            self.end(index, StepOutcome::Done, note);
            return Ok(());
        }
        self.end(index, StepOutcome::Undecided, Some(failed.join("; ")));
        Err(Halt::Step)
    }
}
