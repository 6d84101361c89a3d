//! The client of the orchestrator's API, against canned answers and over the network.

mod asking;
mod canned;
mod decoding;
mod history;
mod network;
#[path = "../support/proxies.rs"]
mod proxies;
mod trying;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
