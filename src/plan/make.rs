//! Building a plan: every name, time and selection of the playbook resolved, or an error that says
//! where.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::select::{NoSuchName, Selector};
use super::{About, Action, Budget, Claim, Edge, Mode, Plan, Prepared, RunId, Step, budget};
use crate::playbook::time::TimeError;
use crate::playbook::{self, Awaited, Expectation, Playbook, Position, TimeExpr, Verb};
use crate::settings::Timing;
use crate::target::Subject;

/// Why a playbook cannot be run on a target.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A name in the playbook is not known on this target.
    #[error(
        "{file}:{line}:{column}: there is no node `{name}` on this target; its nodes are: {known}; no earlier step gives that name by `as` either"
    )]
    UnknownName {
        /// The playbook.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: u32,
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A selection is given the name of a node.
    #[error(
        "{file}:{line}:{column}: `{name}` is the name of a node of this target; choose another for `as`"
    )]
    TakenName {
        /// The playbook.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: u32,
        /// The name.
        name: String,
    },
    /// A time cannot be computed with this target's timings.
    #[error("{file}:{line}:{column}: {reason}")]
    Time {
        /// The playbook.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: u32,
        /// What is wrong.
        reason: TimeError,
    },
    /// The target is too small.
    #[error(
        "{file} needs {needed} edges, target `{target}` has {has}: {known}; choose another target, \
         or give this one more (a simulation: `edges` in rejoin.toml; a stack: its compose file)"
    )]
    TooFewEdges {
        /// The playbook.
        file: String,
        /// How many it needs.
        needed: usize,
        /// The target's name.
        target: String,
        /// How many there are.
        has: usize,
        /// Their names.
        known: String,
    },
}

impl PlanError {
    /// Whether the target, not the playbook, has to change.
    pub fn is_environment(&self) -> bool {
        matches!(self, PlanError::TooFewEdges { .. })
    }
}

/// What a plan is made for, besides the playbook.
#[derive(Debug, Clone)]
pub struct Site {
    /// What is under test.
    pub subject: Subject,
    /// Its timings.
    pub timing: Timing,
    /// Its edges, as they stand now.
    pub edges: Vec<Edge>,
    /// The seed of every choice.
    pub seed: u64,
    /// Whether jobs keep the names of their files.
    pub keep_names: bool,
}

/// Makes the plan. Pure: looks at nothing, touches nothing.
pub fn make(playbook: &Playbook, site: Site) -> Result<Prepared, PlanError> {
    let file = playbook
        .path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    enough_edges(playbook, &site, &file)?;
    let run = run_id(site.seed, &playbook.name);
    let mut steps = Resolver {
        playbook,
        timing: &site.timing,
        selector: Selector::new(&site.edges, site.seed),
        known: names(&site.edges),
        file: &file,
    };
    let steps = playbook
        .steps
        .iter()
        .map(|step| steps.step(step))
        .collect::<Result<Vec<_>, _>>()?;
    let (jobs, specs) = name_jobs(playbook, &run, site.keep_names);
    let plan = Plan {
        playbook: About {
            file,
            name: playbook.name.clone(),
            title: playbook.title.clone(),
            scenario: playbook.scenario.clone(),
            issue: playbook.issue.clone(),
        },
        subject: site.subject,
        run,
        seed: site.seed,
        ready: budget::of_connecting(&site.timing),
        settle: budget::of_settling(&site.timing),
        timing: site.timing,
        edges: site.edges,
        jobs,
        steps,
        invariants: playbook.always.clone(),
    };
    Ok(Prepared { plan, specs })
}

fn names(edges: &[Edge]) -> String {
    let names: Vec<&str> = edges.iter().map(|edge| edge.name.as_str()).collect();
    names.join(", ")
}

fn enough_edges(playbook: &Playbook, site: &Site, file: &str) -> Result<(), PlanError> {
    let picked = playbook.steps.iter().filter_map(picks).max().unwrap_or(0);
    let needed = playbook.needs.edges.max(picked).max(1);
    if site.edges.len() >= needed {
        return Ok(());
    }
    Err(PlanError::TooFewEdges {
        file: file.to_owned(),
        needed,
        target: site.subject.target.clone(),
        has: site.edges.len(),
        known: names(&site.edges),
    })
}

/// How many edges a step draws.
fn picks(step: &playbook::Step) -> Option<usize> {
    let selection = match &step.verb {
        Verb::Fault { nodes, .. } | Verb::Restore { nodes } => nodes,
        Verb::Assume(expectation) | Verb::Expect(expectation) => match &expectation.claim {
            playbook::Claim::Nodes { which, .. } => which,
            playbook::Claim::Executions { nodes, .. } => nodes,
            playbook::Claim::Job { .. } => return None,
        },
        _ => return None,
    };
    match selection {
        playbook::Selection::Pick(count) => Some(*count),
        _ => None,
    }
}

/// The same seed and playbook give the same id: that is what makes a simulated run repeatable.
fn run_id(seed: u64, name: &str) -> RunId {
    let hash = Sha256::digest(format!("{seed}/{name}"));
    let [first, second, third, ..]: [u8; 32] = hash.into();
    RunId(format!("{first:02x}{second:02x}{third:02x}"))
}

type Named = (
    BTreeMap<String, String>,
    BTreeMap<String, serde_json::Value>,
);

/// Renames and labels every job for this run, so that it is never mistaken for somebody else's.
fn name_jobs(playbook: &Playbook, run: &RunId, keep_names: bool) -> Named {
    let mut jobs = BTreeMap::new();
    let mut specs = BTreeMap::new();
    for (alias, job) in &playbook.jobs {
        let name = if keep_names {
            job.name.clone()
        } else {
            format!("{}-{run}", job.name)
        };
        let mut spec = job.spec.clone();
        spec["name"] = name.clone().into();
        if !spec["labels"].is_object() {
            spec["labels"] = serde_json::json!({});
        }
        spec["labels"][crate::target::RUN_LABEL] = run.0.clone().into();
        jobs.insert(alias.clone(), name);
        specs.insert(alias.clone(), spec);
    }
    (jobs, specs)
}

struct Resolver<'a> {
    playbook: &'a Playbook,
    timing: &'a Timing,
    selector: Selector<'a>,
    known: String,
    file: &'a str,
}

impl Resolver<'_> {
    fn step(&mut self, step: &playbook::Step) -> Result<Step, PlanError> {
        let action = self.action(&step.verb, step.at)?;
        Ok(Step {
            id: step.id.clone(),
            name: step.name.clone(),
            at: step.at,
            action,
        })
    }

    fn action(&mut self, verb: &Verb, at: Position) -> Result<Action, PlanError> {
        Ok(match verb {
            Verb::Deploy { job } => Action::Deploy { job: job.clone() },
            Verb::Fault { kind, nodes, bind } => {
                let edges = self.selector.edges(nodes);
                let edges = edges.map_err(|name| self.unknown(name, at))?;
                if let Some(name) = bind {
                    let taken = self.selector.bind(name, &edges);
                    taken.map_err(|_| self.taken(name, at))?;
                }
                Action::Fault {
                    fault: *kind,
                    edges,
                }
            }
            Verb::Restore { nodes } => {
                let edges = self.selector.edges(nodes);
                Action::Restore {
                    edges: edges.map_err(|name| self.unknown(name, at))?,
                }
            }
            Verb::Wait(expr) => Action::Wait {
                time: self.time(expr, at)?,
            },
            Verb::Await { what, within } => {
                let Awaited::Reevaluation { job, trigger } = what;
                let within = self.given(within.as_ref(), at)?;
                Action::Await {
                    job: job.clone(),
                    trigger: trigger.clone(),
                    within: within.unwrap_or_else(|| budget::of_await(self.timing)),
                }
            }
            Verb::Assume(expectation) => self.claim(Mode::Assume, expectation, at)?,
            Verb::Expect(expectation) => self.claim(Mode::Expect, expectation, at)?,
            Verb::Observe(what) => Action::Observe {
                what: observed(what),
            },
        })
    }

    fn claim(
        &mut self,
        mode: Mode,
        expectation: &Expectation,
        at: Position,
    ) -> Result<Action, PlanError> {
        let claim = match &expectation.claim {
            playbook::Claim::Nodes { which, are } => Claim::Nodes {
                on: self.who(which, at)?,
                are: *are,
            },
            playbook::Claim::Executions {
                job,
                nodes,
                observed,
                desired,
                count,
            } => Claim::Executions {
                job: job.clone(),
                on: self.who(nodes, at)?,
                observed: observed.as_deref().map(Into::into),
                desired: desired.as_deref().map(Into::into),
                count: *count,
            },
            playbook::Claim::Job { job, is } => Claim::Job {
                job: job.clone(),
                is: is.as_str().into(),
            },
        };
        let within = self.given(expectation.within.as_ref(), at)?;
        Ok(Action::Claim {
            mode,
            within: within.unwrap_or_else(|| budget::of_claim(&claim, mode, self.timing)),
            hold: self.given(expectation.hold.as_ref(), at)?,
            claim,
        })
    }

    fn who(
        &mut self,
        selection: &playbook::Selection,
        at: Position,
    ) -> Result<super::Who, PlanError> {
        let who = self.selector.who(selection);
        who.map_err(|name| self.unknown(name, at))
    }

    fn given(&self, expr: Option<&TimeExpr>, at: Position) -> Result<Option<Budget>, PlanError> {
        expr.map(|expr| Ok(Budget::given(expr, self.time(expr, at)?)))
            .transpose()
    }

    fn time(&self, expr: &TimeExpr, at: Position) -> Result<Duration, PlanError> {
        expr.eval(self.timing, &self.playbook.vars)
            .map_err(|reason| PlanError::Time {
                file: self.file.to_owned(),
                line: at.line,
                column: at.column,
                reason,
            })
    }

    fn taken(&self, name: &str, at: Position) -> PlanError {
        PlanError::TakenName {
            file: self.file.to_owned(),
            line: at.line,
            column: at.column,
            name: name.to_owned(),
        }
    }

    fn unknown(&self, NoSuchName(name): NoSuchName, at: Position) -> PlanError {
        PlanError::UnknownName {
            file: self.file.to_owned(),
            line: at.line,
            column: at.column,
            name,
            known: self.known.clone(),
        }
    }
}

fn observed(what: &playbook::Observation) -> String {
    use playbook::Observation;
    match what {
        Observation::Nodes => "nodes".to_owned(),
        Observation::Job { job } => format!("job {job}"),
        Observation::Executions { job } => format!("executions of {job}"),
        Observation::Evaluations { job } => format!("evaluations of {job}"),
    }
}
