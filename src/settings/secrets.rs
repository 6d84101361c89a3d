//! The secrets that this process holds, so that nothing which leaves it shows one.
//!
//! A secret is known to its [`super::Token`] only, and yet a server may say it back, a person may have put it into
//! a job's label, a log line may quote it. What is written (records, logs, reports, messages) goes through
//! [`hide`], wherever it comes from. One list for the whole process: that is whom a secret belongs to.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// Shorter texts are found in others by chance.
const SHORTEST: usize = 8;
/// What stands in a secret's place.
const HIDDEN: &str = "***";

static HELD: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

/// From now on this text is hidden.
pub fn hold(secret: &str) {
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return;
    }
    let known = |held: &BTreeSet<String>| held.contains(secret);
    if !HELD.read().is_ok_and(|held| known(&held)) {
        let mut held = HELD.write().unwrap_or_else(PoisonError::into_inner);
        held.insert(secret.to_owned());
    }
}

/// The text without the secrets; borrowed where it holds none.
pub fn hide(text: &str) -> Cow<'_, str> {
    let held = HELD.read().unwrap_or_else(PoisonError::into_inner);
    let mut shown = Cow::Borrowed(text);
    // The longest first: one may be the beginning of another.
    let mut found: Vec<&String> = held
        .iter()
        .filter(|it| text.contains(it.as_str()))
        .collect();
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in found {
        shown = Cow::Owned(shown.replace(secret.as_str(), HIDDEN));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_wherever_it_stands_and_nothing_else_is() {
        hold("exp_ak_tests_of_secrets");
        hold("exp_ak_tests_of_secrets_longer");
        hold("short");
        assert_eq!(
            hide("a exp_ak_tests_of_secrets_longer, exp_ak_tests_of_secrets."),
            "a ***, ***."
        );
        assert!(matches!(
            hide("a short text"),
            Cow::Borrowed("a short text")
        ));
    }
}
