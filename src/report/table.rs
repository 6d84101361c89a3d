//! The final report: what happened, where the executions stand, and the verdict with its evidence.

use std::fmt::Write;

use comfy_table::{ColumnConstraint, Width};

use super::style::{Style, text, wrap};
use super::{told, verdict_text, words};
use crate::clock::brief;
use crate::journal::{Entry, Event};
use crate::plan::Plan;
use crate::target::Kind;
use crate::verdict;
use crate::verdict::record::Record;
use crate::verdict::rejoin;

/// How far the facts about a run are indented.
const LABEL: usize = 10;
/// How wide a column with the server's times is, its padding included.
const TIME: u16 = 22;
/// How wide the column of recovery times is, its padding included.
const RECOVERY: u16 = 10;

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
    let what = format!("{}, run {}", words::subject(subject, plan.seed), plan.run);
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
    fact("subject", LABEL, &what);
    if let Some(version) = &subject.version {
        fact("version", LABEL, version);
    }
}

fn steps(plan: &Plan, entries: &[Entry], style: Style) -> String {
    let mut table = style.table(&["line", "step", "at", "took", "result"]);
    let all = told::steps(plan, entries);
    for (index, (step, told)) in plan.steps.iter().zip(&all).enumerate() {
        let what = match &step.name {
            Some(name) => format!("{} ({name})", words::step(step)),
            None => words::step(step),
        };
        table.add_row([
            step.at.line.to_string(),
            what,
            told.started.map_or(String::new(), |at| at.to_string()),
            told.took().map_or(String::new(), brief),
            told::result(plan, index, told),
        ]);
    }
    text(&table)
}

/// Where the executions of the run's jobs stood when they were last read before the clean-up.
fn executions(plan: &Plan, entries: &[Entry], style: Style) -> String {
    let all = told::executions(plan, entries);
    // A column that is empty answers no question.
    let recovery = all.iter().any(|standing| standing.recovery.is_some());
    let mut header = vec!["job", "node", "desired", "observed", "since", "last change"];
    header.extend(recovery.then_some("recovery"));
    let mut table = style.table(&header);
    if let Some(times) = table.column_mut(5) {
        // A time broken in two is hard to read.
        times.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(TIME)));
    }
    if let Some(recovery) = table.column_mut(6) {
        recovery.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(RECOVERY)));
    }
    for standing in all {
        let since = standing.since.map(|at| {
            let lasted = brief(standing.read.since(at));
            format!("{at} ({lasted})")
        });
        let mut row = vec![
            standing.job,
            standing.place,
            standing.desired,
            standing.observed,
            since.unwrap_or_default(),
            standing
                .changed
                .as_deref()
                .map_or(String::new(), to_seconds),
        ];
        row.extend(recovery.then(|| standing.recovery.unwrap_or_else(|| "-".to_owned())));
        table.add_row(row);
    }
    if table.is_empty() {
        return String::new();
    }
    text(&table)
}

/// A time of the server to the second; as it came where it is none that is known.
fn to_seconds(time: &str) -> String {
    match (time.split_once('.'), time.strip_suffix('Z')) {
        (Some((seconds, _)), Some(_)) => format!("{seconds}Z"),
        _ => time.to_owned(),
    }
}
