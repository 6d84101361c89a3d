//! The steps that give the orchestrator work: deploy, update, stop, delete.

use serde_json::Value;

use super::Run;
use super::pump::Halt;
use crate::api::Orchestrator;
use crate::api::model::Deployed;
use crate::journal::{Event, StepOutcome};
use crate::target::Target;

impl<T: Target> Run<'_, T> {
    pub(super) async fn deploy(&mut self, index: usize, job: &str) -> Result<(), Halt> {
        let spec = self.spec(job)?;
        self.put_job(index, job, &spec).await
    }

    /// Deploys the specification of another alias under the name of a job that is deployed.
    pub(super) async fn update(&mut self, index: usize, job: &str, to: &str) -> Result<(), Halt> {
        let name = self.prepared.plan.jobs.get(job);
        let name = name.ok_or_else(|| no_job(job))?;
        let mut spec = self.spec(to)?;
        spec["name"] = name.clone().into();
        self.put_job(index, job, &spec).await
    }

    /// Stops a job, or deletes it.
    pub(super) async fn end_job(
        &mut self,
        index: usize,
        job: &str,
        deleted: bool,
    ) -> Result<(), Halt> {
        let known = self.recorder.record().jobs.get(job).cloned();
        let Some((id, _)) = known else {
            return self.refused(index, format!("this run has not deployed {job}"));
        };
        let step = self.prepared.plan.steps.get(index);
        let step = step.map_or("?", |step| &step.id);
        let reason = format!("rejoin run {}, step {step}", self.prepared.plan.run);
        let eyes = self.target.eyes();
        let ended = if deleted {
            eyes.delete_job(&id, &reason).await
        } else {
            eyes.stop_job(&id, &reason).await
        };
        if let Err(error) = ended {
            return self.refused(index, error.to_string());
        }
        self.recorder.put(Event::Ended {
            job: job.to_owned(),
            deleted,
        });
        self.end(index, StepOutcome::Done, None);
        Ok(())
    }

    fn spec(&self, job: &str) -> Result<Value, Halt> {
        let spec = self.prepared.specs.get(job);
        spec.cloned().ok_or_else(|| no_job(job))
    }

    async fn put_job(&mut self, index: usize, job: &str, spec: &Value) -> Result<(), Halt> {
        let known = self.recorder.record().jobs.get(job).cloned();
        let (id, version, unchanged) = match (self.target.eyes().put_job(spec).await, known) {
            (Ok(Deployed::Accepted { job, created, .. }), known) if created || known.is_some() => {
                (job.id, job.version, false)
            }
            (Ok(Deployed::Unchanged), Some(_)) if self.has_ended(job) => {
                let note = "the server takes it for unchanged, and it is still stopped";
                return self.refused(index, note.to_owned());
            }
            (Ok(Deployed::Unchanged), Some((id, version))) => (id, version, true),
            (Ok(Deployed::Accepted { job, .. }), _) => {
                self.not_ours.insert(job.id.clone());
                let note = format!(
                    "a job named {} ({}) was there already, and this deploy changed it",
                    job.name, job.id
                );
                self.left_over(note.clone());
                return self.refused(index, note);
            }
            (Ok(Deployed::Unchanged), None) => {
                let note = "the server says that it is deployed already, but not by this run";
                return self.refused(index, note.to_owned());
            }
            (Err(error), _) => return self.refused(index, error.to_string()),
        };
        self.recorder.put(Event::Deployed {
            job: job.to_owned(),
            id,
            version,
            unchanged,
        });
        let note = unchanged.then(|| "unchanged".to_owned());
        self.end(index, StepOutcome::Done, note);
        Ok(())
    }

    fn has_ended(&self, job: &str) -> bool {
        self.recorder.record().ended_jobs.contains_key(job)
    }

    pub(super) fn refused(&mut self, index: usize, note: String) -> Result<(), Halt> {
        self.end(index, StepOutcome::Refused, Some(note));
        Err(Halt::Step)
    }
}

fn no_job(job: &str) -> Halt {
    Halt::Broken(format!("the plan has no job {job}"))
}
