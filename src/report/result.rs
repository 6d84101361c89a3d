//! The result of a run as data: what programs read of it, with a documented shape.
//!
//! A function of the journal like every report. Times are milliseconds since the run's start unless they say
//! otherwise; `docs/reports.md` describes every field.

use serde::{Deserialize, Serialize};

use super::ending::{self, Ending};
use super::telling::{self, Fact};
use super::{told, words};
use crate::api::Traffic;
use crate::clock::{Elapsed, Timestamp};
use crate::journal::{Entry, Event, ReadingId};
use crate::plan::{About, Plan, RunId};
use crate::target::Subject;
use crate::verdict::{self, Outcome, Part, Verdict, recovered};

/// The name and version of the shape. Within a version fields may be added, none removed or given another
/// meaning.
pub const SCHEMA: &str = "rejoin-result/1";

/// Everything that came of one command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// [`SCHEMA`].
    pub schema: String,
    /// The runs, in order.
    pub runs: Vec<RunResult>,
    /// The playbooks that were to be run and were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_run: Vec<NotRun>,
}

/// A playbook that was not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRun {
    /// Its name.
    pub playbook: String,
    /// What it would have proven.
    pub title: String,
    /// Why.
    pub reason: String,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// The playbook.
    pub playbook: About,
    /// What was under test.
    pub subject: Subject,
    /// The run's id.
    pub run: RunId,
    /// The seed of every choice.
    pub seed: u64,
    /// When it began, by the run's clock.
    pub started: Timestamp,
    /// How long the record goes.
    pub took_ms: u64,
    /// Whether the record is whole: that of a run that was killed is not.
    pub complete: bool,
    /// `pass`, `fail` or `unknown`.
    pub verdict: String,
    /// The exit code of this run alone.
    pub exit: u8,
    /// The id of the step or the name of the invariant that decides, or `run`; absent for a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What decides, in a sentence.
    pub sentence: String,
    /// Everything else that the report says of the verdict, labelled.
    pub facts: Vec<Said>,
    /// The steps, in order.
    pub steps: Vec<StepResult>,
    /// Everything that was judged: steps that claim or do something, invariants, the run as a whole.
    pub parts: Vec<PartResult>,
    /// Where the executions stood before the clean-up.
    pub executions: Vec<ExecutionResult>,
    /// How each execution came back with its edge.
    pub recoveries: Vec<RecoveryResult>,
    /// How the tries before this one ended, where there were any; a pass after a failure is flaky.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
    /// Why what is wrong with it is no news to the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// What could not be put back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_over: Vec<String>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<String>,
    /// How the harness itself failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// How much the orchestrator was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
}

/// A labelled sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What it is about: `expected`, `observed`, `also`, ...
    pub label: String,
    /// The sentence.
    pub text: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// Its id.
    pub id: String,
    /// Its line in the playbook.
    pub line: u32,
    /// Its name, in the author's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it does.
    pub text: String,
    /// When it began; absent where it was not reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_ms: Option<u64>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_ms: Option<u64>,
    /// How, in the report's words.
    pub result: String,
    /// What is to be said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The readings that decided it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingId>,
}

/// One thing that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartResult {
    /// The id of the step, the name of the invariant, or `run`.
    pub what: String,
    /// Where it stands and what it says.
    pub text: String,
    /// `pass`, `fail`, `unknown` or `not observable`.
    pub outcome: String,
    /// Whether the run came that far.
    pub reached: bool,
    /// What was seen instead, or why nothing can be said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// When it was decided.
    pub decided_ms: u64,
    /// Since when, at the latest, what was seen had been so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<u64>,
    /// The readings that decided it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingId>,
    /// What else the journal says about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

/// Where one execution stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionResult {
    /// The job's alias.
    pub job: String,
    /// The edge, or `left-behind` and whose it was.
    pub node: String,
    /// Its id.
    pub execution: String,
    /// The desired state.
    pub desired: String,
    /// The observed state.
    pub observed: String,
    /// Since when, at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<u64>,
}

/// How one execution came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryResult {
    /// The job's alias.
    pub job: String,
    /// The edge.
    pub node: String,
    /// The execution's id.
    pub execution: String,
    /// When its edge was brought back.
    pub restored_ms: u64,
    /// How long it took from there to the first answer that shows it running; absent: it was not seen running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// How long it took at the least: the last request before that shows it not running yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_at_least_ms: Option<u64>,
}

impl RunResult {
    /// The result of a run; `None` where the journal has not even a header.
    pub fn of(entries: &[Entry]) -> Option<Self> {
        let first = entries.first()?;
        let Event::Header { plan, .. } = &first.event else {
            return None;
        };
        let verdict = verdict::judge(entries)?;
        let ending = Ending::of(plan, &verdict);
        let last = entries.last().map_or(Elapsed::default(), |it| it.elapsed);
        let deciding = verdict.deciding();
        let facts = deciding.map(|part| telling::facts(plan, part));
        let facts = facts.into_iter().flatten();
        let facts = facts.chain(telling::others(plan, &verdict)).map(said);
        let traffic = entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Traffic { traffic } => Some(*traffic),
            _ => None,
        });
        Some(Self {
            playbook: plan.playbook.clone(),
            subject: plan.subject.clone(),
            run: plan.run.clone(),
            seed: plan.seed,
            started: first.at,
            took_ms: last.0,
            complete: matches!(entries.last()?.event, Event::End),
            verdict: ending::word(verdict.outcome).to_owned(),
            exit: verdict.exit().code(),
            decided_by: ending.by,
            sentence: telling::sentence(plan, &verdict),
            facts: facts.collect(),
            steps: steps(plan, entries),
            parts: parts(plan, &verdict),
            executions: executions(plan, entries),
            recoveries: recoveries(plan, entries),
            earlier: Vec::new(),
            allowed: None,
            left_over: verdict.left_over,
            interrupted: verdict.interrupted,
            broken: verdict.broken,
            traffic,
        })
    }
}

fn said(fact: Fact) -> Said {
    Said {
        label: fact.label.to_owned(),
        text: fact.text,
    }
}

fn steps(plan: &Plan, entries: &[Entry]) -> Vec<StepResult> {
    let told = told::steps(plan, entries);
    let all = plan.steps.iter().zip(told).enumerate();
    let all = all.map(|(index, (step, told))| StepResult {
        id: step.id.clone(),
        line: step.at.line,
        name: step.name.clone(),
        text: words::step(step),
        started_ms: told.started.map(|at| at.0),
        ended_ms: told.ended.map(|at| at.0),
        result: told::result(plan, index, &told),
        note: told.note,
        readings: told.readings,
    });
    all.collect()
}

fn parts(plan: &Plan, verdict: &Verdict) -> Vec<PartResult> {
    let result = |part: &Part| PartResult {
        what: ending::name(plan, part),
        text: telling::place(plan, part),
        outcome: ending::word(part.outcome).to_owned(),
        reached: part.reached,
        note: part.note.clone(),
        decided_ms: part.decided.0,
        since_ms: part.since.map(|at| at.0),
        readings: part.readings.clone(),
        evidence: part.evidence.clone(),
    };
    verdict.parts.iter().map(result).collect()
}

fn executions(plan: &Plan, entries: &[Entry]) -> Vec<ExecutionResult> {
    let all = told::executions(plan, entries).into_iter();
    let all = all.map(|standing| ExecutionResult {
        job: standing.job,
        node: standing.place,
        execution: standing.execution,
        desired: standing.desired,
        observed: standing.observed,
        since_ms: standing.since.map(|at| at.0),
    });
    all.collect()
}

fn recoveries(plan: &Plan, entries: &[Entry]) -> Vec<RecoveryResult> {
    let all = recovered(plan, entries).into_iter();
    let all = all.map(|recovered| {
        let since = |at: Elapsed| at.0.saturating_sub(recovered.restored.0);
        RecoveryResult {
            restored_ms: recovered.restored.0,
            took_ms: recovered.ran.map(|ran| since(ran.by)),
            took_at_least_ms: recovered.ran.map(|ran| since(ran.not_before)),
            job: recovered.job,
            node: recovered.edge,
            execution: recovered.execution.0,
        }
    });
    all.collect()
}

impl Results {
    /// A name for each run that no other one has, as far as what was under test tells them apart.
    pub fn title(&self, run: &RunResult) -> String {
        let name = &run.playbook.name;
        let namesakes = self.runs.iter().filter(|it| it.playbook.name == *name);
        let subject = &run.subject;
        match namesakes.count() {
            0 | 1 => name.clone(),
            _ => format!(
                "{name} on {}",
                subject.variant.as_ref().unwrap_or(&subject.target)
            ),
        }
    }
}

impl RunResult {
    /// The verdict, and why it is no news or no pass.
    pub fn standing(&self) -> String {
        match &self.allowed {
            Some(why) => format!("{} ({why})", self.verdict),
            None if self.is_flaky() => format!(
                "flaky: {}, then {}",
                self.earlier.join(", then "),
                self.verdict
            ),
            None => self.verdict.clone(),
        }
    }

    /// Whether it passed only after it had failed.
    pub fn is_flaky(&self) -> bool {
        let passed = self.verdict == ending::word(Outcome::Pass);
        passed
            && self
                .earlier
                .iter()
                .any(|it| it.starts_with(ending::word(Outcome::Fail)))
    }
}

impl PartResult {
    /// Whether it was shown to fail.
    pub fn failed(&self) -> bool {
        self.outcome == ending::word(Outcome::Fail)
    }
}
