//! An execution on the wire: `observed_state`, before 2026 `compute_state`.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use super::unknown::{Rest, unknown};
use crate::api::model::{EvaluationId, Execution, ExecutionId, JobId, NodeId};

#[derive(Deserialize)]
pub(in crate::api) struct ExecutionForm {
    id: Option<String>,
    job_id: Option<String>,
    job_version: Option<Value>,
    node_id: Option<String>,
    eval_id: Option<String>,
    status: Option<ExecutionStatus>,
    #[serde(rename = "job_type")]
    _job_type: Option<IgnoredAny>,
    /// The largest part of an execution, and it may hold secrets.
    #[serde(rename = "job_spec")]
    _job_spec: Option<IgnoredAny>,
    #[serde(rename = "namespace")]
    _namespace: Option<IgnoredAny>,
    #[serde(rename = "deployment_id")]
    _deployment_id: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize, Default)]
struct ExecutionStatus {
    desired_state: Option<StateForm>,
    observed_state: Option<StateForm>,
    compute_state: Option<StateForm>,
    revision: Option<Value>,
    created_at: Option<String>,
    updated_at: Option<String>,
    #[serde(rename = "details")]
    _details: Option<IgnoredAny>,
    #[serde(rename = "previous_execution_id")]
    _previous_execution_id: Option<IgnoredAny>,
    #[serde(rename = "next_execution_id")]
    _next_execution_id: Option<IgnoredAny>,
    #[serde(rename = "stable_at")]
    _stable_at: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
}

impl Wire for Execution {
    type Form = ExecutionForm;
    const WRAPPER: &'static str = "execution";

    fn from_form(form: ExecutionForm) -> Option<Self> {
        let status = form.status.unwrap_or_default();
        let observed = StateForm::or(status.observed_state, status.compute_state);
        let (observed, message) = StateForm::split(observed);
        Some(Self {
            id: ExecutionId(present(form.id)?),
            job_id: JobId(form.job_id.unwrap_or_default()),
            job_version: number(form.job_version),
            node_id: NodeId(form.node_id.unwrap_or_default()),
            eval_id: present(form.eval_id).map(EvaluationId),
            desired: StateForm::state(status.desired_state),
            observed: observed.map(|word| word.as_str().into()),
            message,
            revision: number(status.revision),
            created_at: present(status.created_at),
            updated_at: present(status.updated_at),
            unknown: unknown(form.rest, status.rest),
        })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id.0))
    }
}
