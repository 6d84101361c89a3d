//! Making a failing schedule small: as long as it fails in the same way and no more rarely, moves go, faults and jobs
//! become simpler, fewer edges are hit and gaps get rounder.

use super::schedule::{Act, Gap, Job, Move, Schedule, Whom};
use super::state::OF_EDGES;
use super::symptom::Symptom;
use super::trial::{Bench, NotRun};

/// The most schedules that are tried for one.
const MOST_TRIALS: usize = 400;
/// What has more moves than these may become less sure: hardly anybody would understand it.
const MANY_MOVES: usize = 6;

/// A schedule that is as small as it could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shrunk {
    /// It.
    pub schedule: Schedule,
    /// In how many of [`TRIES`](super::trial::TRIES) runs it fails in that way.
    pub odds: u64,
    /// How many were tried on the way.
    pub trials: usize,
}

/// The way of one schedule.
#[derive(Clone)]
struct Way<'a> {
    bench: &'a Bench<'a>,
    number: u64,
    symptom: Symptom,
    best: Schedule,
    odds: u64,
    /// Less sure than this it must not become.
    least: u64,
    trials: usize,
}

/// Makes the schedule of this number, which fails in that many runs, smaller while it shows the symptom in no fewer:
/// what fails by chance alone is no simpler than what always fails, unless that is very long.
pub fn shrink(
    bench: &Bench<'_>,
    schedule: &Schedule,
    number: u64,
    symptom: Symptom,
    odds: u64,
) -> Result<Shrunk, NotRun> {
    let mut way = Way {
        bench,
        number,
        symptom,
        best: schedule.clone(),
        odds,
        least: odds,
        trials: 0,
    };
    way.shrink()?;
    if way.best.moves.len() > MANY_MOVES {
        let mut shorter = Way {
            least: 1,
            trials: 0,
            ..way.clone()
        };
        shorter.shrink()?;
        if shorter.best.moves.len() <= MANY_MOVES {
            way = shorter;
        }
    }
    Ok(Shrunk {
        schedule: way.best,
        odds: way.odds,
        trials: way.trials,
    })
}

impl Way<'_> {
    fn shrink(&mut self) -> Result<(), NotRun> {
        loop {
            let before = self.best.clone();
            self.drop_moves()?;
            self.drop_pairs()?;
            self.simplify()?;
            self.round()?;
            if self.best == before || self.trials >= MOST_TRIALS {
                return Ok(());
            }
        }
    }

    /// Takes a candidate if it still shows the symptom, and no more rarely; whether it did.
    fn take(&mut self, candidate: &Schedule) -> Result<bool, NotRun> {
        let candidate = candidate.sound(&self.bench.settings.timing);
        if candidate == self.best || self.trials >= MOST_TRIALS {
            return Ok(false);
        }
        self.trials += 1;
        let trial = self.bench.run(&candidate, self.number)?;
        if !trial.symptoms().contains(&self.symptom) {
            return Ok(false);
        }
        let odds = self
            .bench
            .odds(&candidate, self.number, self.symptom, self.least)?;
        let taken = odds >= self.least;
        if taken {
            self.best = candidate;
            (self.odds, self.least) = (odds, odds);
        }
        Ok(taken)
    }

    /// Ever smaller stretches of moves, from the end: what comes last is the least needed.
    fn drop_moves(&mut self) -> Result<(), NotRun> {
        let mut size = self.best.moves.len().div_ceil(2);
        while size > 0 {
            let mut end = self.best.moves.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let mut candidate = self.best.clone();
                candidate.moves.drain(begin..end.min(candidate.moves.len()));
                self.take(&candidate)?;
                end = begin.min(self.best.moves.len());
            }
            size /= 2;
        }
        Ok(())
    }

    /// Two moves that belong together, wherever they are: a fault and its end, a deploy and its delete.
    fn drop_pairs(&mut self) -> Result<(), NotRun> {
        let mut first = 0;
        while first < self.best.moves.len() {
            let mut shorter = false;
            for second in (first + 1..self.best.moves.len()).rev() {
                let mut candidate = self.best.clone();
                candidate.moves.remove(second);
                candidate.moves.remove(first);
                if self.take(&candidate)? {
                    shorter = true;
                    break;
                }
            }
            first += usize::from(!shorter);
        }
        Ok(())
    }

    fn simplify(&mut self) -> Result<(), NotRun> {
        for index in 0..self.best.moves.len() {
            let Some(step) = self.best.moves.get(index).copied() else {
                break; // what one change made impossible is gone
            };
            for act in simpler(step.act, self.best.edges) {
                let mut candidate = self.best.clone();
                if let Some(changed) = candidate.moves.get_mut(index) {
                    changed.act = act;
                }
                if self.take(&candidate)? {
                    break;
                }
            }
        }
        let renamed = self.best.renamed();
        self.take(&renamed).map(drop)
    }

    fn round(&mut self) -> Result<(), NotRun> {
        for index in 0..=self.best.moves.len() {
            let Some(gap) = self.best.gap(index).copied() else {
                break;
            };
            for rounder in Gap::ALL.into_iter().filter(|other| *other < gap) {
                let mut candidate = self.best.clone();
                if let Some(changed) = candidate.gap_mut(index) {
                    *changed = rounder;
                }
                if self.take(&candidate)? {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// What does less or is more common, the simplest first.
fn simpler(act: Act, edges: usize) -> Vec<Act> {
    let kinds = |kind, whom| {
        let simpler = OF_EDGES.into_iter().take_while(move |other| *other != kind);
        simpler.map(move |kind| Act::Fault(kind, whom))
    };
    match act {
        Act::Fault(kind, Whom::Edges) => {
            let one = (0..edges).map(|edge| Act::Fault(kind, Whom::Edge(edge)));
            one.chain(kinds(kind, Whom::Edges)).collect()
        }
        Act::Fault(kind, whom @ Whom::Edge(_)) => kinds(kind, whom).collect(),
        Act::Restore(Whom::Edges) => (0..edges)
            .map(|edge| Act::Restore(Whom::Edge(edge)))
            .collect(),
        Act::Flap(edge) => kinds(crate::playbook::FaultKind::Crash, Whom::Edge(edge)).collect(),
        Act::Update => vec![Act::Deploy(Job::First)],
        _ => Vec::new(),
    }
}

impl Schedule {
    fn gap(&self, index: usize) -> Option<&Gap> {
        let of_moves = self.moves.get(index).map(|step| &step.gap);
        of_moves.or((index == self.moves.len()).then_some(&self.rest))
    }

    fn gap_mut(&mut self, index: usize) -> Option<&mut Gap> {
        if index == self.moves.len() {
            return Some(&mut self.rest);
        }
        self.moves.get_mut(index).map(|step| &mut step.gap)
    }

    /// The same with the first names for what comes first: two findings that differ in names alone are one.
    #[must_use]
    fn renamed(&self) -> Self {
        let mut edges: Vec<usize> = Vec::new();
        let mut jobs: Vec<Job> = Vec::new();
        for step in &self.moves {
            match step.act {
                Act::Fault(_, Whom::Edge(edge))
                | Act::Restore(Whom::Edge(edge))
                | Act::Flap(edge)
                    if !edges.contains(&edge) =>
                {
                    edges.push(edge);
                }
                Act::Deploy(job) if job != Job::Finite && !jobs.contains(&job) => jobs.push(job),
                _ => {}
            }
        }
        edges.extend(
            (0..self.edges)
                .filter(|edge| !edges.contains(edge))
                .collect::<Vec<_>>(),
        );
        let edge = |old: usize| edges.iter().position(|it| *it == old).unwrap_or(old);
        let swap = jobs.first() == Some(&Job::Second)
            && !self.moves.iter().any(|step| step.act == Act::Update);
        let job = |old: Job| match (swap, old) {
            (true, Job::First) => Job::Second,
            (true, Job::Second) => Job::First,
            (_, old) => old,
        };
        let whom = |old: Whom| match old {
            Whom::Edge(old) => Whom::Edge(edge(old)),
            other => other,
        };
        let act = |old: Act| match old {
            Act::Deploy(old) => Act::Deploy(job(old)),
            Act::Stop(old) => Act::Stop(job(old)),
            Act::Delete(old) => Act::Delete(job(old)),
            Act::Fault(kind, old) => Act::Fault(kind, whom(old)),
            Act::Restore(old) => Act::Restore(whom(old)),
            Act::Flap(old) => Act::Flap(edge(old)),
            other => other,
        };
        let moves = self.moves.iter().map(|step| Move {
            act: act(step.act),
            ..*step
        });
        Self {
            moves: moves.collect(),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests;
