//! One try to heal one container, and why it failed.
//!
//! Apart because a panic of the hands must end here: those beside it are healed all the same.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use crate::engine::words;
use crate::fault::{Faults, Proof, Recipe};

/// Between two tries of one container.
const PAUSE: Duration = Duration::from_secs(1);
/// How often something is tried that waiting does not mend.
pub(super) const TRIES: u32 = 2;

/// One try to heal one container.
pub(super) struct Try {
    pub(super) recipe: Recipe,
    /// Its number, from 1.
    pub(super) number: u32,
}

/// Why a try did not heal.
pub(super) enum Failure {
    /// The hands could not; whether they may be able to a little later.
    Refused(String, bool),
    /// The hands panicked, which is a bug.
    Panicked(String),
}

/// Tries to heal a container; not at once where it was tried before. A panic must not keep the hands from
/// those beside it.
pub(super) async fn attempt(
    hands: &impl Faults,
    tried: Try,
) -> (Try, Result<Option<Proof>, Failure>) {
    if tried.number > 1 {
        tokio::time::sleep(PAUSE).await;
    }
    let done = AssertUnwindSafe(hands.converge(&tried.recipe));
    let result = match done.catch_unwind().await {
        Ok(Ok(proof)) => Ok(proof),
        Ok(Err(error)) => Err(Failure::Refused(error.to_string(), error.may_pass())),
        Err(panic) => Err(Failure::Panicked(words("healing", &*panic))),
    };
    (tried, result)
}
