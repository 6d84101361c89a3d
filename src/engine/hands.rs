//! The steps that other hands have a part in: a job that somebody else deployed is found, a person is told
//! what to do. Nothing of theirs is changed, now or at the end.

use super::Run;
use super::person::Told;
use super::pump::Halt;
use crate::api::Orchestrator;
use crate::api::model::Job;
use crate::clock::Elapsed;
use crate::journal::{Event, StepOutcome};
use crate::target::{RUN_LABEL, Target};

/// What a look for a job of other hands shows.
enum Sought {
    Found(Job),
    /// Nothing to adopt, and why; it may still come.
    Missing(String),
    /// More than one, or none that is somebody else's: waiting mends neither.
    Unfit(String),
}

impl<T: Target> Run<'_, T> {
    /// Finds a job by its name and gives it an alias.
    pub(super) async fn adopt(
        &mut self,
        index: usize,
        alias: &str,
        name: &str,
        deadline: Elapsed,
    ) -> Result<(), Halt> {
        let why = loop {
            // Asked for after the step began and, where it waits, once more after its deadline.
            let last = self.recorder.now() >= deadline;
            match self.sought(name).await {
                Sought::Found(job) => {
                    let note = format!("job {}", job.id);
                    self.recorder.put(Event::Adopted {
                        job: alias.to_owned(),
                        name: job.name,
                        id: job.id,
                        version: job.version,
                    });
                    self.end(index, StepOutcome::Done, Some(note));
                    return Ok(());
                }
                Sought::Unfit(why) => break why,
                Sought::Missing(why) if last => break why,
                Sought::Missing(_) => {}
            }
            self.wake(deadline).await?;
        };
        self.end(index, StepOutcome::Undecided, Some(why));
        Err(Halt::Step)
    }

    async fn sought(&self, name: &str) -> Sought {
        let mut jobs = match self.target.eyes().jobs_named(name).await {
            Ok(jobs) => jobs,
            Err(error) => return Sought::Missing(error.to_string()),
        };
        let ids = |jobs: &[Job]| {
            let ids: Vec<&str> = jobs.iter().map(|job| job.id.0.as_str()).collect();
            ids.join(", ")
        };
        match jobs.as_slice() {
            [] => Sought::Missing(format!("no job is called {name}")),
            [job] => match job.labels.get(RUN_LABEL) {
                Some(run) => Sought::Unfit(format!(
                    "job {name} ({}) was not deployed by other hands: it is of run {run}",
                    job.id
                )),
                None => Sought::Found(jobs.remove(0)),
            },
            several => Sought::Unfit(format!(
                "{} jobs are called {name}, and which one is meant nobody can tell: {}",
                several.len(),
                ids(several)
            )),
        }
    }

    /// Tells a person what to do, and waits until they say that it is done.
    pub(super) async fn manual(
        &mut self,
        index: usize,
        text: &str,
        deadline: Elapsed,
    ) -> Result<(), Halt> {
        // What was typed before anybody was asked is no answer.
        self.person.ask();
        self.recorder.put(Event::Asked {
            text: text.to_owned(),
        });
        let why = match self.told_by_person(deadline).await? {
            Some(Told::Done) => {
                self.recorder.put(Event::Confirmed);
                self.end(index, StepOutcome::Done, None);
                return Ok(());
            }
            Some(Told::Closed) => {
                "standard input is closed, so nobody can confirm it; run it on a terminal, or give it a line of \
                 input for each `manual`"
            }
            None => "nobody confirmed it in time",
        };
        self.end(index, StepOutcome::Undecided, Some(why.to_owned()));
        Err(Halt::Step)
    }
}
