//! How long healing goes on, whoever heals: each container is tried again by itself until the deadline of all,
//! since one that does not come back says nothing about those beside it; only a second SIGINT ends it before.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};

use super::stop::{Reason, Stop};
use super::words;
use crate::fault::many::AT_ONCE;
use crate::fault::{Faults, Proof, Recipe};

/// How long healing may take in all.
pub const HEAL_TIMEOUT: Duration = Duration::from_secs(90);
/// Between two tries of one container.
const PAUSE: Duration = Duration::from_secs(1);
/// How often something is tried that waiting does not mend.
const TRIES: u32 = 2;

/// How a try to heal a container went.
pub(super) enum Tried {
    /// It is as it was; `None`: it was already.
    Healed(Option<Proof>),
    /// The hands could not, for this reason.
    Refused {
        reason: String,
        /// Which try it was, from 1.
        number: u32,
        /// Whether it is tried again.
        again: bool,
    },
    /// The hands panicked, which is a bug.
    Panicked(String),
}

/// Heals with patience; `tell` hears of every try when it is over, so that whatever ends the healing, what
/// was healed is known. Says why not everything was tried to its end. The first signal that came
/// meanwhile is put into `heard`.
pub(super) async fn patiently(
    hands: &impl Faults,
    owed: Vec<Recipe>,
    stop: &mut Stop,
    heard: &mut Option<Reason>,
    tell: impl FnMut(Recipe, Tried),
) -> Option<String> {
    tokio::select! {
        biased;
        () = stop.insist(heard) => Some("healing was stopped by a second SIGINT".to_owned()),
        () = each(hands, owed, tell) => None,
        () = tokio::time::sleep(HEAL_TIMEOUT) => Some(format!("healing took longer than {HEAL_TIMEOUT:?}")),
    }
}

/// Heals each of them, as often as it takes.
async fn each(hands: &impl Faults, owed: Vec<Recipe>, mut tell: impl FnMut(Recipe, Tried)) {
    let mut waiting: VecDeque<(Recipe, u32)> = owed.into_iter().map(|recipe| (recipe, 1)).collect();
    let mut trying = FuturesUnordered::new();
    loop {
        while trying.len() < AT_ONCE
            && let Some((recipe, number)) = waiting.pop_front()
        {
            trying.push(attempt(hands, recipe, number));
        }
        let Some((recipe, tried)) = trying.next().await else {
            return;
        };
        if let Tried::Refused {
            number,
            again: true,
            ..
        } = tried
        {
            waiting.push_back((recipe.clone(), number + 1));
        }
        tell(recipe, tried);
    }
}

async fn attempt(hands: &impl Faults, recipe: Recipe, number: u32) -> (Recipe, Tried) {
    if number > 1 {
        tokio::time::sleep(PAUSE).await;
    }
    let done = AssertUnwindSafe(hands.converge(&recipe, &[]));
    let tried = match done.catch_unwind().await {
        Ok(Ok(proof)) => Tried::Healed(proof),
        Ok(Err(error)) => Tried::Refused {
            reason: error.to_string(),
            number,
            again: error.may_pass() || number < TRIES,
        },
        Err(panic) => Tried::Panicked(words("healing", &*panic)),
    };
    (recipe, tried)
}
