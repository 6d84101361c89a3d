//! A job on the wire.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use crate::api::model::{Job, JobId};

#[derive(Deserialize)]
pub(in crate::api) struct JobForm {
    id: Option<String>,
    spec: Option<JobSpec>,
    status: Option<JobStatus>,
}

#[derive(Deserialize, Default)]
struct JobSpec {
    name: Option<String>,
    labels: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize, Default)]
struct JobStatus {
    state: Option<StateForm>,
    version: Option<Value>,
}

impl Wire for Job {
    type Form = JobForm;
    const WRAPPER: &'static str = "job";

    fn from_form(form: JobForm) -> Option<Self> {
        let spec = form.spec.unwrap_or_default();
        let status = form.status.unwrap_or_default();
        let (word, message) = StateForm::split(status.state);
        let labels = spec.labels.unwrap_or_default().into_iter();
        Some(Self {
            id: JobId(present(form.id)?),
            name: spec.name.unwrap_or_default(),
            labels: labels.filter_map(|(k, v)| Some((k, v?))).collect(),
            state: word.map(|word| word.as_str().into()),
            message,
            version: number(status.version),
        })
    }
}
