//! The step that has every execution of a job begin anew.
//!
//! Apart from the other steps on jobs because it asks for a change and not for a state: what it made can only
//! be told by what was there before.

use super::Run;
use super::pump::Halt;
use crate::api::Orchestrator;
use crate::journal::{Event, StepOutcome};
use crate::target::Target;

impl<T: Target> Run<'_, T> {
    /// Has every execution of a job begin anew.
    pub(super) async fn rerun(&mut self, index: usize, job: &str) -> Result<(), Halt> {
        let known = self.recorder.record().jobs.get(job).cloned();
        let Some((id, _)) = known else {
            return self.refused(index, format!("this run has not deployed {job}"));
        };
        // The last readings before: what the rerun makes is told from what was there by them.
        self.sweep_before_acting().await?;
        let answer = self.target.eyes().rerun_job(&id).await;
        let put = |version, unclear| Event::Rerun {
            job: job.to_owned(),
            version,
            unclear,
        };
        let rerun = match answer {
            Ok(rerun) => rerun,
            Err(error) => {
                // Two executions on a node may be the doing of a rerun whose answer got lost.
                if error.may_pass() {
                    self.recorder.put(put(None, true));
                }
                return self.refused(index, error.to_string());
            }
        };
        // Whether a rerun is a new version is the server's way, and its answer may still name the old one.
        let stored = self.target.eyes().job(&id).await;
        let stored = stored.ok().flatten().and_then(|job| job.version);
        self.recorder.put(put(rerun.version.max(stored), false));
        let note = match rerun.warnings.as_slice() {
            [] => None,
            warnings => Some(format!("accepted, with a warning: {}", warnings.join("; "))),
        };
        self.end(index, StepOutcome::Done, note);
        Ok(())
    }
}
