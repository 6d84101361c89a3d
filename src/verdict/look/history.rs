//! Claims about history: which states executions went through, also between two readings.

use super::super::record::Seen;
use super::{Finding, Found, View, absent, hidden, met_unless, newest};
use crate::api::model::{Execution, ExecutionState, Transition};
use crate::journal::{Answer, Topic};
use crate::plan::{Edge, Who};

/// What a history claim wants.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    passed: &'a [ExecutionState],
    never: &'a [ExecutionState],
}

/// An execution and the states that it went through, where the server says all of them.
type Told<'a> = (&'a Execution, Vec<&'a ExecutionState>, bool);

impl<'a> View<'a> {
    pub(super) fn history_is(
        &self,
        job: &str,
        who: &Who,
        passed: &[ExecutionState],
        never: &[ExecutionState],
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        let topic = Topic::History(job.to_owned());
        let seen = self.fresh(&topic, used)?;
        let Some(history) = self.record.history(job, seen) else {
            let shown = |answer: &Answer| matches!(answer, Answer::History(Some(_)));
            return Err(self.unshown(&topic, shown, "history of executions"));
        };
        let mut changes = history.values().flatten().peekable();
        if changes.peek().is_some() && changes.all(|change| change.to.is_none()) {
            return hidden("the server's history of executions gives no states");
        }
        let located = self.located(who, used)?;
        let seen = self.fresh(&Topic::Executions(job.to_owned()), used)?;
        let all = self.record.executions(job, seen).unwrap_or_default();
        let wanted = Wanted { passed, never };
        let mut differ = Vec::new();
        for (edge, node) in located {
            let here = self.current_on(job, all, &node.id).into_iter();
            let told: Vec<Told<'a>> = here
                .map(|execution| {
                    let changes = history.get(&execution.id);
                    let whole = changes.is_some_and(|all| all.iter().all(|one| one.to.is_some()));
                    let states = path(changes.map_or(&[], Vec::as_slice));
                    (execution, states, whole)
                })
                .collect();
            differ.extend(wanted.judge(edge, &told)?);
        }
        Ok(met_unless(differ))
    }
}

impl Wanted<'_> {
    /// What contradicts the claim on one edge.
    fn judge(self, edge: &Edge, told: &[Told<'_>]) -> Found<Option<String>> {
        let name = &edge.name;
        let executions: Vec<&Execution> = told.iter().map(|(execution, ..)| *execution).collect();
        let Some(last) = newest(&executions) else {
            return Ok(Some(format!("no execution on {name}")));
        };
        for (execution, states, _) in told {
            if let Some(bad) = states.iter().find(|state| self.never.contains(state)) {
                let (id, went) = (&execution.id, words(states));
                return Ok(Some(format!("execution {id} on {name} was {bad}: {went}")));
            }
        }
        let passed = told.iter().any(|(_, states, _)| self.within(states));
        let silent = told.iter().find(|(_, _, whole)| !whole);
        if let Some((execution, ..)) = silent
            && !(passed && self.never.is_empty())
        {
            let id = &execution.id;
            return absent(format!(
                "the server does not give the whole history of execution {id}"
            ));
        }
        let went = told.iter().find(|(execution, ..)| execution.id == last.id);
        let went = went.map_or(String::new(), |(_, states, _)| words(states));
        let differs = || format!("execution {} on {name} went through {went}", last.id);
        Ok((!passed).then(differs))
    }

    /// Whether the states hold the wanted ones in their order.
    fn within(self, states: &[&ExecutionState]) -> bool {
        let mut states = states.iter();
        self.passed
            .iter()
            .all(|wanted| states.any(|state| *state == wanted))
    }
}

/// The states that changes lead through, the first one's origin included.
fn path(changes: &[Transition]) -> Vec<&ExecutionState> {
    let origin = changes.first().and_then(|first| first.from.as_ref());
    let reached = changes.iter().filter_map(|change| change.to.as_ref());
    let mut states: Vec<&ExecutionState> = origin.into_iter().chain(reached).collect();
    states.dedup();
    states
}

fn words(states: &[&ExecutionState]) -> String {
    if states.is_empty() {
        return "no state".to_owned();
    }
    let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
    words.join(" > ")
}
