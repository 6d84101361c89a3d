//! How long healing goes on, whoever heals: two rounds, a deadline of its own, and only a second SIGINT
//! ends it before.

use std::time::Duration;

use super::stop::{Reason, Stop};

/// How long healing may take in all.
pub const HEAL_TIMEOUT: Duration = Duration::from_secs(90);
/// Between the two rounds.
const PAUSE: Duration = Duration::from_secs(1);

/// Lets healing go on to its end, which says what went wrong, or until it took too long or somebody
/// insists; says why not everything is back. The first signal that came meanwhile is put into `heard`.
pub(super) async fn patiently(
    stop: &mut Stop,
    heard: &mut Option<Reason>,
    healing: impl Future<Output = Vec<String>>,
) -> Option<String> {
    tokio::select! {
        biased;
        () = stop.insist(heard) => Some("healing was stopped by a second SIGINT".to_owned()),
        failed = healing => (!failed.is_empty()).then(|| failed.join("; ")),
        () = tokio::time::sleep(HEAL_TIMEOUT) => Some(format!("healing took longer than {HEAL_TIMEOUT:?}")),
    }
}

/// A round of healing, and after a pause another one where the first (`false`) says that something went
/// wrong: an engine that was busy may have recovered.
pub(super) async fn twice(mut round: impl AsyncFnMut(bool) -> Vec<String>) -> Vec<String> {
    let failed = round(false).await;
    if failed.is_empty() {
        return failed;
    }
    tokio::time::sleep(PAUSE).await;
    round(true).await
}
