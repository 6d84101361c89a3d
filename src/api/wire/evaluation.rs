//! An evaluation on the wire.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use super::unknown::{Rest, unknown};
use crate::api::model::{Evaluation, EvaluationId};

#[derive(Deserialize)]
pub(in crate::api) struct EvaluationForm {
    id: Option<String>,
    triggered_by: Option<String>,
    status: Option<EvaluationStatus>,
    #[serde(rename = "job_id")]
    _job_id: Option<IgnoredAny>,
    #[serde(rename = "namespace")]
    _namespace: Option<IgnoredAny>,
    #[serde(rename = "priority")]
    _priority: Option<IgnoredAny>,
    #[serde(rename = "type")]
    _type: Option<IgnoredAny>,
    #[serde(rename = "deployment_id")]
    _deployment_id: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize, Default)]
struct EvaluationStatus {
    state: Option<StateForm>,
    created_at: Option<String>,
    updated_at: Option<String>,
    revision: Option<Value>,
    #[serde(rename = "message")]
    _message: Option<IgnoredAny>,
    #[serde(rename = "wait_until")]
    _wait_until: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
}

impl Wire for Evaluation {
    type Form = EvaluationForm;
    const WRAPPER: &'static str = "evaluation";

    fn from_form(form: EvaluationForm) -> Option<Self> {
        let status = form.status.unwrap_or_default();
        Some(Self {
            id: EvaluationId(present(form.id)?),
            trigger: form.triggered_by.unwrap_or_default(),
            state: StateForm::state(status.state),
            created_at: present(status.created_at),
            updated_at: present(status.updated_at),
            revision: number(status.revision),
            unknown: unknown(form.rest, status.rest),
        })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id.0))
    }
}
