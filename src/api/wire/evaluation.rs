//! An evaluation on the wire.

use serde::Deserialize;

use super::Wire;
use super::state::{StateForm, present};
use crate::api::model::{Evaluation, EvaluationId};

#[derive(Deserialize)]
pub(in crate::api) struct EvaluationForm {
    id: Option<String>,
    triggered_by: Option<String>,
    status: Option<EvaluationStatus>,
}

#[derive(Deserialize, Default)]
struct EvaluationStatus {
    state: Option<StateForm>,
    created_at: Option<String>,
    updated_at: Option<String>,
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
        })
    }
}
