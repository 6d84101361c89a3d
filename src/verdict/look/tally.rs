//! What fits a claim, counted.

use super::Finding;
use crate::api::model::{Execution, ExecutionState};

pub(super) fn met_unless(differ: Vec<String>) -> Finding {
    if differ.is_empty() {
        Finding::Met
    } else {
        Finding::Contrary(differ)
    }
}

/// What fits a claim and what does not, in phrases.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) fit: Vec<String>,
    pub(super) differ: Vec<String>,
}

impl Tally {
    /// Exactly so many must fit, if a number is wanted; else nothing may differ.
    pub(super) fn finding(self, count: Option<u64>) -> Finding {
        let Some(count) = count else {
            return met_unless(self.differ);
        };
        let matching = u64::try_from(self.fit.len()).unwrap_or(u64::MAX);
        if matching == count {
            return Finding::Met;
        }
        let telling = if matching > count {
            self.fit
        } else {
            self.differ
        };
        let mut words = format!("{matching} match, not {count}");
        if !telling.is_empty() {
            words = format!("{words}: {}", telling.join(", "));
        }
        Finding::Contrary(vec![words])
    }
}

/// The states that an execution must have.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) observed: Option<&'a ExecutionState>,
    pub(super) desired: Option<&'a ExecutionState>,
}

impl Wanted<'_> {
    pub(super) fn fits(self, execution: &Execution) -> bool {
        self.observed
            .is_none_or(|state| execution.observed.as_ref() == Some(state))
            && self
                .desired
                .is_none_or(|state| execution.desired.as_ref() == Some(state))
    }

    /// Whether the answer depends on a state that the server did not give.
    pub(super) fn unsaid(self, execution: &Execution) -> bool {
        self.observed.is_some() && execution.observed.is_none()
            || self.desired.is_some() && execution.desired.is_none()
    }
}
