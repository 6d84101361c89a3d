//! The runtimes: one thread, with the machine's clock or with a paused one.

use tokio::runtime::{Builder, Runtime};

use super::Refusal;

/// For targets that live outside this process.
pub(super) fn real() -> Result<Runtime, Refusal> {
    build(&mut Builder::new_current_thread())
}

/// For the simulation: time stands still while something can be done, and jumps when nothing can.
pub(super) fn paused() -> Result<Runtime, Refusal> {
    build(Builder::new_current_thread().start_paused(true))
}

fn build(builder: &mut Builder) -> Result<Runtime, Refusal> {
    let runtime = builder.enable_all().build();
    runtime.map_err(|error| Refusal::internal(format!("no runtime: {error}")))
}
