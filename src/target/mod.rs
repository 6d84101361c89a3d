//! Targets: one deployment each, with hands, eyes, timings and a clock.
//!
//! [`Target`] is what the engine runs against. [`docker`] is a compose project on a container engine
//! (brought up and down by [`compose`]), [`sim`] the simulation in this process; [`matching`] says which
//! container is which node.

pub mod compose;
pub mod docker;
mod edge_api;
pub mod matching;
pub mod ready;
pub mod sim;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::api::http::EndpointError;
use crate::api::model::Execution;
use crate::api::{ApiError, Orchestrator};
use crate::clock::Clock;
use crate::fault::{FaultError, Faults, Inventory};
use crate::settings::{SettingsError, Timing};

use matching::Edge;

/// The label that every job of a run carries; its value is the run's id.
pub const RUN_LABEL: &str = "rejoin.run";

/// The label with which containers say which timing profile they run on.
const TIMING_LABEL: &str = "rejoin.timing";
/// The label with which containers of a stand-in say how they behave.
const VARIANT_LABEL: &str = "rejoin.variant";

/// One deployment under test.
#[expect(
    async_fn_in_trait,
    reason = "everything runs on one current-thread runtime; the futures need not be Send"
)]
pub trait Target {
    /// The hands on its containers.
    type Hands: Faults;
    /// The eyes on its orchestrator.
    type Eyes: Orchestrator;

    /// Its name in the settings.
    fn name(&self) -> &str;
    /// The hands on its containers.
    fn hands(&self) -> &Self::Hands;
    /// The eyes on its orchestrator.
    fn eyes(&self) -> &Self::Eyes;
    /// The timings that it is configured with.
    fn timing(&self) -> &Timing;
    /// The clock of everything that is recorded about it.
    fn clock(&self) -> Clock;
    /// The node names that the configuration gives to services.
    fn node_names(&self) -> &BTreeMap<String, String>;
    /// How many containers one run may hit with faults, where the configuration limits it.
    fn max_hit(&self) -> Option<usize> {
        None
    }
    /// What is under test, by identity; these are its containers.
    async fn subject(&self, containers: &Inventory) -> Result<Subject, ApiError>;
    /// What its ledger is called in the user's state directory: engine, project and compose file.
    /// `None` where its containers end with this process.
    async fn ledger_name(&self) -> Result<Option<String>, FaultError>;
    /// What the edge itself says it runs. An error where nobody can say at the moment (frozen, no answer).
    async fn truth(&self, edge: &Edge) -> Result<Truth, TargetError>;
    /// A number that changes when something may have changed: when to look, never what is true.
    fn changed(&self) -> Option<watch::Receiver<u64>>;
}

/// What an edge says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Truth {
    /// Its process does not run, so it runs nothing.
    Down,
    /// The executions that it knows, in its own words. It may have forgotten those that are over.
    Runs(Vec<Execution>),
    /// It serves no API that can be reached: not observable.
    Silent,
}

/// What is under test, by identity: stands in every record, so it holds no secret, and for a
/// simulation nothing that differs between machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The target's name in the settings.
    pub target: String,
    /// What kind of target it is.
    pub kind: Kind,
    /// The ids of the images that its containers run, by the image's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, String>,
    /// The version that the orchestrator says it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The stand-in's variant, where one is under test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The name of the timing profile.
    pub timing: String,
}

/// The kinds of targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Stand-in and edges in this process.
    Sim,
    /// Containers of a compose project.
    Docker,
}

/// Why a target cannot be used; nothing was touched.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The containers cannot be reached or are not there.
    #[error(transparent)]
    Containers(#[from] FaultError),
    /// The API does not answer as it should.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The settings do not say what is needed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The configured endpoint cannot be used.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The stack could not be brought up or down.
    #[error(transparent)]
    Compose(#[from] compose::ComposeError),
    /// Containers and nodes do not fit together.
    #[error(transparent)]
    Unmatched(#[from] matching::Unmatched),
    /// The containers run on other timings than the target is configured with: every deadline of a
    /// run would be wrong.
    #[error(
        "{container} runs on the timing profile `{actual}`, target `{target}` is configured with `{configured}`; \
         say --timing {actual}, or bring the stack up again: rejoin up --target {target} --timing {configured}"
    )]
    OtherTiming {
        /// A container that says so.
        container: String,
        /// What its label says.
        actual: String,
        /// The target.
        target: String,
        /// What the settings say.
        configured: String,
    },
    /// An edge's process is frozen, so it cannot say what it runs.
    #[error("{0} is frozen and cannot say what it runs")]
    Frozen(String),
    /// An edge's API cannot be reached at the moment.
    #[error("{edge} cannot be asked what it runs: {reason}")]
    NoTruth {
        /// The edge.
        edge: String,
        /// Why.
        reason: String,
    },
    /// The simulation cannot be built as configured.
    #[error("{0}")]
    Simulation(String),
    /// The stack is up, but its nodes did not become connected in time.
    #[error("the stack is not ready after {waited}: {obstacle}")]
    NotReady {
        /// How long it was waited for.
        waited: String,
        /// What is missing.
        obstacle: String,
    },
}

/// Whether the containers run on the timings that the target is configured with, as far as they say.
pub fn check_timing(
    target: &str,
    timing: &Timing,
    containers: &Inventory,
) -> Result<(), TargetError> {
    for container in containers.values() {
        let actual = container
            .labels
            .get(TIMING_LABEL)
            .filter(|name| **name != timing.name);
        if let Some(actual) = actual {
            return Err(TargetError::OtherTiming {
                container: container.name.to_string(),
                actual: actual.clone(),
                target: target.to_owned(),
                configured: timing.name.clone(),
            });
        }
    }
    Ok(())
}
