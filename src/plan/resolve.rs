//! The steps of a playbook, one after the other, on one target.
//!
//! Apart from the plan as a whole because a step means what the steps before it have made: who was
//! hit, which edges were added, when a step ended.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::error::Spot;
use super::make::Site;
use super::select::{NameTaken, Selector};
use super::{Action, Budget, Edge, Mode, PlanError, RunId, Step, budget};
use crate::fault::ContainerName;
use crate::playbook::{
    self, Awaited, FaultKind, Observation, Place, Playbook, Position, TimeExpr, Verb,
};
use crate::target::Kind;

pub(super) struct Resolver<'a> {
    playbook: &'a Playbook,
    pub(super) site: &'a Site,
    run: &'a RunId,
    pub(super) file: &'a str,
    pub(super) selector: Selector,
    /// The edges that the steps so far add.
    pub(super) added: Vec<Edge>,
    /// The number of the last step of each id so far.
    pub(super) ends: BTreeMap<&'a str, usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(
        playbook: &'a Playbook,
        site: &'a Site,
        run: &'a RunId,
        file: &'a str,
    ) -> Self {
        let edges = site.edges.iter().map(|edge| edge.name.clone()).collect();
        let mut resolver = Self {
            playbook,
            site,
            run,
            file,
            selector: Selector::new(edges, site.seed),
            added: Vec::new(),
            ends: BTreeMap::new(),
        };
        let protected = resolver.protected_edges();
        resolver.selector.spare(protected);
        resolver
    }

    /// All steps, the rounds of every `repeat` written out.
    pub(super) fn steps(&mut self, steps: &'a [playbook::Step]) -> Result<Vec<Step>, PlanError> {
        let mut all = Vec::new();
        for step in steps {
            self.step(step, "", None, &mut all)?;
            self.ends.insert(&step.id, all.len().saturating_sub(1));
        }
        Ok(all)
    }

    /// One step, or all rounds of it; `round` is put behind the ids, `outer` is the name of the
    /// `repeat` around it.
    fn step(
        &mut self,
        step: &playbook::Step,
        round: &str,
        outer: Option<&str>,
        all: &mut Vec<Step>,
    ) -> Result<(), PlanError> {
        let at = step.at;
        let name = step.name.as_deref().or(outer);
        if let Verb::Repeat { times, steps } = &step.verb {
            for number in 1..=*times {
                for inner in steps {
                    self.step(inner, &format!("{round}.{number}"), name, all)?;
                }
            }
        }
        if let Some(action) = self.action(&step.verb, at)? {
            all.push(Step {
                id: format!("{}{round}", step.id),
                name: name.map(str::to_owned),
                at,
                action,
            });
        }
        Ok(())
    }

    /// What a verb does; `None` where it only holds other steps.
    fn action(&mut self, verb: &Verb, at: Position) -> Result<Option<Action>, PlanError> {
        Ok(Some(match verb {
            Verb::Repeat { .. } => return Ok(None),
            Verb::Deploy { job } => Action::Deploy { job: job.clone() },
            Verb::Update { job, to } => Action::Update {
                job: job.clone(),
                to: to.clone(),
            },
            Verb::Rerun { job } => Action::Rerun { job: job.clone() },
            Verb::Adopt { job, name, within } => Action::Adopt {
                job: job.clone(),
                name: name.clone(),
                within: self
                    .given(within.as_ref(), at)?
                    .unwrap_or_else(budget::of_adopt),
            },
            Verb::Stop { job } => Action::Stop { job: job.clone() },
            Verb::Delete { job } => Action::Delete { job: job.clone() },
            Verb::Fault {
                kind,
                on,
                networks,
                bind,
            } => self.fault(*kind, on, networks, bind.as_deref(), at)?,
            Verb::Add {
                edges,
                labels,
                bind,
            } => Action::Add {
                edges: self.add(bind, *edges, at)?,
                labels: labels.clone(),
            },
            Verb::Restore { on, faults } => Action::Restore {
                on: self.place(on, at)?,
                faults: faults.clone(),
            },
            Verb::Manual { text, within } => self.manual(text, within, at)?,
            Verb::Wait(expr) => Action::Wait {
                time: self.time(expr, at)?,
            },
            Verb::Await { what, within } => self.wait_for(what, within.as_ref(), at)?,
            Verb::Assume(expectation) => self.claim(Mode::Assume, expectation, at)?,
            Verb::Expect(expectation) => self.claim(Mode::Expect, expectation, at)?,
            Verb::Observe(what) => Action::Observe {
                what: observed(what),
            },
        }))
    }

    fn fault(
        &mut self,
        fault: FaultKind,
        on: &Place,
        networks: &BTreeSet<String>,
        bind: Option<&str>,
        at: Position,
    ) -> Result<Action, PlanError> {
        let on = self.place(on, at)?;
        self.allowed(fault, &on, at)?;
        let networks = match fault {
            FaultKind::Partition => self.networks(&on, networks, at)?,
            _ => BTreeSet::new(),
        };
        if let Some(name) = bind {
            let taken = self.selector.bind(name, &on);
            taken.map_err(|NameTaken(name)| PlanError::TakenName {
                spot: self.spot(at),
                name,
            })?;
        }
        Ok(Action::Fault {
            fault,
            on,
            networks,
        })
    }

    /// Edges that are not there yet: named after the run, so that they are nobody else's.
    fn add(&mut self, name: &str, count: usize, at: Position) -> Result<Vec<String>, PlanError> {
        let services = self.site.services.iter();
        let services: Vec<&str> = services.map(|service| service.name.as_str()).collect();
        let names = self.selector.add(name, count, &services);
        let names = names.map_err(|NameTaken(name)| PlanError::TakenByAdded {
            spot: self.spot(at),
            name,
        })?;
        let enrols_by_token = self.site.edges.iter().any(|edge| edge.enrols_by_token);
        self.added.extend(names.iter().map(|name| {
            let container = format!("rejoin-{}-{name}", self.run);
            Edge {
                name: name.clone(),
                hostname: container.clone(),
                container: ContainerName(container),
                node: None,
                added: true,
                volatile: false, // the engine makes it a volume like that of another edge
                enrols_by_token,
            }
        }));
        Ok(names)
    }

    /// A person is asked only where there can be one.
    fn manual(&self, text: &str, within: &TimeExpr, at: Position) -> Result<Action, PlanError> {
        let subject = &self.site.subject;
        if subject.kind == Kind::Sim {
            return Err(PlanError::NobodyThere {
                spot: self.spot(at),
                target: subject.target.clone(),
            });
        }
        Ok(Action::Manual {
            text: text.to_owned(),
            within: Budget::given(within, self.time(within, at)?),
        })
    }

    fn wait_for(
        &self,
        what: &Awaited,
        within: Option<&TimeExpr>,
        at: Position,
    ) -> Result<Action, PlanError> {
        let Awaited::Reevaluation { job, trigger } = what;
        let within = self.given(within, at)?;
        Ok(Action::Await {
            job: job.clone(),
            trigger: trigger.clone(),
            within: within.unwrap_or_else(|| budget::of_await(&self.site.timing)),
        })
    }

    pub(super) fn given(
        &self,
        expr: Option<&TimeExpr>,
        at: Position,
    ) -> Result<Option<Budget>, PlanError> {
        expr.map(|expr| Ok(Budget::given(expr, self.time(expr, at)?)))
            .transpose()
    }

    fn time(&self, expr: &TimeExpr, at: Position) -> Result<Duration, PlanError> {
        expr.eval(&self.site.timing, &self.playbook.vars)
            .map_err(|reason| PlanError::Time {
                spot: self.spot(at),
                reason,
            })
    }

    pub(super) fn spot(&self, at: Position) -> Spot {
        Spot {
            file: self.file.to_owned(),
            at,
        }
    }
}

fn observed(what: &Observation) -> String {
    match what {
        Observation::Nodes => "nodes".to_owned(),
        Observation::Job { job } => format!("job {job}"),
        Observation::Executions { job } => format!("executions of {job}"),
        Observation::Evaluations { job } => format!("evaluations of {job}"),
        Observation::History { job } => format!("history of {job}"),
        Observation::Truth { job } => format!("edge truth of {job}"),
    }
}
