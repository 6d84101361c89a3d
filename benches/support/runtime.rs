//! The runtime of the simulation.

use tokio::runtime::{Builder, Runtime};

use crate::sim::Result;

/// A runtime as the simulation needs it.
pub(crate) fn runtime() -> Result<Runtime> {
    let mut builder = Builder::new_current_thread();
    Ok(builder.enable_all().start_paused(true).build()?)
}
