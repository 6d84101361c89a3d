//! Deploying over a network that loses answers.
//!
//! A write whose answer got lost must not simply be sent again: a second version of a job is another test.
//! So the server is asked what it has; only where that tells that the write did not happen is it repeated.

use serde_json::{Value, json};

use super::ApiError;
use super::call::{self, Written};
use super::client::Client;
use super::model::{Deployed, JobState};
use super::transport::{Method, Response, Transport};
use super::wire::{self, Stored};

/// How often a deploy is tried whose end is unclear.
const TRIES: u32 = 4;

impl<T: Transport> Client<T> {
    pub(super) async fn deploy(&self, spec: &Value) -> Result<Deployed, ApiError> {
        let mut doubt = None;
        for _ in 0..TRIES {
            let call = self.call(
                Method::Put,
                "/jobs".to_owned(),
                Some(json!({ "spec": spec })),
            );
            let error = match call.write().await? {
                // Unchanged may well be what a try before it stored.
                Written::Answered(answer) if answer.status == 422 => {
                    let ours = match doubt {
                        Some(_) => self.insist_on_stored(spec).await?,
                        None => None,
                    };
                    return Ok(ours.map_or(Deployed::Unchanged, accepted));
                }
                Written::Answered(answer) => {
                    call.accept(&answer)?;
                    match read(&answer) {
                        Ok(deployed) => return Ok(deployed),
                        Err(reason) => call.malformed(reason),
                    }
                }
                Written::Unclear(error) => error,
            };
            match self.insist_on_stored(spec).await {
                Ok(Some(stored)) => return Ok(accepted(stored)),
                // It certainly did not happen, so it can be sent again.
                Ok(None) => doubt = Some(error),
                Err(_) => return Err(error),
            }
        }
        Err(doubt.unwrap_or_else(|| {
            let call = self.get("/jobs".to_owned());
            call.malformed("the deploy was not tried".to_owned())
        }))
    }

    /// The same as [`Self::stored`], but so much hangs on the answer that it is asked for longer.
    async fn insist_on_stored(&self, spec: &Value) -> Result<Option<Stored>, ApiError> {
        let mut stored = self.stored(spec).await;
        for _ in 1..TRIES {
            match &stored {
                Err(error) if error.may_pass() => stored = self.stored(spec).await,
                _ => break,
            }
        }
        stored
    }

    /// What the server has of a job of this name, if it is this very specification.
    async fn stored(&self, spec: &Value) -> Result<Option<Stored>, ApiError> {
        let name = spec.get("name").and_then(Value::as_str).unwrap_or_default();
        let mut stored: Vec<Stored> = self.named(name).await?;
        stored.retain(|one| one.job.name == name && one.job.state != Some(JobState::Deleted));
        Ok(stored.into_iter().find(|one| holds(&one.spec, spec)))
    }
}

fn read(response: &Response) -> Result<Deployed, String> {
    let answer: wire::PutAnswer = call::json(response)?;
    Ok(Deployed::Accepted {
        job: Box::new(call::record(response)?),
        created: answer.created.unwrap_or(response.status == 201),
        warnings: answer.warnings.unwrap_or_default(),
    })
}

/// A deploy that is known by what the server has of it.
fn accepted(stored: Stored) -> Deployed {
    Deployed::Accepted {
        created: stored.job.version.is_none_or(|version| version <= 1),
        job: Box::new(stored.job),
        warnings: vec!["the answer to the deploy got lost; the server has the job".to_owned()],
    }
}

/// Whether the server's specification says everything that ours does; it may say more, since it fills
/// in defaults.
fn holds(theirs: &Value, ours: &Value) -> bool {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => ours.iter().all(|(key, value)| {
            let same = theirs.get(key).is_some_and(|theirs| holds(theirs, value));
            same || value.is_null()
        }),
        (Value::Array(theirs), Value::Array(ours)) => {
            theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(t, o)| holds(t, o))
        }
        (Value::Number(theirs), Value::Number(ours)) => theirs.as_f64() == ours.as_f64(),
        (theirs, ours) => theirs == ours,
    }
}
