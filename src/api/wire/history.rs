//! An event of an execution's history on the wire.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use crate::api::model::{ExecutionState, Transition};

#[derive(Deserialize)]
pub(in crate::api) struct EventForm {
    seq_num: Option<Value>,
    timestamp: Option<String>,
    details: Option<EventDetails>,
}

#[derive(Deserialize, Default)]
struct EventDetails {
    old_state: Option<StateForm>,
    new_state: Option<StateForm>,
}

impl Wire for Transition {
    type Form = EventForm;
    const WRAPPER: &'static str = "history event";

    fn from_form(form: EventForm) -> Option<Self> {
        let details = form.details.unwrap_or_default();
        Some(Self {
            seq: number(form.seq_num),
            at: present(form.timestamp),
            from: StateForm::state(details.old_state),
            to: StateForm::state(details.new_state),
        })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        self.seq.map(|seq| Cow::Owned(seq.to_string()))
    }
}

/// Keeps the changes of state and puts the oldest first; a history also tells of other things.
///
/// Which end a server begins with is nowhere written: its own numbers decide where every event has
/// one, otherwise the order in which they came.
pub(in crate::api) fn changes(mut events: Vec<Transition>) -> Vec<Transition> {
    let told = |state: &Option<ExecutionState>| state.is_some();
    events.retain(|event| (told(&event.from) || told(&event.to)) && event.from != event.to);
    if events.iter().all(|event| event.seq.is_some()) {
        events.sort_by_key(|event| event.seq);
    }
    events
}
