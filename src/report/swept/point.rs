//! One run of a sweep: how it ended, and how the work came back in it.

use std::collections::BTreeMap;

use super::super::ending::Ending;
use crate::exit::Exit;
use crate::journal::{Entry, Event};
use crate::plan::Plan;
use crate::verdict::{self, Outcome, Part, recovered};

/// One value and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The value.
    pub at: u64,
    /// How the run ended.
    pub ending: Ending,
    /// What was seen, in a word that stays the same: what tells two failures at one step apart.
    pub symptom: Option<String>,
    /// What was seen instead of what had to be, in a sentence; empty for a pass.
    pub note: String,
    /// The exit code of this run alone.
    pub exit: Exit,
    /// The run's id.
    pub run: String,
    /// How each execution came back with its edge.
    pub recovered: Vec<Took>,
}

/// How one execution came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// Its job's alias.
    pub job: String,
    /// Its edge.
    pub edge: String,
    /// How long it took; `None`: it was not seen running again.
    pub took: Option<u64>,
}

impl Point {
    /// The point of a run with this value; `None` where the journal has not even a header. `symptom` finds the word
    /// for what decided it.
    pub fn of(
        at: u64,
        entries: &[Entry],
        symptom: impl Fn(&Plan, &Part) -> Option<String>,
    ) -> Option<Self> {
        let Event::Header { plan, .. } = &entries.first()?.event else {
            return None;
        };
        let verdict = verdict::judge(entries)?;
        let deciding = verdict.deciding();
        let took = recovered(plan, entries).into_iter().map(|one| Took {
            took: one.ran.map(|ran| ran.by.0.saturating_sub(one.restored.0)),
            job: one.job,
            edge: one.edge,
        });
        Some(Self {
            at,
            ending: Ending::of(plan, &verdict),
            symptom: deciding
                .filter(|_| verdict.outcome == Outcome::Fail)
                .and_then(|part| symptom(plan, part)),
            note: deciding.map_or(String::new(), |part| part.note.clone()),
            exit: verdict.exit(),
            run: plan.run.0.clone(),
            recovered: took.collect(),
        })
    }

    /// How it ended, with the word that tells two failures at one step apart.
    pub fn label(&self) -> String {
        match &self.symptom {
            Some(symptom) if self.ending.by.as_deref() != Some(symptom) => {
                format!("{} ({symptom})", self.ending)
            }
            _ => self.ending.to_string(),
        }
    }

    /// Whether the same came of two values: the outcome, what decided it, and how it failed.
    pub fn same(&self, other: &Self) -> bool {
        (&self.ending, &self.symptom) == (&other.ending, &other.symptom)
    }

    /// The slowest execution of each job that came back with an edge; `None`: one of them never ran again.
    pub fn slowest(&self) -> BTreeMap<&str, Option<u64>> {
        let mut jobs = BTreeMap::new();
        for one in &self.recovered {
            let slowest = jobs.entry(one.job.as_str()).or_insert(one.took);
            *slowest = slowest.zip(one.took).map(|(one, other)| one.max(other));
        }
        jobs
    }
}
