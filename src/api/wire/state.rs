//! States and numbers as they stand on the wire, tolerant of every form that was seen.

use serde::Deserialize;
use serde_json::Value;

/// A state, bare or as the object `{"state_type": ..., "message": ...}`.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum StateForm {
    Word(String),
    Object {
        #[serde(default)]
        state_type: Option<String>,
        #[serde(default)]
        message: Option<String>,
    },
}

impl StateForm {
    /// The word and the message; an empty word is no word.
    pub(super) fn split(form: Option<Self>) -> (Option<String>, Option<String>) {
        let (word, message) = match form {
            Some(Self::Word(word)) => (Some(word), None),
            Some(Self::Object {
                state_type,
                message,
            }) => (state_type, message),
            None => (None, None),
        };
        (present(word), present(message))
    }

    pub(super) fn state<S: for<'a> From<&'a str>>(form: Option<Self>) -> Option<S> {
        Self::split(form).0.map(|word| S::from(&word))
    }
}

pub(super) fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

pub(super) fn number(value: Option<Value>) -> Option<u64> {
    value?.as_u64()
}
