//! Healing after a crash: what a run owes that cannot put it back itself any more.
//!
//! Like the end of a run, but without one: there is no journal to write and no orchestrator to ask, only the
//! ledger, and containers in whatever state they are in, or none.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::ledger::{Debt, Ledger};
use super::patience::{patiently, twice};
use super::stop::{Reason, Stop};
use crate::fault::{ContainerName, FaultError, Faults, Inventory, Proof};

/// What became of a debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It was put back, or taken away where it was added.
    Mended(Proof),
    /// There was nothing to do: it is as it was, or was gone already where it was added.
    AsBefore,
    /// Somebody brought the stack up again with another image or configuration: it is another container.
    MadeAnew,
    /// It is not as it was.
    Left(String),
}

/// What became of everything that the ledger owed.
#[derive(Debug)]
pub struct Recovery {
    /// Each debt with its end, in the order of the containers' names.
    pub ends: Vec<(Debt, End)>,
    /// The signal that came meanwhile.
    pub signal: Option<Reason>,
}

/// Puts everything back that the ledger owes, and takes out of it what is back.
///
/// # Errors
/// The containers could not be looked at; nothing was touched.
pub async fn recover(
    hands: &impl Faults,
    ledger: &mut Ledger,
    stop: &mut Stop,
) -> Result<Recovery, FaultError> {
    let debts: Vec<Debt> = ledger.owed().cloned().collect();
    if debts.is_empty() {
        let (ends, signal) = (Vec::new(), None);
        return Ok(Recovery { ends, signal });
    }
    let now = match hands.inventory().await {
        Ok(now) => now,
        // Every one of them is gone; that is what some of them are owed for.
        Err(FaultError::NoMatch { .. }) => Inventory::new(),
        Err(error) => return Err(error),
    };
    let mut ends = BTreeMap::new();
    for debt in debts.iter().filter(|debt| debt.is_void(&now)) {
        note(ledger, debt, End::MadeAnew, &mut ends);
    }
    let mut signal = None;
    let healing = twice(async |_| round(hands, ledger, &mut ends).await);
    let stopped = patiently(stop, &mut signal, healing).await;
    let left = |debt: &Debt| {
        let reason = stopped.clone().unwrap_or_default();
        ends.get(debt.container())
            .cloned()
            .unwrap_or(End::Left(reason))
    };
    Ok(Recovery {
        ends: debts.iter().map(|d| (d.clone(), left(d))).collect(),
        signal: signal.or(stop.heard().await),
    })
}

/// Converges everything that is still owed, all at once; says what went wrong.
async fn round(
    hands: &impl Faults,
    ledger: &mut Ledger,
    ends: &mut BTreeMap<ContainerName, End>,
) -> Vec<String> {
    let owed: Vec<Debt> = ledger.owed().cloned().collect();
    let done = join_all(owed.iter().map(|debt| hands.converge(&debt.recipe))).await;
    let mut failed = Vec::new();
    for (debt, done) in owed.iter().zip(done) {
        match done {
            Ok(proof) => {
                let end = proof.map_or(End::AsBefore, End::Mended);
                note(ledger, debt, end, ends);
            }
            Err(error) => {
                failed.push(error.to_string());
                ends.insert(debt.container().clone(), End::Left(error.to_string()));
            }
        }
    }
    failed
}

/// Takes a debt out of the ledger.
fn note(ledger: &mut Ledger, debt: &Debt, end: End, ends: &mut BTreeMap<ContainerName, End>) {
    let end = match ledger.healed(debt.container()) {
        Ok(()) => end,
        Err(error) => End::Left(format!("it is as it was, but {error}")),
    };
    ends.insert(debt.container().clone(), end);
}
