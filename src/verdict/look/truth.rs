//! Claims about edge truth: what the edges themselves say they run.

use super::super::record::Seen;
use super::{Finding, Found, Tally, View, Wanted, absent, hidden, newest};
use crate::api::model::Execution;
use crate::journal::Topic;
use crate::plan::{Claim, Edge, Who};
use crate::target::Truth;

/// What an edge says.
#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Says<'a> {
    /// Nothing: there is no container that could run anything.
    Gone,
    /// Nothing: its process does not run, so it runs nothing.
    Down,
    /// The executions that it knows.
    Runs(&'a [Execution]),
}

impl<'a> Says<'a> {
    /// The executions that it knows.
    pub(in super::super) fn executions(self) -> &'a [Execution] {
        match self {
            Says::Gone | Says::Down => &[],
            Says::Runs(executions) => executions,
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn truth_is(
        &self,
        job: &str,
        who: &Who,
        wanted: Wanted<'_>,
        count: Option<u64>,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        if !self.record.jobs.contains_key(job) {
            return absent(format!("job {job} was never deployed"));
        }
        let mut said = Vec::new();
        let mut unsaid = None;
        let selected = self.selected(who)?;
        self.joined(&selected)?;
        for edge in selected {
            match self.says(edge, used) {
                Ok(says) => said.push((edge, says)),
                // What one of them cannot show no later look can.
                Err(Finding::Hidden(why)) => return hidden(why),
                Err(early) => unsaid = unsaid.or(Some(early)),
            }
        }
        if let Some(early) = unsaid {
            return Err(early);
        }
        let mut tally = Tally::default();
        for (edge, says) in said {
            let here = self.current_of(job, says);
            let fit = here.iter().filter(|execution| wanted.fits(execution));
            let before = tally.fit.len();
            tally
                .fit
                .extend(fit.map(|one| describe(edge, says, job, &[one])));
            if tally.fit.len() == before {
                if let Some(silent) = here.iter().find(|e| wanted.unsaid(e)) {
                    let (edge, id) = (&edge.name, &silent.id);
                    return absent(format!("{edge} gives no state of execution {id}"));
                }
                let since = self.since_rerun(job);
                let differs = describe(edge, says, &format!("{job}{since}"), &here);
                tally.differ.push(differs);
            }
        }
        Ok(tally.finding(count))
    }

    /// What an edge says in the newest reading.
    pub(in super::super) fn says(&self, edge: &Edge, used: &mut Vec<&'a Seen>) -> Found<Says<'a>> {
        if !self.record.exists(edge) {
            self.moment(used)?;
            return Ok(Says::Gone);
        }
        let seen = self.fresh(&Topic::Truth(edge.name.clone()), used)?;
        match self.record.truth(&edge.name, seen) {
            Some(Truth::Down) => Ok(Says::Down),
            Some(Truth::Runs(executions)) => Ok(Says::Runs(executions)),
            Some(Truth::Silent) | None => hidden(format!(
                "{} serves no API that says what it runs",
                edge.name
            )),
        }
    }

    /// The executions of the job's current version among those that an edge knows.
    pub(in super::super) fn current_of(&self, job: &str, says: Says<'a>) -> Vec<&'a Execution> {
        let id = self.record.jobs.get(job).map(|(id, _)| id);
        let mine = says.executions().iter();
        mine.filter(|execution| Some(&execution.job_id) == id && self.is_current(job, execution))
            .collect()
    }
}

/// The edges that a look found contrary, with the executions of the job that they know: those that run
/// what is too much, or those that do not run what is missing.
pub fn contrary_edges<'a>(view: &View<'a>, claim: &Claim) -> Vec<(&'a Edge, Vec<&'a Execution>)> {
    let Claim::Truth {
        job,
        on,
        observed,
        count,
    } = claim
    else {
        return Vec::new();
    };
    let wanted = Wanted {
        observed: observed.as_ref(),
        desired: None,
    };
    let mut fitting = Vec::new();
    let mut differing = Vec::new();
    let mut matching: u64 = 0;
    for edge in view.selected(on).unwrap_or_default() {
        let Ok(says) = view.says(edge, &mut Vec::new()) else {
            continue;
        };
        let here = view.current_of(job, says);
        let fit = here
            .iter()
            .filter(|execution| wanted.fits(execution))
            .count();
        matching = matching.saturating_add(u64::try_from(fit).unwrap_or(u64::MAX));
        let side = if fit > 0 {
            &mut fitting
        } else {
            &mut differing
        };
        side.push((edge, here));
    }
    if count.is_some_and(|count| matching > count) {
        fitting
    } else {
        differing
    }
}

/// What an edge says instead.
fn describe(edge: &Edge, says: Says<'_>, job: &str, here: &[&Execution]) -> String {
    let name = &edge.name;
    match (says, newest(here)) {
        (Says::Gone, _) => format!("{name} is not there"),
        (Says::Down, _) => format!("{name} is down and runs nothing"),
        (Says::Runs(_), None) => format!("{name} knows no execution of {job}"),
        (Says::Runs(_), Some(execution)) => {
            let state = execution.observed.as_ref();
            format!("{name} says {}", state.map_or("nothing", |s| s.as_str()))
        }
    }
}
