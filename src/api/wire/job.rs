//! A job on the wire.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use super::unknown::{Rest, unknown};
use crate::api::model::{Job, JobId};

#[derive(Deserialize)]
pub(in crate::api) struct JobForm<S = JobSpec> {
    id: Option<String>,
    spec: Option<S>,
    status: Option<JobStatus>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize, Default)]
pub(in crate::api) struct JobSpec {
    name: Option<String>,
    labels: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize, Default)]
struct JobStatus {
    state: Option<StateForm>,
    version: Option<Value>,
    revision: Option<Value>,
    updated_at: Option<String>,
    #[serde(rename = "created_at")]
    _created_at: Option<IgnoredAny>,
    #[serde(rename = "rollout")]
    _rollout: Option<IgnoredAny>,
    #[serde(rename = "deployment")]
    _deployment: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
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
            revision: number(status.revision),
            updated_at: present(status.updated_at),
            unknown: unknown(form.rest, status.rest),
        })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id.0))
    }
}

/// A job with the whole specification that the server has of it.
pub(in crate::api) struct Stored {
    pub(in crate::api) job: Job,
    pub(in crate::api) spec: Value,
}

impl Wire for Stored {
    type Form = JobForm<Value>;
    const WRAPPER: &'static str = "job";

    fn from_form(form: JobForm<Value>) -> Option<Self> {
        let spec = form.spec.unwrap_or_default();
        let known = JobForm {
            id: form.id,
            spec: JobSpec::deserialize(&spec).ok(),
            status: form.status,
            rest: form.rest,
        };
        let job = Job::from_form(known)?;
        Some(Self { job, spec })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        self.job.key()
    }
}
