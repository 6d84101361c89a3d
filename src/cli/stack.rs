//! `rejoin up` and `rejoin down`: the target's stack, through compose.

use std::path::{Path, PathBuf};

use super::terminal::say;
use super::{Refusal, runtime};
use crate::engine::ledger::{Ledger, LedgerError};
use crate::engine::recovery::recover;
use crate::engine::stop::Stop;
use crate::exit::Exit;
use crate::fault::docker::DockerHands;
use crate::fault::{FaultError, Faults, PROTECT_LABEL};
use crate::settings::{DockerSettings, Environment, TargetSettings, expanso};
use crate::target::docker::{self, DockerTarget};
use crate::target::{Target, TargetError, compose, ready};

/// Brings the stack up and waits until the node of every edge is connected.
pub(super) fn up(
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let TargetSettings::Docker(settings) = target else {
        return Ok(nothing_to_do(name));
    };
    let edges = runtime::real()?.block_on(async {
        // Before compose, so that an engine that does not answer is named in our words.
        let target = DockerTarget::connect(name, settings, environment).await?;
        let hands = target.hands();
        can_enrol(name, settings, hands).await?;
        unprotected("up", hands).await?;
        let ledger = target.ledger_name().await?;
        let mut ledger = locked(ledger, environment, Ledger::claim)?;
        // Compose does not see that a container which it takes for its own is frozen, or off its networks.
        // What cannot be healed, as where the stack was taken down, it makes anew.
        recover(hands, &mut ledger, &mut Stop::never()).await?;
        withdraw_added(hands).await?;
        compose::up(settings).await.map_err(TargetError::from)?;
        let edges = ready::ready(&target).await?;
        ledger.forgive()?;
        Ok::<_, Refusal>(edges)
    })?;
    say(format!(
        "{name} is up: {edges} edges connected, timing {}",
        settings.timing.name
    ));
    Ok(Exit::Passed)
}

/// Takes the stack down, with its volumes.
pub(super) fn down(
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let TargetSettings::Docker(settings) = target else {
        return Ok(nothing_to_do(name));
    };
    runtime::real()?.block_on(async {
        let hands = docker::hands(name, settings, environment).await?;
        unprotected("down", &hands).await?;
        let ledger = docker::ledger_name(&hands).await?;
        let ledger = locked(Some(ledger), environment, Ledger::claim)?;
        withdraw_added(&hands).await?;
        compose::down(settings).await.map_err(TargetError::from)?;
        ledger.forgive()?;
        Ok(Exit::Passed)
    })
}

/// Refuses new edges that could not become nodes. Those that there are have who they are in their volumes
/// and need no token any more, which may be good for one node only.
async fn can_enrol(
    name: &str,
    settings: &DockerSettings,
    hands: &DockerHands,
) -> Result<(), Refusal> {
    let impossible = settings.enrolment.as_ref().filter(|it| !it.is_possible());
    if impossible.is_none() {
        return Ok(());
    }
    match hands.inventory().await {
        Err(FaultError::NoMatch { .. }) => Err(Refusal::usage(format!(
            "the edges of {name} could not enrol: set {} (Cloud UI, Nodes, Add Node) in the environment or in .env beside {}; nothing was touched",
            expanso::BOOTSTRAP_TOKEN,
            settings.compose_file.display()
        ))),
        other => Ok(other.map(drop)?),
    }
}

/// Refuses where compose would exchange or remove a container that nobody here may touch.
async fn unprotected(verb: &str, hands: &DockerHands) -> Result<(), Refusal> {
    let protected = hands.protected().await?;
    if protected.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = protected.iter().map(|name| name.0.as_str()).collect();
    Err(Refusal::usage(format!(
        "`{verb}` leaves the stack to compose, which may exchange or remove what is protected by the label {PROTECT_LABEL}: {}; remove the label, or call compose yourself",
        names.join(", ")
    )))
}

/// Takes away what runs that crashed had added: compose knows nothing of it, and cannot remove networks
/// that it is still in.
async fn withdraw_added(hands: &DockerHands) -> Result<(), TargetError> {
    for container in hands.withdraw_added().await? {
        say(format!("{container}, added by an earlier run, is gone"));
    }
    Ok(())
}

/// Locks the target, so that no two are at work on its containers, and opens its ledger in its own way;
/// says whose lock it was where one was left. `name` is the target's own for it.
pub(super) fn locked(
    name: Option<String>,
    environment: &Environment,
    open: impl FnOnce(&Path) -> Result<Ledger, LedgerError>,
) -> Result<Ledger, Refusal> {
    let Some(name) = name else {
        return Ok(Ledger::in_memory());
    };
    let ledger = open(&state_dir(environment)?.join(name))?;
    if let Some(note) = ledger.took_over() {
        say(note);
    }
    Ok(ledger)
}

/// Where ledgers and locks are.
fn state_dir(environment: &Environment) -> Result<PathBuf, Refusal> {
    environment.state_dir().ok_or_else(|| {
        Refusal::usage("no place for the ledger: set HOME or XDG_STATE_HOME to an absolute path")
    })
}

/// A simulation ends with its run.
pub(super) fn nothing_to_do(name: &str) -> Exit {
    say(format!(
        "nothing to do: {name} is a simulation, and every run brings up its own"
    ));
    Exit::Passed
}
