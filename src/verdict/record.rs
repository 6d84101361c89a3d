//! What a run knows so far: the journal's entries, arranged for questions.
//!
//! The engine fills one as it goes, the verdict fills another from the journal; both ask the same
//! questions of it, so that they cannot disagree about what was seen.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::model::{Evaluation, Execution, ExecutionId, Job, JobId, Node, Transition};
use crate::clock::{Elapsed, Timestamp};
use crate::fault::{ContainerName, Proof};
use crate::journal::{Answer, Entry, Event, Phase, Reading, ReadingId, Topic};
use crate::plan::Edge;
use crate::playbook::FaultKind;
use crate::target::Truth;

/// One answer, with the times that decide what it can prove.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its number.
    pub id: ReadingId,
    /// When the request was sent.
    pub sent: Elapsed,
    /// When the answer was recorded.
    pub received: Elapsed,
    /// The answer; `Same` stands for the one before it.
    pub answer: Answer,
}

/// A sweep: its readings are numbered without gaps.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// Its first reading.
    pub first: ReadingId,
    /// Its last reading.
    pub last: ReadingId,
    /// When its requests were sent.
    pub sent: Elapsed,
    /// When it was recorded.
    pub received: Elapsed,
}

/// A line of a container's log.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it was recorded.
    pub seen: Elapsed,
    /// When it was written, by the engine's clock.
    pub at: Timestamp,
    /// By which container.
    pub container: ContainerName,
    /// The text.
    pub text: String,
}

/// A proven fault.
#[derive(Debug, Clone)]
pub struct Hit {
    /// When it was recorded.
    pub seen: Elapsed,
    /// Which fault.
    pub fault: FaultKind,
    /// Into what: the name of an edge or a service.
    pub on: String,
    /// How we know.
    pub proof: Proof,
}

/// An edge that the run brought back.
#[derive(Debug, Clone)]
pub struct Return {
    /// Its container.
    pub container: ContainerName,
    /// When that was recorded.
    pub at: Elapsed,
    /// The last reading before.
    pub after: ReadingId,
    /// The last reading before its last fault was recorded.
    pub alive: ReadingId,
    /// Whether by a restart, which is its own undo.
    pub restarted: bool,
}

/// Everything seen so far.
#[derive(Debug, Default)]
pub struct Record {
    readings: BTreeMap<Topic, Vec<Seen>>,
    /// Sweeps, in order.
    pub sweeps: Vec<Sweep>,
    /// When the last entry was recorded.
    pub now: Elapsed,
    /// Log lines, in the order in which they were recorded.
    pub lines: Vec<Line>,
    /// Whether sightings were lost for a while: then the lines are not all there are.
    pub gap: bool,
    /// Proven faults, in order.
    pub hits: Vec<Hit>,
    /// Edges that the run brought back, in order.
    pub returns: Vec<Return>,
    /// Deployed and adopted jobs by alias: id and version. That of an adopted one is what the orchestrator
    /// said last, since others may change it.
    pub jobs: BTreeMap<String, (JobId, Option<u64>)>,
    /// The alias of every job that the run ever deployed; one deployed anew after its end has another id.
    pub ids: BTreeMap<JobId, String>,
    /// The aliases of jobs that other hands deployed.
    pub adopted: BTreeSet<String>,
    /// What each rerun of a job found: its executions as they were last read before, by alias, in order.
    pub reruns: BTreeMap<String, Vec<BTreeMap<ExecutionId, Execution>>>,
    /// Jobs that the run stopped or deleted and did not deploy again, by alias; whether deleted.
    pub ended_jobs: BTreeMap<String, bool>,
    /// When the last sweep was sent.
    pub last_sent: Elapsed,
    /// When the phases after the steps began.
    pub phases: BTreeMap<Phase, Elapsed>,
    /// The last reading when each of those phases began.
    pub phase_after: BTreeMap<Phase, ReadingId>,
    /// Containers that could not be put back.
    pub not_restored: BTreeSet<ContainerName>,
    /// How many lines were recorded when each step ended.
    pub lines_before: BTreeMap<usize, usize>,
    /// The last reading when each step ended.
    pub ended_at: BTreeMap<usize, ReadingId>,
    /// Whether each edge's container exists, where that ever changed.
    exists: BTreeMap<ContainerName, bool>,
    /// The last reading before each container's last fault was recorded.
    died: BTreeMap<ContainerName, ReadingId>,
    /// When each step began.
    pub started: BTreeMap<usize, Elapsed>,
    /// When each step ended.
    pub ended: BTreeMap<usize, Elapsed>,
}

impl Record {
    /// Takes an entry in.
    pub fn take(&mut self, entry: &Entry) {
        self.now = entry.elapsed;
        match &entry.event {
            Event::Sweep { readings, .. } => self.sweep(readings, entry.elapsed),
            Event::StepStarted { step } => {
                self.started.insert(*step, entry.elapsed);
            }
            Event::StepEnded { step, .. } => {
                self.ended.insert(*step, entry.elapsed);
                self.ended_at.insert(*step, self.last_reading());
                self.lines_before.insert(*step, self.lines.len());
            }
            Event::Deployed {
                job, id, version, ..
            } => {
                self.jobs.insert(job.clone(), (id.clone(), *version));
                self.ids.insert(id.clone(), job.clone());
                self.ended_jobs.remove(job);
            }
            Event::Adopted {
                job, id, version, ..
            } => {
                self.jobs.insert(job.clone(), (id.clone(), *version));
                self.ids.insert(id.clone(), job.clone());
                self.adopted.insert(job.clone());
            }
            Event::Rerun { job, version, .. } => self.rerun(job, *version),
            Event::Ended { job, deleted } => drop(self.ended_jobs.insert(job.clone(), *deleted)),
            Event::Phase { phase } => {
                let last = self.last_reading();
                self.phases.entry(*phase).or_insert(entry.elapsed);
                self.phase_after.entry(*phase).or_insert(last);
            }
            Event::Line {
                when,
                container,
                text,
            } => self.lines.push(Line {
                seen: entry.elapsed,
                at: *when,
                container: container.clone(),
                text: text.clone(),
            }),
            Event::Gap { .. } => self.gap = true,
            _ => self.container(entry),
        }
    }

    /// A job whose executions begin anew; one that was stopped is wanted again.
    fn rerun(&mut self, job: &str, version: Option<u64>) {
        let topic = Topic::Executions(job.to_owned());
        let last = self.usable_up_to(&topic, self.last_reading());
        let before = last.and_then(|seen| self.executions(job, seen));
        let before = before.unwrap_or_default().iter();
        let before = before.map(|execution| (execution.id.clone(), execution.clone()));
        let before = before.collect();
        self.reruns.entry(job.to_owned()).or_default().push(before);
        if let Some((_, known)) = self.jobs.get_mut(job) {
            *known = version;
        }
        self.ended_jobs.remove(job);
    }

    /// What happened to a container.
    fn container(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Injected {
                fault,
                on,
                container,
                proof,
            } => {
                self.died.insert(container.clone(), self.last_reading());
                if removes(*fault) {
                    self.exists.insert(container.clone(), false);
                }
                if proof.came_back() {
                    self.came_back(container, entry.elapsed, true);
                }
                self.hits.push(Hit {
                    seen: entry.elapsed,
                    fault: *fault,
                    on: on.clone(),
                    proof: proof.clone(),
                });
            }
            Event::Added { container, .. } => {
                self.exists.insert(container.clone(), true);
            }
            Event::Withdrawn { container, .. } => {
                self.exists.insert(container.clone(), false);
            }
            Event::Restored {
                container,
                proof,
                left,
            } => {
                let gone = left.iter().any(|fault| removes(*fault));
                self.exists.insert(container.clone(), !gone);
                self.not_restored.remove(container);
                // What was back already came back by other hands, at a time that nobody knows; what is
                // still under a fault is not back.
                if proof.is_some() && left.is_empty() {
                    self.came_back(container, entry.elapsed, false);
                }
            }
            Event::Container {
                container, action, ..
            } => match action.as_str() {
                "destroy" => drop(self.exists.insert(container.clone(), false)),
                "create" | "start" => drop(self.exists.insert(container.clone(), true)),
                _ => {}
            },
            Event::NotRestored { container, .. } => {
                self.not_restored.insert(container.clone());
            }
            _ => {}
        }
    }

    fn sweep(&mut self, readings: &[Reading], received: Elapsed) {
        let (Some(first), Some(last)) = (readings.first(), readings.last()) else {
            return;
        };
        self.last_sent = first.sent;
        self.sweeps.push(Sweep {
            first: first.id,
            last: last.id,
            sent: first.sent,
            received,
        });
        for reading in readings {
            self.reading(reading, received);
        }
    }

    fn came_back(&mut self, container: &ContainerName, at: Elapsed, restarted: bool) {
        self.returns.push(Return {
            container: container.clone(),
            at,
            after: self.last_reading(),
            alive: self.died.get(container).copied().unwrap_or(ReadingId(0)),
            restarted,
        });
    }

    fn reading(&mut self, reading: &Reading, received: Elapsed) {
        if let (Topic::Job(alias), Answer::Job(Some(job))) = (&reading.of, &reading.answer)
            && self.adopted.contains(alias)
            && let Some((_, version)) = self.jobs.get_mut(alias)
        {
            *version = job.version;
        }
        let seen = Seen {
            id: reading.id,
            sent: reading.sent,
            received,
            answer: reading.answer.clone(),
        };
        self.readings
            .entry(reading.of.clone())
            .or_default()
            .push(seen);
    }

    /// Whether the edge's container exists, as far as the record tells.
    pub fn exists(&self, edge: &Edge) -> bool {
        let changed = self.exists.get(&edge.container).copied();
        changed.unwrap_or(!edge.added)
    }

    /// The number of the last reading so far.
    pub fn last_reading(&self) -> ReadingId {
        let last = self.readings.values().filter_map(|seen| seen.last());
        last.map(|seen| seen.id).max().unwrap_or(ReadingId(0))
    }

    /// All readings of a topic, in order.
    pub fn readings(&self, topic: &Topic) -> &[Seen] {
        self.readings.get(topic).map_or(&[], Vec::as_slice)
    }

    /// The last reading of a topic, whatever it says.
    pub fn last(&self, topic: &Topic) -> Option<&Seen> {
        self.readings(topic).last()
    }

    /// Why a reading is of no use, if it is not; an error may be the `Same` as the one before it.
    pub fn failure<'a>(&'a self, topic: &Topic, seen: &'a Seen) -> Option<&'a str> {
        match self.answer(topic, seen) {
            Answer::Failed(reason) => Some(reason),
            _ => None,
        }
    }

    /// What a reading says, `Same` looked up.
    pub fn answer<'a>(&'a self, topic: &Topic, seen: &'a Seen) -> &'a Answer {
        match &seen.answer {
            Answer::Same(id) => self
                .readings(topic)
                .binary_search_by_key(id, |seen| seen.id)
                .map_or(&seen.answer, |index| &self.readings(topic)[index].answer),
            answer => answer,
        }
    }

    /// The nodes of the reading with this number, if it is a usable one of nodes.
    pub fn nodes_in(&self, id: ReadingId) -> Option<&[Node]> {
        let readings = self.readings(&Topic::Nodes);
        let index = readings.binary_search_by_key(&id, |seen| seen.id).ok()?;
        self.nodes(readings.get(index)?)
    }

    /// The last usable reading of a topic up to the reading with this number.
    pub fn usable_up_to(&self, topic: &Topic, id: ReadingId) -> Option<&Seen> {
        let mut readings = self.readings(topic).iter().rev();
        readings.find(|seen| seen.id <= id && self.failure(topic, seen).is_none())
    }

    /// The nodes of a reading.
    pub fn nodes<'a>(&'a self, seen: &'a Seen) -> Option<&'a [Node]> {
        match self.answer(&Topic::Nodes, seen) {
            Answer::Nodes(nodes) => Some(nodes),
            _ => None,
        }
    }

    /// The executions of a reading of that job's executions.
    pub fn executions<'a>(&'a self, job: &str, seen: &'a Seen) -> Option<&'a [Execution]> {
        match self.answer(&Topic::Executions(job.to_owned()), seen) {
            Answer::Executions(executions) => Some(executions),
            _ => None,
        }
    }

    /// The evaluations of a reading of that job's evaluations.
    pub fn evaluations<'a>(&'a self, job: &str, seen: &'a Seen) -> Option<&'a [Evaluation]> {
        match self.answer(&Topic::Evaluations(job.to_owned()), seen) {
            Answer::Evaluations(Some(evaluations)) => Some(evaluations),
            _ => None,
        }
    }

    /// The history in a reading of that job's history.
    pub fn history<'a>(
        &'a self,
        job: &str,
        seen: &'a Seen,
    ) -> Option<&'a BTreeMap<ExecutionId, Vec<Transition>>> {
        match self.answer(&Topic::History(job.to_owned()), seen) {
            Answer::History(Some(history)) => Some(history),
            _ => None,
        }
    }

    /// What the edge says in a reading of its truth.
    pub fn truth<'a>(&'a self, edge: &str, seen: &'a Seen) -> Option<&'a Truth> {
        match self.answer(&Topic::Truth(edge.to_owned()), seen) {
            Answer::Truth(truth) => Some(truth),
            _ => None,
        }
    }

    /// The reading of a topic in that sweep.
    pub fn within(&self, topic: &Topic, sweep: &Sweep) -> Option<&Seen> {
        let readings = self.readings(topic);
        let index = readings.partition_point(|seen| seen.id < sweep.first);
        readings.get(index).filter(|seen| seen.id <= sweep.last)
    }

    /// The job of a reading of that job.
    pub fn job<'a>(&'a self, job: &str, seen: &'a Seen) -> Option<&'a Job> {
        match self.answer(&Topic::Job(job.to_owned()), seen) {
            Answer::Job(Some(job)) => Some(job),
            _ => None,
        }
    }
}

/// Whether the container of this fault exists no more.
const fn removes(fault: FaultKind) -> bool {
    matches!(fault, FaultKind::Remove | FaultKind::Wipe)
}
