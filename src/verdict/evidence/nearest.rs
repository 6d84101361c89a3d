//! What came nearest to a claim that failed, a sentence each.

use regex::Regex;

use super::super::look::View;
use super::super::record::Line;
use super::unbroken;
use crate::api::model::{Evaluation, Execution, ExecutionState, Transition};
use crate::clock::Elapsed;
use crate::journal::{Answer, ReadingId, Topic};
use crate::plan::{Edge, Who, Writers};
use crate::playbook::Pattern;
use crate::target::Truth;

/// How many of a kind a report quotes.
const QUOTED: usize = 3;

fn word(state: Option<&ExecutionState>) -> &str {
    state.map_or("nothing", ExecutionState::as_str)
}

/// Since when an edge has said the same of a job.
pub(super) fn said_since(view: &View<'_>, job: &str, edge: &Edge) -> Option<Elapsed> {
    let id = view.record.jobs.get(job).map(|(id, _)| id)?;
    let topic = Topic::Truth(edge.name.clone());
    unbroken(view, &topic, |answer| match answer {
        Answer::Truth(Truth::Down) => Some(Vec::new()),
        Answer::Truth(Truth::Runs(all)) => {
            let mine = all.iter().filter(|execution| execution.job_id == *id);
            Some(mine.map(|e| (e.id.clone(), e.observed.clone())).collect())
        }
        _ => None,
    })
}

/// What the orchestrator says of the executions of a job on edges that say otherwise.
pub(super) fn other_word(
    view: &View<'_>,
    job: &str,
    contrary: &[(&Edge, Vec<&Execution>)],
) -> Vec<String> {
    let topic = Topic::Executions(job.to_owned());
    let last = view.record.usable_up_to(&topic, ReadingId(u64::MAX));
    let Some(all) = last.and_then(|seen| view.record.executions(job, seen)) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for (edge, own) in contrary {
        for known in view.placed_on(job, edge, all) {
            let (id, name) = (&known.id, &edge.name);
            let itself = own.iter().find(|execution| execution.id == *id);
            let itself = itself.map_or("nothing of it".to_owned(), |execution| {
                word(execution.observed.as_ref()).to_owned()
            });
            let theirs = word(known.observed.as_ref());
            said.push(format!(
                "of execution {id} the orchestrator says {theirs}, {name} itself {itself}"
            ));
        }
    }
    said.truncate(QUOTED);
    said
}

/// The newest evaluations of a job.
pub(super) fn evaluations(view: &View<'_>, job: &str, after: Option<usize>) -> Vec<String> {
    let topic = Topic::Evaluations(job.to_owned());
    let last = view.record.usable_up_to(&topic, ReadingId(u64::MAX));
    let Some(all) = last.and_then(|seen| view.record.evaluations(job, seen)) else {
        return Vec::new();
    };
    let Ok(old) = view.old_evaluations(job, after) else {
        return Vec::new();
    };
    let newest = all.iter().rev().take(QUOTED);
    let sentence = |evaluation: &Evaluation| {
        let state = evaluation
            .state
            .as_ref()
            .map_or("?", |state| state.as_str());
        let early = if old.contains(&evaluation.id) {
            ", which was there before"
        } else {
            ""
        };
        format!(
            "evaluation {} ({}) is {state}{early}",
            evaluation.id, evaluation.trigger
        )
    };
    newest.map(sentence).collect()
}

/// The states that the executions of a job went through, with the server's times.
pub(super) fn paths(view: &View<'_>, job: &str, on: &Who) -> Vec<String> {
    let topic = Topic::History(job.to_owned());
    let last = view.record.usable_up_to(&topic, ReadingId(u64::MAX));
    let history = last.and_then(|seen| view.record.history(job, seen));
    let topic = Topic::Executions(job.to_owned());
    let last = view.record.usable_up_to(&topic, ReadingId(u64::MAX));
    let all = last.and_then(|seen| view.record.executions(job, seen));
    let (Some(history), Some(all), Ok(edges)) = (history, all, view.selected(on)) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for edge in edges {
        for execution in view.placed_on(job, edge, all) {
            if let Some(changes) = history.get(&execution.id).filter(|all| !all.is_empty()) {
                let (id, name) = (&execution.id, &edge.name);
                said.push(format!("execution {id} on {name}: {}", timed(changes)));
            }
        }
    }
    said.truncate(QUOTED);
    said
}

fn timed(changes: &[Transition]) -> String {
    let origin = changes.first().and_then(|first| first.from.as_ref());
    let mut words: Vec<String> = origin.map(ToString::to_string).into_iter().collect();
    for change in changes {
        let state = word(change.to.as_ref());
        words.push(match &change.at {
            Some(at) => format!("{state} at {at}"),
            None => state.to_owned(),
        });
    }
    words.join(", ")
}

/// Lines that are too many, or those that came nearest.
pub(super) fn lines(
    view: &View<'_>,
    of: &Writers,
    pattern: &Pattern,
    count: Option<u64>,
    after: Option<usize>,
) -> Vec<String> {
    let (Ok(writers), Ok(wanted), Ok(counting)) =
        (view.writers(of), view.filled(pattern), view.lines(after))
    else {
        return Vec::new();
    };
    let ours = |line: &&Line| writers.iter().any(|(_, name)| **name == line.container);
    let fits = |line: &&Line| ours(line) && wanted.is_match(&line.text);
    let found: Vec<&Line> = counting.iter().filter(fits).collect();
    if count.is_some_and(|count| u64::try_from(found.len()).unwrap_or(u64::MAX) > count) {
        return found.into_iter().take(QUOTED).map(quoted).collect();
    }
    let all = &view.record.lines;
    let early = all.get(..all.len() - counting.len()).unwrap_or_default();
    let early = early.iter().rfind(fits);
    let loose = Regex::new(&pattern.any()).ok();
    let near = |line: &&Line| {
        let loosely = loose
            .as_ref()
            .is_some_and(|loose| loose.is_match(&line.text));
        ours(line) && loosely && !fits(line)
    };
    let others = counting.iter().rfind(near);
    let mut said = Vec::new();
    said.extend(early.map(|line| format!("before that step there was: {}", quoted(line))));
    said.extend(others.map(|line| format!("of something else: {}", quoted(line))));
    if said.is_empty() && found.is_empty() {
        said.push(match all.iter().rfind(ours) {
            Some(line) => format!("the last line of these containers: {}", quoted(line)),
            None => "no line of these containers was recorded".to_owned(),
        });
    }
    said
}

fn quoted(line: &Line) -> String {
    format!("{} at {}: {}", line.container, line.seen, line.text)
}
