//! Rerunning a job: every execution of it anew.
//!
//! Apart because it asks for a change and not for a state: sent twice it happens twice, so unlike other writes
//! it is never repeated where its answer got lost.

use serde_json::json;

use super::ApiError;
use super::call::{self, Written};
use super::client::Client;
use super::model::Rerun;
use super::transport::{Method, Transport};
use super::wire::RerunAnswer;

impl<T: Transport> Client<T> {
    /// Sends it once; an error that [may pass](ApiError::may_pass) does not say that it did not happen.
    pub(super) async fn rerun(&self, path: &str) -> Result<Rerun, ApiError> {
        let call = self.call(Method::Put, path.to_owned(), Some(json!({})));
        let answer = match call.write().await? {
            Written::Answered(answer) => answer,
            Written::Unclear(error) if error.may_pass() => return Err(error),
            // A gateway's page, with whatever status: what the server did nobody knows.
            Written::Unclear(error) => return Err(call.malformed(error.to_string())),
        };
        call.accept(&answer)?;
        // The answer adds nothing that is needed: that it is one of success says that it happened.
        let read: RerunAnswer = call::json(&answer).unwrap_or_default();
        Ok(Rerun {
            version: read.version(),
            warnings: read.warnings.unwrap_or_default(),
        })
    }
}
