//! The codec: what stands on the wire, in every generation of its field names, made into [`super::model`].
//!
//! Everything is optional, because three generations of servers are in use and Go writes `null` for what
//! is empty. The field names are those of the public API reference (`observed_state`, before 2026
//! `compute_state`). What it names and nobody here needs is passed over, what it does not name is kept.

mod evaluation;
mod execution;
mod history;
mod job;
mod node;
mod page;
mod state;
mod unknown;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::model::Status;

pub(super) use history::changes;
pub(super) use job::Stored;
pub(super) use page::Page;

/// A record of the API that can be made from its wire form.
pub(super) trait Wire: Sized {
    /// The wire form.
    type Form: for<'de> Deserialize<'de>;
    /// The key that wraps a single one: `{"job": {...}}`.
    const WRAPPER: &'static str;
    /// Makes the record; `None` where its id is missing.
    fn from_form(form: Self::Form) -> Option<Self>;
    /// What tells two records of a list apart; `None` where this one does not say.
    fn key(&self) -> Option<Cow<'_, str>>;
}

/// An error's body. `message` is confirmed, the capitalised form was seen in relatives of the API.
#[derive(Deserialize, Default)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default, rename = "Message")]
    pub(super) capital_message: Option<String>,
    #[serde(default)]
    pub(super) code: Option<Value>,
}

/// What `PUT /jobs` answers beside the job.
#[derive(Deserialize)]
pub(super) struct PutAnswer {
    #[serde(default)]
    pub(super) created: Option<bool>,
    #[serde(default)]
    pub(super) warnings: Option<Vec<String>>,
}

/// What `PUT /jobs/{id}/rerun` answers.
#[derive(Deserialize, Default)]
pub(super) struct RerunAnswer {
    #[serde(default)]
    version: Option<Value>,
    #[serde(default)]
    pub(super) warnings: Option<Vec<String>>,
}

impl RerunAnswer {
    /// The job's version, where the server says it as a number.
    pub(super) fn version(&self) -> Option<u64> {
        state::number(self.version.clone())
    }
}

/// Reads one record, wrapped or bare.
pub(super) fn single<T: Wire>(mut value: Value) -> Result<T, String> {
    let inner = match value.get_mut(T::WRAPPER) {
        Some(wrapped) => wrapped.take(),
        None => value,
    };
    let form = T::Form::deserialize(inner).map_err(|error| error.to_string())?;
    made(form)
}

/// Makes a record of its form.
fn made<T: Wire>(form: T::Form) -> Result<T, String> {
    T::from_form(form).ok_or_else(|| format!("a {} without an id", T::WRAPPER))
}

/// Reads `GET /status`; what is missing stays unknown.
pub(super) fn status(value: &Value) -> Status {
    let version = value.pointer("/runtime/version").and_then(Value::as_str);
    Status {
        version: version.filter(|text| !text.is_empty()).map(str::to_owned),
    }
}
