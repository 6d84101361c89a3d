//! What is configured for one target.
//!
//! Apart from the file's shape: these values are complete, every default filled in and every path
//! resolved, so that no other room knows where a value came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::expanso::{self, Enrolment};
use super::{Access, Endpoint, Environment, SettingsError, Timing, Variables, unknown_timing};

/// The behaviour of the stand-in where nobody says otherwise: the bug.
pub const DEFAULT_VARIANT: &str = "issue-395";

/// The seed where nobody says otherwise, so that two runs of the simulation are the same.
pub const DEFAULT_SEED: u64 = 1;

/// How many requests an API gets in any one second where nobody says otherwise: several times what a run
/// of a few jobs needs, and little for a server.
const REQUESTS_PER_SECOND: usize = 100;

/// What is configured for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetSettings {
    /// Stand-in and edges in this process.
    Sim(SimSettings),
    /// Containers of a compose project on a container engine.
    Docker(Box<DockerSettings>),
}

/// A simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimSettings {
    /// How many edges it has.
    pub edges: usize,
    /// How its orchestrator behaves.
    pub variant: String,
    /// Its timings.
    pub timing: Timing,
    /// Where its ids and choices come from.
    pub seed: u64,
    /// How many containers one run may hit with faults; `None` where nothing limits it.
    pub max_hit: Option<usize>,
}

/// A compose project and the API that it publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerSettings {
    /// The compose file, resolved.
    pub compose_file: PathBuf,
    /// The compose project, as compose computes it where nothing names it.
    pub project: String,
    /// How its API is reached.
    pub access: Access,
    /// The timings that the deployment is configured with.
    pub timing: Timing,
    /// The behaviour to bring a stand-in up with; `None` leaves it to the compose file.
    pub variant: Option<String>,
    /// `STACK_SUFFIX`, handed on to compose; `None` leaves it to the compose file.
    pub stack_suffix: Option<String>,
    /// `API_PORT`, handed on to compose; `None` leaves it to the compose file.
    pub api_port: Option<String>,
    /// More variables to hand on to compose; those above win.
    pub compose_env: Variables,
    /// What the services do that carry no label `rejoin.role`.
    pub roles: BTreeMap<String, ServiceRole>,
    /// The node name of services whose node is not found by name or hostname.
    pub nodes: BTreeMap<String, String>,
    /// What its edges register themselves with, where they are edges of Expanso Cloud: the orchestrator
    /// is elsewhere then, and the variables of the debug stack are not meant.
    pub enrolment: Option<Enrolment>,
    /// How many containers one run may hit with faults; `None` where nothing limits it.
    pub max_hit: Option<usize>,
    /// Whether nothing touches it without `--yes`.
    pub confirm: bool,
    /// How many requests the API gets in any one second at the most.
    pub requests_per_second: usize,
}

/// What a service of a compose file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceRole {
    /// The message bus.
    Nats,
    /// The orchestrator.
    Orchestrator,
    /// A node's agent.
    Edge,
}

impl TargetSettings {
    /// The target's timings.
    pub fn timing(&self) -> &Timing {
        match self {
            Self::Sim(sim) => &sim.timing,
            Self::Docker(docker) => &docker.timing,
        }
    }

    /// The stand-in's behaviour, where it is known.
    pub fn variant(&self) -> Option<&str> {
        match self {
            Self::Sim(sim) => Some(&sim.variant),
            Self::Docker(docker) => docker.variant.as_deref(),
        }
    }

    /// The API's address; an error that names what to set where there is none. `name` is the target's.
    pub fn endpoint(&self, name: &str) -> Result<Option<&str>, SettingsError> {
        let Self::Docker(docker) = self else {
            return Ok(None);
        };
        docker.endpoint(name).map(Some)
    }

    /// What a person should know before the target is used.
    pub fn warnings(&self) -> &[String] {
        match self {
            Self::Sim(_) => &[],
            Self::Docker(docker) => &docker.access.warnings,
        }
    }

    /// Trusts the certificates of this file, too (`--ca-file`).
    pub fn set_ca_file(&mut self, file: PathBuf) -> Result<(), SettingsError> {
        match self {
            Self::Sim(_) => Err(SettingsError::NoNetwork),
            Self::Docker(docker) => {
                docker.access.ca_file = Some(file);
                Ok(())
            }
        }
    }

    /// Takes another timing profile (`--timing`).
    pub fn set_timing(&mut self, name: &str) -> Result<(), SettingsError> {
        let timing = Timing::profile(name).ok_or_else(|| unknown_timing(name))?;
        match self {
            Self::Sim(sim) => sim.timing = timing,
            Self::Docker(docker) => docker.timing = timing,
        }
        Ok(())
    }

    /// Takes another behaviour (`--variant`); the target's own room knows which there are.
    pub fn set_variant(&mut self, name: &str) {
        match self {
            Self::Sim(sim) => name.clone_into(&mut sim.variant),
            Self::Docker(docker) => docker.variant = Some(name.to_owned()),
        }
    }
}

impl SimSettings {
    /// The built-in target `sim`.
    pub(super) fn built_in() -> Self {
        Self {
            edges: 2,
            variant: DEFAULT_VARIANT.to_owned(),
            timing: Timing::default(),
            seed: DEFAULT_SEED,
            max_hit: None,
        }
    }
}

impl DockerSettings {
    /// The API's address; an error that names what to set where there is none. `name` is the target's.
    pub fn endpoint(&self, name: &str) -> Result<&str, SettingsError> {
        let Endpoint { url, from } = &self.access.endpoint;
        url.as_deref().ok_or_else(|| SettingsError::NoEndpoint {
            target: name.to_owned(),
            from: from.clone(),
        })
    }

    /// The built-in target `local`; paths are resolved against `folder`.
    pub(super) fn local(folder: &Path, environment: &Environment) -> Self {
        let compose_file = folder.join("docker-compose.debug.yml");
        let own = |name| environment.get(name).map(str::to_owned);
        let port = environment.get("API_PORT");
        let endpoint = Endpoint {
            url: Some(format!("http://127.0.0.1:{}", port.unwrap_or("9010"))),
            from: match port {
                Some(_) => format!("API_PORT in {}", environment.origin("API_PORT")),
                None => "the debug stack's own".to_owned(),
            },
        };
        Self {
            project: own("COMPOSE_PROJECT_NAME").unwrap_or_else(|| project_of(&compose_file)),
            compose_file,
            access: Access::of(endpoint, "API_TOKEN", environment),
            // A profile that is not built in shows when the containers' labels are compared.
            timing: environment
                .get("STANDIN_TIMING")
                .and_then(Timing::profile)
                .unwrap_or_default(),
            variant: own("STANDIN_VARIANT"),
            stack_suffix: own("STACK_SUFFIX"),
            api_port: own("API_PORT"),
            compose_env: Variables::default(),
            roles: BTreeMap::from([
                ("nats".to_owned(), ServiceRole::Nats),
                ("orchestrator".to_owned(), ServiceRole::Orchestrator),
            ]),
            nodes: BTreeMap::new(),
            enrolment: None,
            max_hit: None,
            confirm: false,
            requests_per_second: REQUESTS_PER_SECOND,
        }
    }

    /// The built-in target `cloud`: edges here, the orchestrator at Expanso Cloud. The variables of the
    /// debug stack mean that stack, so its variant, suffix, port and timings are not taken over.
    pub(super) fn cloud(folder: &Path, environment: &Environment) -> Self {
        let compose_file = folder.join("docker-compose.yml");
        let project = environment.get("COMPOSE_PROJECT_NAME").map(str::to_owned);
        let endpoint = expanso::endpoint(environment);
        Self {
            project: project.unwrap_or_else(|| project_of(&compose_file)),
            compose_file,
            access: Access::of(endpoint, expanso::API_KEY, environment),
            timing: Timing::profile("current").unwrap_or_default(),
            variant: None,
            stack_suffix: None,
            api_port: None,
            compose_env: Variables::default(),
            roles: BTreeMap::new(),
            nodes: BTreeMap::new(),
            enrolment: Some(Enrolment::of(environment)),
            max_hit: None,
            confirm: false,
            requests_per_second: REQUESTS_PER_SECOND,
        }
    }
}

/// The project name that compose gives a file when nothing names one: its folder's base name in
/// lower case, without characters that are not allowed.
pub(super) fn project_of(compose_file: &Path) -> String {
    let folder = compose_file
        .parent()
        .and_then(Path::file_name)
        .unwrap_or_default();
    let name: String = folder
        .to_string_lossy()
        .to_lowercase()
        .chars()
        .filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-'))
        .collect();
    let name = name.trim_start_matches(['_', '-']);
    if name.is_empty() { "default" } else { name }.to_owned()
}
