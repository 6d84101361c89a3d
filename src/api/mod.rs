//! The eyes: what the harness asks the orchestrator, and what it understands of the answers.
//!
//! [`Orchestrator`] is the port; [`client`] implements it (codec, paging, retry) over a
//! [`transport::Transport`], of which [`http`] is the one over the network and the simulation brings its
//! own. [`model`] holds the answers.

mod call;
pub mod client;
mod deploy;
pub mod http;
pub mod model;
mod rerun;
mod retry;
pub mod tape;
mod throttle;
pub mod transport;
mod wire;

use model::{
    Deployed, Evaluation, Execution, ExecutionId, Job, JobId, Node, NodeId, Rerun, Status,
    Transition,
};

pub use throttle::Traffic;

/// What went wrong with a request, in words for the person who has to mend it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApiError {
    /// No answer: refused, reset, timed out, not resolved.
    #[error("{method} {url}: {reason}")]
    Unreachable {
        /// The request's method.
        method: String,
        /// The whole URL, without credentials.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The token that the API asks for cannot be had.
    #[error("no token: {reason}")]
    NoToken {
        /// Why, and where it should come from.
        reason: String,
    },
    /// An answer that says no (4xx, 5xx).
    #[error("{method} {url}: {status} {message}")]
    Refused {
        /// The request's method.
        method: String,
        /// The whole URL, without credentials.
        url: String,
        /// The HTTP status.
        status: u16,
        /// The server's `code`, where it has one.
        code: Option<String>,
        /// The server's `message`, or the start of the body.
        message: String,
    },
    /// An answer that is not what it should be.
    #[error("{method} {url}: the answer is not understood: {reason}")]
    Malformed {
        /// The request's method.
        method: String,
        /// The whole URL, without credentials.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl ApiError {
    /// Whether it is for want of a token that is taken: nothing changes that but a person.
    pub const fn is_about_access(&self) -> bool {
        matches!(
            self,
            Self::NoToken { .. } | Self::Refused { status: 401, .. }
        )
    }

    /// Whether the same request may well get another answer in a moment: nobody there, a server in trouble
    /// or under load, an answer that was broken on its way.
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Malformed { .. } => true,
            Self::NoToken { .. } => false,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
        }
    }
}

/// The orchestrator's API, as far as the harness uses it. All lists are complete: every page was read.
#[expect(
    async_fn_in_trait,
    reason = "everything runs on one current-thread runtime; the futures need not be Send"
)]
pub trait Orchestrator {
    /// `GET /status`; `None` where the server has no such endpoint.
    async fn status(&self) -> Result<Option<Status>, ApiError>;
    /// `GET /nodes`.
    async fn nodes(&self) -> Result<Vec<Node>, ApiError>;
    /// `GET /jobs`, deleted ones left out.
    async fn jobs(&self) -> Result<Vec<Job>, ApiError>;
    /// `GET /jobs?prefix=NAME`: those of exactly this name, deleted ones left out.
    async fn jobs_named(&self, name: &str) -> Result<Vec<Job>, ApiError> {
        let mut jobs = self.jobs().await?;
        jobs.retain(|job| job.name == name);
        Ok(jobs)
    }
    /// `GET /jobs/{id}`; `None` where there is no such job.
    async fn job(&self, id: &JobId) -> Result<Option<Job>, ApiError>;
    /// `GET /jobs/{id}/executions`, or `GET /executions` for all jobs.
    async fn executions(&self, job: Option<&JobId>) -> Result<Vec<Execution>, ApiError>;
    /// `GET /jobs/{id}/evaluations`; `None` where the server has no such endpoint.
    async fn evaluations(&self, job: &JobId) -> Result<Option<Vec<Evaluation>>, ApiError>;
    /// `GET /executions/{id}/history`, the changes of state, oldest first; `None` where the server has no
    /// such endpoint or no such execution.
    async fn history(&self, execution: &ExecutionId) -> Result<Option<Vec<Transition>>, ApiError>;
    /// `PUT /jobs` with `{"spec": ...}`; 422 is [`Deployed::Unchanged`].
    async fn put_job(&self, spec: &serde_json::Value) -> Result<Deployed, ApiError>;
    /// `PUT /jobs/{id}/rerun`: every execution of the job anew.
    async fn rerun_job(&self, id: &JobId) -> Result<Rerun, ApiError>;
    /// `POST /jobs/{id}/stop`.
    async fn stop_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError>;
    /// `DELETE /jobs/{id}` with `force`; a job that is gone already is no error.
    async fn delete_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError>;
    /// `DELETE /nodes/{id}` with `force`; a node that is gone already is no error.
    async fn delete_node(&self, id: &NodeId, reason: &str) -> Result<(), ApiError>;
    /// What it was asked until now, by number.
    fn traffic(&self) -> Traffic {
        Traffic::default()
    }
}
