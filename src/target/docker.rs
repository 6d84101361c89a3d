//! A target on a container engine: the containers of a compose project, found by their labels.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::watch;

use super::edge_api::EdgeApis;
use super::matching::Edge;
use super::{Kind, Subject, Target, TargetError, Truth, VARIANT_LABEL};
use crate::api::client::Client;
use crate::api::http::Http;
use crate::api::{ApiError, Orchestrator};
use crate::clock::Clock;
use crate::fault::docker::{DockerHands, Door, Engine, Scope};
use crate::fault::{FaultError, Inventory};
use crate::settings::{DockerSettings, Environment, Timing};

/// The port in its container on which an edge serves its own API.
const EDGE_PORT: &str = "9010/tcp";
/// How long an edge may take to say what it runs: the observer must not starve meanwhile.
const TRUTH_LIMIT: Duration = Duration::from_secs(3);

/// A compose project on a container engine.
#[derive(Debug)]
pub struct DockerTarget {
    name: String,
    hands: DockerHands,
    eyes: Client<Http>,
    edges: EdgeApis,
    timing: Timing,
    clock: Clock,
    nodes: BTreeMap<String, String>,
    max_hit: Option<usize>,
}

impl DockerTarget {
    /// Finds the engine and makes hands and eyes. Neither containers nor the API are asked yet.
    pub async fn connect(
        name: &str,
        settings: &DockerSettings,
        environment: &Environment,
    ) -> Result<Self, TargetError> {
        let eyes = eyes(name, settings)?;
        let hands = hands(name, settings, environment).await?;
        Ok(Self {
            name: name.to_owned(),
            hands,
            edges: EdgeApis::default(),
            eyes,
            timing: settings.timing.clone(),
            clock: Clock::wall(),
            nodes: settings.nodes.clone(),
            max_hit: settings.max_hit,
        })
    }
}

/// The hands alone, for verbs that ask no orchestrator: they must do without an endpoint and a token.
pub async fn hands(
    name: &str,
    settings: &DockerSettings,
    environment: &Environment,
) -> Result<DockerHands, TargetError> {
    let engine = Engine::connect(environment).await?;
    Ok(DockerHands::new(engine, scope(name, settings)))
}

/// What the ledger of these containers is called in the user's state directory.
pub async fn ledger_name(hands: &DockerHands) -> Result<String, FaultError> {
    let engine = hands.engine().facts().await?.id;
    Ok(ledger_of(&engine, hands.scope()))
}

/// By engine, project and compose file: two files of one project are two targets, and neither may forget
/// what the other owes.
fn ledger_of(engine: &str, scope: &Scope) -> String {
    let name = format!("{engine}-{}-{}", scope.project, scope.file);
    // The old form of an engine's id has colons, which some file systems refuse.
    name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "-")
}

/// The eyes alone, for verbs that need no engine.
pub fn eyes(name: &str, settings: &DockerSettings) -> Result<Client<Http>, TargetError> {
    let hint = match settings.enrolment {
        None => format!("is the stack up? rejoin up --target {name}"),
        Some(_) => format!("is the endpoint right ({})?", settings.access.endpoint.from),
    };
    let http = Http::with(settings.endpoint(name)?, &settings.access, &hint)?;
    let client = Client::new(http).with_heartbeat(settings.timing.heartbeat);
    Ok(client.at_most(settings.requests_per_second))
}

/// Which containers are the target's.
fn scope(name: &str, settings: &DockerSettings) -> Scope {
    let file = settings.compose_file.file_name().unwrap_or_default();
    Scope {
        target: name.to_owned(),
        project: settings.project.clone(),
        file: file.to_string_lossy().into_owned(),
        roles: settings.roles.clone(),
    }
}

impl Target for DockerTarget {
    type Hands = DockerHands;
    type Eyes = Client<Http>;

    fn name(&self) -> &str {
        &self.name
    }

    fn hands(&self) -> &DockerHands {
        &self.hands
    }

    fn eyes(&self) -> &Client<Http> {
        &self.eyes
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn node_names(&self) -> &BTreeMap<String, String> {
        &self.nodes
    }

    fn max_hit(&self) -> Option<usize> {
        self.max_hit
    }

    async fn subject(&self, containers: &Inventory) -> Result<Subject, ApiError> {
        let status = self.eyes.status().await?;
        let images = containers
            .values()
            .map(|c| (c.image.clone(), c.image_id.clone()));
        // The containers say how they behave; the settings only say what to bring up.
        let variant = containers
            .values()
            .find_map(|c| c.labels.get(VARIANT_LABEL));
        Ok(Subject {
            target: self.name.clone(),
            kind: Kind::Docker,
            images: images.collect(),
            version: status.and_then(|status| status.version),
            variant: variant.cloned(),
            timing: self.timing.name.clone(),
        })
    }

    async fn ledger_name(&self) -> Result<Option<String>, FaultError> {
        ledger_name(&self.hands).await.map(Some)
    }

    async fn truth(&self, edge: &Edge) -> Result<Truth, TargetError> {
        let no_truth = |reason: &str| TargetError::NoTruth {
            edge: edge.name.clone(),
            reason: reason.to_owned(),
        };
        match self.hands.door(&edge.container, EDGE_PORT).await? {
            Door::Down => Ok(Truth::Down),
            Door::Frozen => Err(TargetError::Frozen(edge.name.clone())),
            Door::Closed => Ok(Truth::Silent),
            Door::Away => Err(no_truth(
                "its API is published through a network that it is off at the moment",
            )),
            Door::At(address) => {
                let asked = tokio::time::timeout(TRUTH_LIMIT, self.edges.ask(&address)).await;
                asked.unwrap_or_else(|_| {
                    let limit = TRUTH_LIMIT.as_secs();
                    Err(no_truth(&format!(
                        "no answer at {address} within {limit} s"
                    )))
                })
            }
        }
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        None // an engine's events do not say what the orchestrator made of them
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_compose_files_of_one_project_have_two_ledgers() {
        let ledger = |file: &str| {
            let scope = Scope {
                target: "any".to_owned(),
                project: "rejoin".to_owned(),
                file: file.to_owned(),
                roles: BTreeMap::new(),
            };
            ledger_of("ABCD:EFGH", &scope)
        };
        assert_eq!(
            ledger("docker-compose.yml"),
            "ABCD-EFGH-rejoin-docker-compose-yml"
        );
        assert_ne!(
            ledger("docker-compose.yml"),
            ledger("docker-compose.debug.yml")
        );
    }
}
