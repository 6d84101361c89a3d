//! Claims: who they speak of, since when, until when.
//!
//! Apart from the steps that do something: these only look.

use super::resolve::Resolver;
use super::{Action, Claim, Mode, PlanError, Writers, budget};
use crate::api::model::ExecutionState;
use crate::playbook::pattern::Capture;
use crate::playbook::{self, Expectation, Pattern, Place, Position};

impl Resolver<'_> {
    pub(super) fn claim(
        &mut self,
        mode: Mode,
        expectation: &Expectation,
        at: Position,
    ) -> Result<Action, PlanError> {
        let claim = self.about(&expectation.claim, at)?;
        let recovers = self.given(expectation.recovers.as_ref(), at)?;
        let (within, recovers) = match recovers {
            Some(recovers) => (Some(recovers), true),
            None => (self.given(expectation.within.as_ref(), at)?, false),
        };
        Ok(Action::Claim {
            mode,
            within: within.unwrap_or_else(|| budget::of_claim(&claim, mode, &self.site.timing)),
            hold: self.given(expectation.hold.as_ref(), at)?,
            recovers,
            claim,
        })
    }

    fn about(&mut self, claim: &playbook::Claim, at: Position) -> Result<Claim, PlanError> {
        Ok(match claim {
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
                observed: state(observed.as_ref()),
                desired: state(desired.as_ref()),
                count: *count,
            },
            playbook::Claim::Job { job, is } => Claim::Job {
                job: job.clone(),
                is: is.as_str().into(),
            },
            playbook::Claim::Truth {
                job,
                nodes,
                observed,
                count,
            } => Claim::Truth {
                job: job.clone(),
                on: self.who(nodes, at)?,
                observed: state(observed.as_ref()),
                count: *count,
            },
            playbook::Claim::Evaluations {
                job,
                trigger,
                state,
                count,
                after,
            } => Claim::Evaluations {
                job: job.clone(),
                trigger: trigger.clone(),
                state: state.as_deref().map(Into::into),
                count: *count,
                after: self.end_of(after.as_deref()),
            },
            playbook::Claim::History {
                job,
                nodes,
                passed,
                never,
            } => Claim::History {
                job: job.clone(),
                on: self.who(nodes, at)?,
                passed: states(passed),
                never: states(never),
            },
            playbook::Claim::Logs {
                of,
                pattern,
                count,
                after,
            } => self.lines(of, pattern, *count, after.as_deref(), at)?,
        })
    }

    /// The number of an earlier step; a `repeat` ends with its last round.
    fn end_of(&self, id: Option<&str>) -> Option<usize> {
        id.and_then(|id| self.ends.get(id).copied())
    }

    /// Lines of logs; every node that the pattern names must be there.
    fn lines(
        &mut self,
        of: &Place,
        pattern: &Pattern,
        count: Option<u64>,
        after: Option<&str>,
        at: Position,
    ) -> Result<Claim, PlanError> {
        let of = self.writers(of, at)?;
        self.captures_are_known(pattern, at)?;
        Ok(Claim::Logs {
            of,
            pattern: pattern.clone(),
            count,
            after: self.end_of(after),
        })
    }

    fn writers(&mut self, of: &Place, at: Position) -> Result<Writers, PlanError> {
        Ok(match of {
            Place::Nodes(selection) => Writers::Edges(self.who(selection, at)?),
            Place::Services(services) => Writers::Services(self.services(services, at)?),
        })
    }

    fn captures_are_known(&self, pattern: &Pattern, at: Position) -> Result<(), PlanError> {
        for capture in pattern.captures() {
            let (Capture::Execution { edge, .. } | Capture::Node(edge)) = capture else {
                continue;
            };
            if !self.selector.is_edge(edge) {
                return Err(PlanError::UnknownCapture {
                    spot: self.spot(at),
                    capture: capture.to_string(),
                    name: edge.clone(),
                    known: self.known(),
                });
            }
        }
        Ok(())
    }
}

fn state(word: Option<&String>) -> Option<ExecutionState> {
    word.map(|word| word.as_str().into())
}

fn states(words: &[String]) -> Vec<ExecutionState> {
    words.iter().map(|word| word.as_str().into()).collect()
}
