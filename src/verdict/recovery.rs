//! How long the work of a whole run took to come back: the slowest of its executions.

use std::time::Duration;

use super::recovered::recovered;
use crate::journal::Entry;
use crate::plan::Plan;

/// What became of the work on the edges that were brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Nothing with work on it was brought back.
    NothingCameBack,
    /// Some of it was not seen running again.
    Never,
    /// From the restore of its edge to the reading that first shows the slowest execution running.
    After(Duration),
}

/// The slowest of all executions; see [`recovered`].
pub fn recovery(plan: &Plan, entries: &[Entry]) -> Recovery {
    let took = recovered(plan, entries).into_iter().map(|one| {
        let ran = one.ran?;
        Some(ran.by.since(one.restored))
    });
    let took: Option<Vec<Duration>> = took.collect();
    match took.map(|all| all.into_iter().max()) {
        None => Recovery::Never,
        Some(None) => Recovery::NothingCameBack,
        Some(Some(slowest)) => Recovery::After(slowest),
    }
}
