//! `rejoin heal`: puts back what a run that was killed could not, by what its ledger says.

#[cfg(test)]
mod tests;

use super::once::listen;
use super::stack::{locked, nothing_to_do};
use super::terminal::{print, say};
use super::{Refusal, runtime};
use crate::engine::ledger::{Debt, Ledger};
use crate::engine::recovery::{End, Recovery, recover};
use crate::engine::stop::Reason;
use crate::exit::Exit;
use crate::fault::{Proof, word};
use crate::settings::{Environment, TargetSettings};
use crate::target::docker;

/// Heals the target; exit 5 where something could not be put back.
pub(super) fn heal(
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let TargetSettings::Docker(settings) = target else {
        return Ok(nothing_to_do(name));
    };
    runtime::real()?.block_on(async {
        let hands = docker::hands(name, settings, environment).await?;
        let ledger = docker::ledger_name(&hands).await?;
        let mut ledger = locked(Some(ledger), environment, Ledger::resume)?;
        let mut stop = listen(None)?;
        let recovery = recover(&hands, &mut ledger, &mut stop).await?;
        if recovery.ends.is_empty() {
            print(format!("{name}: nothing to do, the ledger owes nothing"));
        }
        for (debt, end) in &recovery.ends {
            print(line(debt, end));
        }
        let mut exit = exit(&recovery);
        if let Err(error) = ledger.close() {
            say(format!("rejoin: {error}"));
            exit = exit.worst(Exit::NotRestored);
        }
        Ok(exit)
    })
}

fn exit(recovery: &Recovery) -> Exit {
    let left = |(_, end): &(Debt, End)| matches!(end, End::Left(_));
    let healed = if recovery.ends.iter().any(left) {
        Exit::NotRestored
    } else {
        Exit::Passed
    };
    let signal = recovery.signal.and_then(Reason::exit);
    signal.map_or(healed, |exit| exit.worst(healed))
}

/// What became of one container.
fn line(debt: &Debt, end: &End) -> String {
    let stood = debt.before.is_some();
    let what = match end {
        End::Mended(proof) if stood => format!("put back ({})", words(proof)),
        End::Mended(proof) => format!("taken away ({})", words(proof)),
        End::AsBefore if stood => "was already as before".to_owned(),
        End::AsBefore => "was gone already".to_owned(),
        End::MadeAnew => {
            "left alone: compose made it anew meanwhile, from something else".to_owned()
        }
        End::Left(reason) => format!("NOT put back: {reason}; {}", debt.mend()),
    };
    let why = match debt.fault {
        Some(fault) => word(fault),
        None => "add",
    };
    format!("{}: {what}; {why} of run {}", debt.container(), debt.run)
}

fn words(proof: &Proof) -> String {
    let mut words = proof.events.clone();
    words.push(proof.inspect.clone());
    words.join(", ")
}
