//! `rejoin up` and `rejoin down`: the target's stack, through compose.

use super::{Refusal, runtime};
use crate::exit::Exit;
use crate::settings::{Environment, TargetSettings};
use crate::target::docker::DockerTarget;
use crate::target::{TargetError, compose, ready};

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
        compose::up(settings).await?;
        ready::ready(&target).await
    })?;
    eprintln!(
        "{name} is up: {edges} edges connected, timing {}",
        settings.timing.name
    );
    Ok(Exit::Passed)
}

/// Takes the stack down, with its volumes.
pub(super) fn down(name: &str, target: &TargetSettings) -> Result<Exit, Refusal> {
    let TargetSettings::Docker(settings) = target else {
        return Ok(nothing_to_do(name));
    };
    let done = runtime::real()?.block_on(compose::down(settings));
    done.map_err(TargetError::from)?;
    Ok(Exit::Passed)
}

fn nothing_to_do(name: &str) -> Exit {
    eprintln!("{name} is a simulation: every run brings up its own");
    Exit::Passed
}
