//! An execution on the wire: `observed_state`, before 2026 `compute_state`.

use serde::Deserialize;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use crate::api::model::{EvaluationId, Execution, ExecutionId, JobId, NodeId};

#[derive(Deserialize)]
pub(in crate::api) struct ExecutionForm {
    id: Option<String>,
    job_id: Option<String>,
    job_version: Option<Value>,
    node_id: Option<String>,
    eval_id: Option<String>,
    status: Option<ExecutionStatus>,
}

#[derive(Deserialize, Default)]
struct ExecutionStatus {
    desired_state: Option<StateForm>,
    observed_state: Option<StateForm>,
    compute_state: Option<StateForm>,
    revision: Option<Value>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

impl Wire for Execution {
    type Form = ExecutionForm;
    const WRAPPER: &'static str = "execution";

    fn from_form(form: ExecutionForm) -> Option<Self> {
        let status = form.status.unwrap_or_default();
        let (observed, message) = StateForm::split(status.observed_state.or(status.compute_state));
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
        })
    }
}
