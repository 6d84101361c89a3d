//! One run on a simulation that nothing is kept of: what `rejoin run` does with the same seed, without a folder.

use super::super::args::Choice;
use super::super::batch::Unwatched;
use super::super::{Refusal, plan, runtime};
use crate::engine::ledger::Ledger;
use crate::engine::person::Person;
use crate::engine::stop::Stop;
use crate::engine::{self, Setup, ready};
use crate::fault::Faults;
use crate::journal::Entry;
use crate::journal::file::Writer;
use crate::playbook::Playbook;
use crate::settings::SimSettings;
use crate::target::Target;
use crate::target::sim::SimTarget;

/// Runs it on a deployment of its own; the entries of its journal.
pub(super) fn alone(
    name: &str,
    settings: &SimSettings,
    choice: &Choice,
    variant: Option<&str>,
    playbook: &Playbook,
) -> Result<Vec<Entry>, Refusal> {
    let settings = SimSettings {
        seed: choice.seed.unwrap_or(settings.seed),
        ..settings.clone()
    };
    runtime::paused()?.block_on(async {
        let target = SimTarget::start(name, &settings)?;
        let inventory = target.hands().inventory().await?;
        let seed = settings.seed;
        let prepared = plan::prepare(&target, &inventory, playbook, choice, variant, seed).await?;
        let mut stop = Stop::never();
        ready::wait(target.eyes(), &prepared.plan, &mut stop, &mut Unwatched).await?;
        let setup = Setup {
            prepared,
            journal: Writer::nowhere(target.clock().restarted()),
            ledger: Ledger::in_memory(),
            stop,
            person: Person::nobody(),
        };
        let entries = engine::run(&target, setup, &mut Unwatched).await;
        entries.map_err(Refusal::from)
    })
}
