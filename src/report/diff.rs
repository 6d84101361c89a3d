//! What changed from one run of a playbook to another: the verdict, its parts, and how long the work took to
//! come back.

use std::fmt::Write;

use super::comparison::{Cell, Change, change};
use super::result::{PartResult, RecoveryResult, RunResult};
use super::style::{Style, text};
use crate::clock::brief;
use crate::journal::{Entry, Event};
use crate::verdict;

/// Two runs of one playbook.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The playbook's name.
    pub playbook: String,
    /// What changed on the whole.
    pub change: Change,
    before: Option<RunResult>,
    after: Option<RunResult>,
}

impl Pair {
    /// The pair of these records; one that is missing leaves it undecided.
    pub fn of(playbook: &str, before: Option<&Vec<Entry>>, after: Option<&Vec<Entry>>) -> Self {
        let cell = |entries: Option<&Vec<Entry>>| {
            let entries = entries?;
            let Event::Header { plan, .. } = &entries.first()?.event else {
                return None;
            };
            Some(Cell::of(plan, &verdict::judge(entries)?))
        };
        let cells = cell(before).zip(cell(after));
        Self {
            playbook: playbook.to_owned(),
            change: cells.map_or(Change::Undecided, |(before, after)| change(&before, &after)),
            before: before.and_then(|entries| RunResult::of(entries)),
            after: after.and_then(|entries| RunResult::of(entries)),
        }
    }
}

/// All pairs: a line each, and below it what changed in it.
pub fn render(pairs: &[Pair], style: Style) -> String {
    let mut table = style.table(&["playbook", "before", "after", "change"]);
    for pair in pairs {
        table.add_row([
            pair.playbook.clone(),
            ending(pair.before.as_ref()),
            ending(pair.after.as_ref()),
            pair.change.to_string(),
        ]);
    }
    let mut page = format!("{}\n", text(&table));
    for pair in pairs {
        let (Some(before), Some(after)) = (&pair.before, &pair.after) else {
            continue;
        };
        let changes = [
            subjects(before, after, style),
            parts(before, after, style),
            recoveries(before, after, style),
        ];
        let changes: Vec<String> = changes.into_iter().flatten().collect();
        if changes.is_empty() {
            let _ = writeln!(page, "\n{}: nothing changed", pair.playbook);
            continue;
        }
        let _ = writeln!(page, "\n{}\n{}", pair.playbook, changes.join("\n\n"));
    }
    page
}

fn ending(run: Option<&RunResult>) -> String {
    let Some(run) = run else {
        return "not run".to_owned();
    };
    match &run.decided_by {
        Some(by) => format!("{}: {by}", run.verdict),
        None => run.verdict.clone(),
    }
}

/// What was under test, where that is not the same.
fn subjects(before: &RunResult, after: &RunResult, style: Style) -> Option<String> {
    let facts = |run: &RunResult| {
        let subject = &run.subject;
        let images = subject.images.iter();
        let images: Vec<String> = images.map(|(name, id)| format!("{name} {id}")).collect();
        [
            ("target", subject.target.clone()),
            ("variant", subject.variant.clone().unwrap_or_default()),
            ("version", subject.version.clone().unwrap_or_default()),
            ("timing", subject.timing.clone()),
            ("seed", run.seed.to_string()),
            ("images", images.join(", ")),
        ]
    };
    let mut table = style.table(&["subject", "before", "after"]);
    for ((what, was), (_, is)) in facts(before).into_iter().zip(facts(after)) {
        if was != is {
            table.add_row([what.to_owned(), was, is]);
        }
    }
    (!table.is_empty()).then(|| text(&table))
}

/// The steps and invariants that ended otherwise.
fn parts(before: &RunResult, after: &RunResult, style: Style) -> Option<String> {
    let mut table = style.table(&["step or invariant", "before", "after", "seen after"]);
    let find = |run: &RunResult, what: &str| -> Option<PartResult> {
        let mut parts = run.parts.iter();
        parts.find(|part| part.what == what).cloned()
    };
    let outcome = |part: Option<&PartResult>| match part {
        Some(part) if part.reached => part.outcome.clone(),
        Some(_) => "not reached".to_owned(),
        None => "-".to_owned(),
    };
    let mut names: Vec<&String> = before.parts.iter().map(|part| &part.what).collect();
    let new = after.parts.iter().map(|part| &part.what);
    let new: Vec<&String> = new.filter(|name| !names.contains(name)).collect();
    names.extend(new);
    for name in names {
        let (was, is) = (find(before, name), find(after, name));
        let (then, now) = (outcome(was.as_ref()), outcome(is.as_ref()));
        if then != now {
            let note = is.map(|part| part.note).unwrap_or_default();
            table.add_row([name.clone(), then, now, note]);
        }
    }
    (!table.is_empty()).then(|| text(&table))
}

/// How long the work took to come back, where it took otherwise.
fn recoveries(before: &RunResult, after: &RunResult, style: Style) -> Option<String> {
    let mut table = style.table(&["recovery of", "on", "before", "after", "change"]);
    let same = |one: &RecoveryResult, other: &RecoveryResult| {
        (&one.job, &one.node) == (&other.job, &other.node)
    };
    let mut all: Vec<&RecoveryResult> = before.recoveries.iter().collect();
    let new = after.recoveries.iter();
    let new: Vec<&RecoveryResult> = new
        .filter(|one| !all.iter().any(|it| same(it, one)))
        .collect();
    all.extend(new);
    for one in all {
        let find = |run: &'_ RunResult| {
            let mut found = run.recoveries.iter();
            found.find(|it| same(it, one)).cloned()
        };
        let (was, is) = (find(before), find(after));
        let took = |it: &Option<RecoveryResult>| it.as_ref().and_then(|it| it.took_ms);
        let (then, now) = (time(was.as_ref()), time(is.as_ref()));
        let change = match (took(&was), took(&is)) {
            (Some(was), Some(is)) if was != is => signed(was, is),
            _ if then == now => continue,
            _ => String::new(),
        };
        table.add_row([one.job.clone(), one.node.clone(), then, now, change]);
    }
    (!table.is_empty()).then(|| text(&table))
}

/// `never` where it was not seen running; a dash where there was no such execution.
fn time(recovery: Option<&RecoveryResult>) -> String {
    match recovery.map(|it| it.took_ms) {
        None => "-".to_owned(),
        Some(None) => "never".to_owned(),
        Some(Some(took)) => brief(std::time::Duration::from_millis(took)),
    }
}

fn signed(was: u64, is: u64) -> String {
    let sign = if is >= was { '+' } else { '-' };
    let by = std::time::Duration::from_millis(was.abs_diff(is));
    format!("{sign}{}", brief(by))
}
