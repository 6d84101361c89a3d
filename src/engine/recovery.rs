//! Healing after a crash: what a run owes that cannot put it back itself any more.
//!
//! Like the end of a run, but without one: there is no journal to write and no orchestrator to ask, only the
//! ledger, and containers in whatever state they are in, or none.

use std::collections::BTreeMap;

use super::ledger::{Debt, Ledger};
use super::patience::{Tried, patiently};
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
        note(ledger, debt.container(), End::MadeAnew, &mut ends);
    }
    let owed = ledger.owed().map(|debt| debt.recipe.clone()).collect();
    let mut signal = None;
    let stopped = patiently(hands, owed, stop, &mut signal, |recipe, tried| {
        let end = match tried {
            Tried::Healed(proof) => proof.map_or(End::AsBefore, End::Mended),
            Tried::Refused { reason, .. } | Tried::Panicked(reason) => End::Left(reason),
        };
        note(ledger, &recipe.container, end, &mut ends);
    });
    let stopped = stopped.await;
    let left = |debt: &Debt| {
        let reason = stopped.clone().unwrap_or_default();
        ends.get(debt.container())
            .cloned()
            .unwrap_or(End::Left(reason))
    };
    Ok(Recovery {
        ends: debts
            .iter()
            .map(|debt| (debt.clone(), left(debt)))
            .collect(),
        signal: signal.or(stop.heard().await),
    })
}

/// Notes what became of a debt so far; what is settled is taken out of the ledger.
fn note(
    ledger: &mut Ledger,
    container: &ContainerName,
    end: End,
    ends: &mut BTreeMap<ContainerName, End>,
) {
    let settled = match &end {
        End::Left(_) => Ok(()),
        _ => ledger.healed(container),
    };
    let end = match settled {
        Ok(()) => end,
        Err(error) => End::Left(format!("it is as it was, but {error}")),
    };
    ends.insert(container.clone(), end);
}
