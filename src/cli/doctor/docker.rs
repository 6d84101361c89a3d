//! What is examined on a target of containers.

use std::net::TcpListener;

use super::Examination;
use crate::api::Orchestrator;
use crate::api::client::Client;
use crate::api::http::{Held, Http, is_this_machine};
use crate::api::model::NodeState;
use crate::engine::ready::leftover;
use crate::fault::docker::DockerHands;
use crate::fault::{Faults, Inventory, RunState};
use crate::settings::{DockerSettings, Environment};
use crate::target::compose::{self, Tool};
use crate::target::{check_timing, docker, matching};

impl Examination {
    /// Examines the machine, the engine, the containers and the orchestrator, in this order.
    pub(super) async fn docker(
        &mut self,
        name: &str,
        settings: &DockerSettings,
        environment: &Environment,
    ) {
        self.compose().await;
        self.access(name, settings).await;
        let hands = match docker::hands(name, settings, environment).await {
            Ok(hands) => hands,
            Err(error) => return self.failure("engine", error.to_string()),
        };
        self.engine(&hands).await;
        self.images(&hands, settings).await;
        let containers = match hands.inventory().await {
            Ok(containers) => containers,
            Err(error) => {
                self.failure("containers", error.to_string());
                return self.port(settings);
            }
        };
        self.containers(name, settings, &containers);
        // Where there are no eyes it was said why.
        if let Ok(eyes) = docker::eyes(name, settings) {
            self.orchestrator(&eyes, settings, &containers).await;
        }
    }

    /// Where the API is, where its token comes from, and whether it can be had.
    async fn access(&mut self, name: &str, settings: &DockerSettings) {
        let endpoint = match settings.endpoint(name) {
            Ok(endpoint) => endpoint,
            Err(error) => return self.failure("endpoint", error.to_string()),
        };
        let from = &settings.access.endpoint.from;
        let source = settings.access.token.words();
        let http = match Http::with(endpoint, &settings.access, "") {
            Ok(http) => http,
            // Not shown as it is: it may hold a password.
            Err(error) => return self.failure("endpoint", format!("{from}: {error}")),
        };
        self.ok("endpoint", format!("{endpoint} ({from})"));
        match http.token().await {
            Ok(Held::None) if settings.enrolment.is_some() => {
                self.warning("token", format!("none: {source}; the API will want one"));
            }
            Ok(Held::None) => self.ok("token", format!("none: {source}")),
            Ok(Held::AsItIs) => self.ok("token", source),
            Ok(Held::Exchanged) => {
                let at = &settings.access.auth_url;
                self.ok("token", format!("{source}, exchanged at {at}"));
            }
            Err(error) => self.failure("token", error.to_string()),
        }
        if let Some(file) = &settings.access.ca_file {
            self.ok(
                "trust",
                format!("the system's certificates and {}", file.display()),
            );
        }
    }

    async fn compose(&mut self) {
        match Tool::find().await {
            Ok(tool) => {
                let version = tool.version().await.unwrap_or_default();
                self.ok("compose", format!("{} {version}", tool.name()));
            }
            // A stack that is up can be tested without it.
            Err(error) => self.warning("compose", error.to_string()),
        }
    }

    async fn engine(&mut self, hands: &DockerHands) {
        match hands.engine().facts().await {
            Ok(facts) => {
                let address = &facts.address;
                self.ok(
                    "engine",
                    format!("{} at {} ({})", facts.version, address.host, address.source),
                );
                match facts.impossible_words() {
                    Some(words) => self.warning("faults", words),
                    None => self.ok("faults", "the engine can inject all of them"),
                }
                self.ok("engine API", facts.api_version);
            }
            Err(error) => self.failure("engine", error.to_string()),
        }
    }

    async fn images(&mut self, hands: &DockerHands, settings: &DockerSettings) {
        let named = match compose::images(settings).await {
            Ok(images) => images,
            Err(error) => return self.warning("images", error.to_string()),
        };
        let mut missing = Vec::new();
        for image in &named {
            match hands.engine().image_id(image).await {
                Ok(Some(_)) => {}
                Ok(None) => missing.push(image.as_str()),
                Err(error) => return self.failure("images", error.to_string()),
            }
        }
        match missing.as_slice() {
            [] => self.ok("images", named.join(", ")),
            missing => self.failure(
                "images",
                format!("missing: {}; build them: just images", missing.join(", ")),
            ),
        }
    }

    /// Nothing of ours runs, so nobody should be on its port.
    fn port(&mut self, settings: &DockerSettings) {
        let endpoint = settings.access.endpoint.url.as_deref();
        // One that holds a password is no address to bind, and not to be shown.
        let ours =
            |url: &&str| settings.enrolment.is_none() && is_this_machine(url) && !url.contains('@');
        let Some(endpoint) = endpoint.filter(ours) else {
            return; // whoever is there is not of this stack
        };
        let address = endpoint.trim_start_matches("http://").trim_end_matches('/');
        match TcpListener::bind(address) {
            Ok(_) => self.ok("port", format!("{address} is free")),
            Err(error) => self.failure(
                "port",
                format!("{address}: {error}; set API_PORT to a free one"),
            ),
        }
    }

    fn containers(&mut self, name: &str, settings: &DockerSettings, containers: &Inventory) {
        let down: Vec<String> = containers
            .values()
            .filter(|container| container.state != RunState::Running)
            .map(|container| container.name.to_string())
            .collect();
        let up = format!("rejoin up --target {name}");
        match down.as_slice() {
            [] => self.ok("containers", format!("{} run", containers.len())),
            down => self.failure(
                "containers",
                format!("not running: {}; {up}", down.join(", ")),
            ),
        }
        match check_timing(name, &settings.timing, containers) {
            Ok(()) => self.ok("timing", settings.timing.name.clone()),
            Err(error) => self.failure("timing", error.to_string()),
        }
    }

    async fn orchestrator(
        &mut self,
        eyes: &Client<Http>,
        settings: &DockerSettings,
        containers: &Inventory,
    ) {
        let version = match eyes.status().await {
            Ok(status) => status.and_then(|status| status.version),
            Err(error) => return self.failure("API", error.to_string()),
        };
        let version = version.unwrap_or_else(|| "of unknown version".to_owned());
        self.ok("API", format!("{} is {version}", eyes.base()));
        match eyes.nodes().await {
            Ok(nodes) => {
                match matching::match_nodes(&matching::edges(containers, &settings.nodes), &nodes) {
                    Ok(matched) => {
                        for (edge, node) in &matched {
                            let state = node
                                .state
                                .as_ref()
                                .map_or("without a state", NodeState::as_str);
                            let words = format!(
                                "{edge} is node {} ({}), {state}",
                                node.name.as_deref().unwrap_or("?"),
                                node.id
                            );
                            match node.state {
                                Some(NodeState::Connected) => self.ok("node", words),
                                _ => self.warning("node", format!("{words}; a run waits for it")),
                            }
                        }
                    }
                    Err(error) => self.failure("nodes", error.to_string()),
                }
            }
            Err(error) => self.failure("nodes", error.to_string()),
        }
        match eyes.jobs().await {
            Ok(jobs) => {
                let left: Vec<String> = jobs.iter().filter_map(leftover).collect();
                match left.as_slice() {
                    [] => self.ok("leftovers", "none"),
                    left => self.failure("leftovers", left.join("; ")),
                }
            }
            Err(error) => self.failure("leftovers", error.to_string()),
        }
    }
}
