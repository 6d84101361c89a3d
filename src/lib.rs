//! `rejoin`: fault-injection tests against a live orchestrator and its edge nodes.
//!
//! The rooms, in the order in which data flows through them; a room uses only what stands above it
//! (`tests/tidy.rs` keeps the rule):
//!
//! | room | what it holds |
//! |---|---|
//! | [`crash_point`] | where tests make the program die |
//! | [`clock`] | timestamps; the wall clock and the virtual clock of `sim` behind one type |
//! | [`settings`] | `rejoin.toml`, environment, targets, timing profiles |
//! | [`playbook`] | the language: types, parser, checks, time expressions |
//! | [`fault`] | the hands: containers seen, faults injected, proven and undone |
//! | [`api`] | the eyes: the orchestrator's HTTP API |
//! | [`target`] | one deployment: hands, eyes and timings together |
//! | [`plan`] | playbook + inventory + settings -> what will be done to which container |
//! | [`journal`] | the append-only record of a run |
//! | [`verdict`] | (expectations, entries) -> pass, fail or unknown, with the evidence |
//! | [`engine`] | the doing: step machine, observer, ledger, stop signals |
//! | [`report`] | what a person reads; a function of the journal |
//! | [`cli`] | argv -> settings -> the verbs |
//! | [`exit`] | the exit codes |

pub mod api;
pub mod cli;
pub mod clock;
pub mod crash_point;
pub mod engine;
pub mod exit;
pub mod fault;
pub mod journal;
pub mod plan;
pub mod playbook;
pub mod report;
pub mod search;
pub mod settings;
pub mod target;
pub mod verdict;
