//! States and numbers as they stand on the wire, tolerant of every form that was seen.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A state, bare or as the object `{"state_type": ..., "message": ...}`; empty where it is `null`.
#[derive(Debug, Default)]
pub(super) struct StateForm {
    word: Option<String>,
    message: Option<String>,
}

impl StateForm {
    /// The word and the message; an empty word is no word.
    pub(super) fn split(form: Option<Self>) -> (Option<String>, Option<String>) {
        let form = form.unwrap_or_default();
        (present(form.word), present(form.message))
    }

    pub(super) fn state<S: for<'a> From<&'a str>>(form: Option<Self>) -> Option<S> {
        Self::split(form).0.map(|word| S::from(&word))
    }

    /// The newer of two forms that a server may have both of: the first that says a word.
    pub(super) fn or(newer: Option<Self>, older: Option<Self>) -> Option<Self> {
        let says = |form: &Self| form.word.as_deref().is_some_and(|word| !word.is_empty());
        newer.filter(says).or(older)
    }
}

impl<'de> Deserialize<'de> for StateForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StateVisitor)
    }
}

struct StateVisitor;

impl<'de> Visitor<'de> for StateVisitor {
    type Value = StateForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state, as a word or as an object with `state_type`")
    }

    fn visit_str<E>(self, word: &str) -> Result<StateForm, E> {
        Ok(StateForm {
            word: Some(word.to_owned()),
            message: None,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StateForm, A::Error> {
        let mut form = StateForm::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "state_type" => form.word = map.next_value()?,
                "message" => form.message = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(form)
    }
}

pub(super) fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

pub(super) fn number(value: Option<Value>) -> Option<u64> {
    value?.as_u64()
}
