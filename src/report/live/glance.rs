//! Where a run stands, in a few lines: the step, the nodes, the executions of each job.

use std::collections::BTreeMap;

use crate::api::model::{Execution, Node, NodeId};
use crate::journal::{Answer, Entry, Event, Topic};
use crate::plan::Plan;
use crate::report::words::{self, printable};

/// What is known of a run while it goes on.
#[derive(Debug, Default)]
pub(super) struct Glance {
    plan: Option<Box<Plan>>,
    /// What the run is at.
    doing: String,
    nodes: Vec<Node>,
    /// By the job's alias.
    executions: BTreeMap<String, Vec<Execution>>,
    /// What could not be read the last time.
    silent: Option<String>,
}

impl Glance {
    pub(super) fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Header { plan, .. } => self.plan = Some(plan.clone()),
            Event::StepStarted { step } => {
                let steps = self.plan.as_ref().map(|plan| &plan.steps);
                if let Some((planned, of)) =
                    steps.and_then(|all| Some((all.get(*step)?, all.len())))
                {
                    self.doing = format!("{}/{of} {}", step + 1, words::step(planned));
                }
            }
            Event::Phase { phase } => {
                words::phase(*phase).clone_into(&mut self.doing);
            }
            Event::Sweep { readings, .. } => {
                self.silent = None;
                for reading in readings {
                    match (&reading.of, &reading.answer) {
                        (_, Answer::Failed(reason)) => self.silent = Some(reason.clone()),
                        (Topic::Nodes, Answer::Nodes(nodes)) => self.nodes.clone_from(nodes),
                        (Topic::Executions(job), Answer::Executions(all)) => {
                            self.executions.insert(job.clone(), all.clone());
                        }
                        _ => {} // the same as before, or of no interest here
                    }
                }
            }
            _ => {}
        }
    }

    /// The lines, each no wider than so many characters; `left` is what is left of the step's time.
    pub(super) fn lines(&self, left: &str, width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let room = width.saturating_sub(left.chars().count() + 2);
        lines.push(
            format!("{}  {left}", cut(&self.doing, room))
                .trim_end()
                .to_owned(),
        );
        let nodes = self.nodes.iter().map(|node| {
            let state = node
                .state
                .as_ref()
                .map_or("?".to_owned(), ToString::to_string);
            format!("{} {state}", self.name(&node.id))
        });
        if let Some(reason) = &self.silent {
            lines.push(format!("no answer: {reason}"));
        }
        let mut nodes: Vec<String> = nodes.collect();
        nodes.sort();
        if !nodes.is_empty() {
            lines.push(format!("nodes: {}", nodes.join(", ")));
        }
        for (job, all) in &self.executions {
            let said = all.iter().map(|one| {
                let state = one
                    .observed
                    .as_ref()
                    .map_or("?".to_owned(), ToString::to_string);
                format!("{} {state}", self.name(&one.node_id))
            });
            let mut said: Vec<String> = said.collect();
            said.sort();
            lines.push(format!("{job}: {}", said.join(", ")));
        }
        let shown = lines.iter().map(|line| cut(&printable(line), width));
        shown.collect()
    }

    fn name<'a>(&'a self, id: &'a NodeId) -> &'a str {
        let node = self.nodes.iter().find(|node| node.id == *id);
        node.and_then(|node| node.name.as_deref()).unwrap_or(&id.0)
    }
}

/// The beginning of a text.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}
