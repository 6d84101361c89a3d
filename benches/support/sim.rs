//! The built-in simulation and the runtime that it needs.

use rejoin::settings::{Environment, Settings, SimSettings, TargetSettings};
use tokio::runtime::{Builder, Runtime};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A runtime as the simulation needs it.
pub(crate) fn runtime() -> Result<Runtime> {
    let mut builder = Builder::new_current_thread();
    Ok(builder.enable_all().start_paused(true).build()?)
}

/// The built-in simulation.
pub(crate) fn settings() -> Result<SimSettings> {
    let settings = Settings::load(None, &Environment::of("/", [("", ""); 0]))?;
    match settings.target(Some("sim"))? {
        (_, TargetSettings::Sim(sim)) => Ok(sim.clone()),
        _ => Err("`sim` is no simulation".into()),
    }
}
