//! Rerunning a job: every execution of it anew.
//!
//! Apart because it asks for a change and not for a state: sent twice it happens twice, so unlike other writes
//! it is never repeated where its answer got lost. Then the job's evaluations may tell that it happened.

use std::collections::BTreeSet;

use serde_json::json;

use super::call::{self, Written};
use super::client::Client;
use super::model::{EvaluationId, JobId, Rerun};
use super::transport::{Method, Transport};
use super::wire::RerunAnswer;
use super::{ApiError, Orchestrator};

/// What triggers the evaluation of a rerun.
const TRIGGER: &str = "job-rerun";

impl<T: Transport> Client<T> {
    /// Sends it once; an error that [may pass](ApiError::may_pass) does not say that it did not happen.
    pub(super) async fn rerun(&self, id: &JobId, path: String) -> Result<Rerun, ApiError> {
        let before = self.reruns(id).await;
        let call = self.call(Method::Put, path, Some(json!({})));
        let answer = match call.write().await? {
            Written::Answered(answer) => answer,
            Written::Unclear(error) => {
                let (before, after) = (before, self.reruns(id).await);
                return match (before, after) {
                    (Some(before), Some(after)) if !after.is_subset(&before) => {
                        let lost = "the answer to the rerun got lost; the server has evaluated it";
                        Ok(Rerun {
                            version: None,
                            warnings: vec![lost.to_owned()],
                        })
                    }
                    _ if error.may_pass() => Err(error),
                    // A gateway's page, with whatever status: what the server did nobody knows.
                    _ => Err(call.malformed(error.to_string())),
                };
            }
        };
        call.accept(&answer)?;
        // The answer adds nothing that is needed: that it is one of success says that it happened.
        let read: RerunAnswer = call::json(&answer).unwrap_or_default();
        Ok(Rerun {
            version: read.version(),
            warnings: read.warnings.unwrap_or_default(),
        })
    }

    /// The evaluations of the reruns of a job until now; `None` where nobody can tell.
    async fn reruns(&self, id: &JobId) -> Option<BTreeSet<EvaluationId>> {
        let all = self.evaluations(id).await.ok()??.into_iter();
        let reruns = all.filter(|evaluation| evaluation.trigger == TRIGGER);
        Some(reruns.map(|evaluation| evaluation.id).collect())
    }
}
