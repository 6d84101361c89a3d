//! The built-in simulation.

use rejoin::settings::{Environment, Settings, SimSettings, TargetSettings};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The built-in simulation.
pub(crate) fn settings() -> Result<SimSettings> {
    let settings = Settings::load(None, &Environment::of("/", [("", ""); 0]))?;
    match settings.target(Some("sim"))? {
        (_, TargetSettings::Sim(sim)) => Ok(sim.clone()),
        _ => Err("`sim` is no simulation".into()),
    }
}
