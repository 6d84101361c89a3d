//! Ring 3: a real container engine and a real NATS server.
//!
//! Skipped in one line where there is no engine or no image; with `REJOIN_REQUIRE=docker` that is a
//! failure. The tests take turns, on the whole machine, and touch only containers that they made.

mod added;
mod compare;
mod engine;
#[path = "../support/evidence.rs"]
mod evidence;
mod faults;
mod hands;
#[path = "../support/journal.rs"]
mod journal;
mod matrix;
#[path = "../support/port.rs"]
mod port;
#[path = "../support/proxies.rs"]
mod proxies;
mod readme;
mod refusals;
mod relay;
mod seeds;
mod shots;
mod signals;
mod stack;
#[path = "../support/table.rs"]
mod table;
mod trouble;
mod truth;
mod undo;
mod watching;

/// What a test ends with.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
