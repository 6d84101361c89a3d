//! Claims about the logs of containers.
//!
//! A line is judged as it was recorded. Where lines were lost for a while, what is missing may be among
//! them; what is there stays there. Lines that only instrumented builds write say nothing about others.

use regex::Regex;

use super::super::record::{Line, Seen};
use super::{Finding, Found, View, absent, hidden, met_unless, newest};
use crate::fault::{ContainerName, MARKS};
use crate::journal::{ReadingId, Topic};
use crate::plan::Writers;
use crate::playbook::Pattern;
use crate::playbook::pattern::Capture;

impl<'a> View<'a> {
    pub(super) fn logs_are(
        &self,
        of: &Writers,
        pattern: &Pattern,
        count: Option<u64>,
        after: Option<usize>,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        self.moment(used)?;
        let writers = self.writers(of)?;
        let regex = self.filled(pattern)?;
        if self.is_foreign(of, pattern) {
            return hidden("this build writes no such lines of the instrumented builds");
        }
        let lines = self.lines(after)?;
        let found = |container: &ContainerName| {
            let theirs = lines.iter().filter(|line| line.container == *container);
            theirs.filter(|line| regex.is_match(&line.text)).count()
        };
        let counts = writers
            .iter()
            .map(|(name, container)| (*name, found(container)));
        let gap = self.record.gap;
        let lost = || absent("the logs were not followed all the time, so a line may be missing");
        let Some(count) = count else {
            let silent = counts.filter(|(_, found)| *found == 0);
            let differ: Vec<String> = silent
                .map(|(name, _)| format!("no such line of {name}"))
                .collect();
            return match differ.as_slice() {
                [_, ..] if gap => lost(),
                _ => Ok(met_unless(differ)),
            };
        };
        let all: usize = counts.map(|(_, found)| found).sum();
        let all = u64::try_from(all).unwrap_or(u64::MAX);
        match all {
            // Those that are missing could only be more.
            _ if gap && all <= count => lost(),
            _ if all == count => Ok(Finding::Met),
            1 => Ok(Finding::Contrary(vec![format!("1 such line, not {count}")])),
            _ => Ok(Finding::Contrary(vec![format!(
                "{all} such lines, not {count}"
            )])),
        }
    }

    /// The containers whose lines count, with the names that the playbook has for them.
    pub(in super::super) fn writers(
        &self,
        of: &Writers,
    ) -> Found<Vec<(&'a str, &'a ContainerName)>> {
        let plan = self.plan;
        match of {
            Writers::Edges(who) => {
                let edges = self.selected(who)?.into_iter();
                Ok(edges
                    .map(|edge| (edge.name.as_str(), &edge.container))
                    .collect())
            }
            Writers::Services(names) => {
                let service = |name: &String| plan.services.iter().find(|one| one.name == *name);
                let services = names.iter().filter_map(service);
                Ok(services
                    .map(|service| (service.name.as_str(), &service.container))
                    .collect())
            }
        }
    }

    /// The pattern with what its captures stand for now.
    pub(in super::super) fn filled(&self, pattern: &Pattern) -> Found<Regex> {
        let regex = pattern.fill(|capture| self.value(capture));
        regex.or_else(|missing| absent(format!("{missing} stands for nothing yet")))
    }

    /// Whether the pattern speaks of lines of instrumented builds, of which containers in this role wrote
    /// not one so far: another build says nothing by its silence.
    fn is_foreign(&self, of: &Writers, pattern: &Pattern) -> bool {
        let pattern = pattern.to_string();
        let mut marks = MARKS.iter().filter_map(|mark| mark.strip_suffix(':'));
        let peer = |container: &ContainerName| match of {
            Writers::Edges(_) => self
                .plan
                .edges
                .iter()
                .any(|edge| edge.container == *container),
            Writers::Services(names) => names
                .iter()
                .any(|name| self.plan.container(name) == Some(container)),
        };
        let instrumented =
            |line: &Line| peer(&line.container) && MARKS.iter().any(|it| line.text.contains(it));
        marks.any(|mark| pattern.contains(mark)) && !self.record.lines.iter().any(instrumented)
    }

    /// The lines recorded after that step ended, or all.
    pub(in super::super) fn lines(&self, after: Option<usize>) -> Found<&'a [Line]> {
        let lines = &self.record.lines;
        let Some(step) = after else {
            return Ok(lines);
        };
        match self.record.lines_before.get(&step) {
            Some(before) => Ok(lines.get(*before..).unwrap_or_default()),
            None => absent("the step that it is measured from did not end"),
        }
    }

    fn value(&self, capture: &Capture) -> Option<String> {
        match capture {
            Capture::Job(job) => Some(self.record.jobs.get(job)?.0.0.clone()),
            Capture::Node(edge) => Some(self.node_of(edge)?.0.clone()),
            Capture::Execution { job, edge } => {
                let node = self.node_of(edge)?;
                let topic = Topic::Executions(job.clone());
                let seen = self.record.usable_up_to(&topic, ReadingId(u64::MAX))?;
                let all = self.record.executions(job, seen)?;
                let here = self.current_on(job, all, node);
                Some(newest(&here)?.id.0.clone())
            }
        }
    }
}
