//! The final report: what happened, where the executions stand, and the verdict with its evidence.

use std::fmt::Write;

use comfy_table::{ColumnConstraint, Width};

use super::style::{Style, text, wrap};
use super::{verdict_text, words};
use crate::api::model::{Execution, Node};
use crate::clock::{Elapsed, brief};
use crate::journal::{Answer, Entry, Event, Phase, ReadingId, StepOutcome, Topic};
use crate::plan::{Edge, Plan};
use crate::target::{Kind, matching};
use crate::verdict;
use crate::verdict::evidence;
use crate::verdict::look::View;
use crate::verdict::record::Record;
use crate::verdict::rejoin;

/// How far the facts about a run are indented.
const LABEL: usize = 10;
/// How wide a column with the server's times is, its padding included.
const TIME: u16 = 26;

/// The whole report of one run; empty where the journal has not even a header.
pub fn render(entries: &[Entry], style: Style) -> String {
    let Some(Event::Header { plan, .. }) = entries.first().map(|entry| &entry.event) else {
        return String::new();
    };
    let Some(verdict) = verdict::judge(entries) else {
        return String::new();
    };
    let mut page = String::new();
    head(&mut page, plan, style);
    let _ = writeln!(page, "\n{}", steps(plan, entries, style));
    let executions = executions(plan, entries, style);
    if !executions.is_empty() {
        let _ = writeln!(page, "\n{executions}");
    }
    let _ = write!(page, "\n{}", verdict_text::render(plan, &verdict, style));
    page.push_str(&renamed(plan, entries));
    if plan.subject.kind != Kind::Sim {
        let asked = entries.iter().find_map(|entry| match &entry.event {
            Event::Traffic { traffic } => Some(words::asked(traffic)),
            _ => None,
        });
        page.extend(asked.map(|asked| format!("  asked     {asked}\n")));
    }
    page
}

/// The edges that are another node now, a line each.
fn renamed(plan: &Plan, entries: &[Entry]) -> String {
    let mut record = Record::default();
    for entry in entries {
        record.take(entry);
    }
    let edges = rejoin::renamed(plan, &record).into_iter();
    let lines = edges.map(|edge| {
        let rejoin::Renamed { edge, was, is } = edge;
        format!("  identity  {edge} came back as node {is}\n            (it was {was})\n")
    });
    lines.collect()
}

fn head(page: &mut String, plan: &Plan, style: Style) {
    let about = &plan.playbook;
    let subject = &plan.subject;
    let mut what = vec![format!("target {}", subject.target)];
    let variant = subject.variant.iter();
    what.extend(variant.map(|variant| format!("variant {variant}")));
    what.push(format!("timing {}", subject.timing));
    what.push(format!("seed {}", plan.seed));
    what.push(format!("run {}", plan.run));
    let mut fact = |label: &str, indent: usize, text: &str| {
        let width = usize::from(style.width).saturating_sub(indent).max(20);
        for (index, line) in wrap(text, width).iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let _ = writeln!(page, "{label:indent$}{line}");
        }
    };
    fact("", 0, &format!("{}: {}", about.name, about.title));
    if let Some(scenario) = &about.scenario {
        fact("scenario", LABEL, scenario);
    }
    fact("subject", LABEL, &what.join(", "));
    if let Some(version) = &subject.version {
        fact("version", LABEL, version);
    }
}

/// One step as the journal has it.
#[derive(Default)]
struct Told {
    started: Option<Elapsed>,
    ended: Option<(Elapsed, StepOutcome, Option<String>)>,
}

fn told(plan: &Plan, entries: &[Entry]) -> Vec<Told> {
    let mut told: Vec<Told> = plan.steps.iter().map(|_| Told::default()).collect();
    for entry in entries {
        match &entry.event {
            Event::StepStarted { step } => {
                if let Some(told) = told.get_mut(*step) {
                    told.started = Some(entry.elapsed);
                }
            }
            Event::StepEnded {
                step,
                outcome,
                note,
                ..
            } => {
                if let Some(told) = told.get_mut(*step) {
                    told.ended = Some((entry.elapsed, *outcome, note.clone()));
                }
            }
            _ => {}
        }
    }
    told
}

fn steps(plan: &Plan, entries: &[Entry], style: Style) -> String {
    let mut table = style.table(&["line", "step", "at", "took", "result"]);
    for (step, told) in plan.steps.iter().zip(told(plan, entries)) {
        let what = match &step.name {
            Some(name) => format!("{} ({name})", words::step(step)),
            None => words::step(step),
        };
        let took = match (told.started, &told.ended) {
            (Some(started), Some((ended, ..))) => brief(ended.since(started)),
            _ => String::new(),
        };
        table.add_row([
            step.at.line.to_string(),
            what,
            told.started.map_or(String::new(), |at| at.to_string()),
            took,
            told.ended.as_ref().map_or_else(
                || "not reached".to_owned(),
                |(_, outcome, note)| {
                    words::result(&step.action, *outcome, note.as_deref()).to_owned()
                },
            ),
        ]);
    }
    text(&table)
}

/// Where the executions of the run's jobs stood when they were last read before the clean-up.
fn executions(plan: &Plan, entries: &[Entry], style: Style) -> String {
    let mut record = Record::default();
    let cleanup = |entry: &&Entry| {
        !matches!(
            entry.event,
            Event::Phase {
                phase: Phase::Cleanup
            }
        )
    };
    for entry in entries.iter().take_while(cleanup) {
        record.take(entry);
    }
    let view = View {
        plan,
        record: &record,
        after: ReadingId(0),
    };
    let mut table = style.table(&["job", "node", "desired", "observed", "since", "last change"]);
    if let Some(times) = table.column_mut(5) {
        // A time broken in two is hard to read.
        times.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(TIME)));
    }
    for job in plan.jobs.keys() {
        for row in rows(&view, job) {
            table.add_row(row);
        }
    }
    if table.is_empty() {
        return String::new();
    }
    text(&table)
}

/// Where an execution is: its edge, or `left-behind` where nobody answers for its node any more.
fn place(view: &View<'_>, nodes: &[Node], execution: &Execution) -> String {
    let id = &execution.node_id;
    let mut edges = view.plan.edges.iter();
    let here = |edge: &&Edge| matching::node_of(edge, nodes).is_some_and(|node| node.id == *id);
    match edges.find(here) {
        Some(edge) if view.record.exists(edge) => edge.name.clone(),
        Some(edge) => format!("left-behind {}", edge.name),
        // An edge that came back as somebody else has left a namesake behind.
        None => {
            let node = nodes.iter().find(|node| node.id == *id);
            let name = node.and_then(|node| node.name.as_ref());
            format!("left-behind {}", name.unwrap_or(&id.0))
        }
    }
}

/// The executions of one job, in the order of their edges.
fn rows(view: &View<'_>, job: &str) -> Vec<[String; 6]> {
    let record = view.record;
    let nodes = record.usable_up_to(&Topic::Nodes, ReadingId(u64::MAX));
    let nodes = nodes
        .and_then(|seen| record.nodes(seen))
        .unwrap_or_default();
    let topic = Topic::Executions(job.to_owned());
    let Some(last) = record.usable_up_to(&topic, ReadingId(u64::MAX)) else {
        return Vec::new();
    };
    let Answer::Executions(executions) = record.answer(&topic, last) else {
        return Vec::new();
    };
    let mut rows: Vec<[String; 6]> = executions
        .iter()
        .map(|execution| {
            let state = |state: &Option<_>| {
                state
                    .as_ref()
                    .map_or_else(|| "?".to_owned(), ToString::to_string)
            };
            let since = evidence::unchanged_since(view, job, execution);
            [
                job.to_owned(),
                place(view, nodes, execution),
                state(&execution.desired),
                state(&execution.observed),
                since.map_or(String::new(), |at| {
                    format!("{at} ({})", brief(last.received.since(at)))
                }),
                execution.updated_at.clone().unwrap_or_default(),
            ]
        })
        .collect();
    rows.sort();
    rows
}
