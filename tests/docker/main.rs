//! Ring 3: a real container engine and a real NATS server.
//!
//! Skipped in one line where there is no engine or no image; with `REJOIN_REQUIRE=docker` that is a
//! failure. The tests touch only containers that they made; `engine` says how they share the engine.

mod added;
mod by_hand;
mod cloud;
mod compare;
mod crash;
mod crash_points;
mod engine;
mod escape;
#[path = "../support/evidence.rs"]
mod evidence;
mod explore;
#[path = "../support/faults.rs"]
mod fault;
mod faults;
mod guard;
mod hands;
mod heal;
mod held_back;
#[path = "../support/https.rs"]
mod https;
#[path = "../support/journal.rs"]
mod journal;
mod matrix;
mod overlap;
#[path = "../support/port.rs"]
mod port;
#[path = "../support/proxies.rs"]
mod proxies;
mod quiet;
mod readme;
mod real_images;
mod refusals;
mod relay;
mod seeds;
mod shots;
mod signals;
mod stack;
mod sweep;
#[path = "../support/table.rs"]
mod table;
mod trouble;
mod truth;
mod undo;
mod watching;

/// What a test ends with.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
