//! Containers that a benchmark makes for itself, and the raw calls and the CLI on them.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, KillContainerOptionsBuilder, ListContainersOptionsBuilder,
    RemoveContainerOptionsBuilder,
};
use futures_util::future::try_join_all;
use rejoin::fault::docker::{DockerHands, Engine, Scope};
use rejoin::settings::Environment;

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const PROJECT: &str = "rejoin-bench";
const IMAGE: &str = "rejoin/nats:dev";
const LABELS: [(&str, &str); 3] = [
    ("com.docker.compose.project", PROJECT),
    ("com.docker.compose.project.config_files", "compose.yml"),
    ("rejoin.role", "edge"),
];

/// Why there is nothing to measure here; `None` where there is.
pub(crate) fn missing() -> Option<String> {
    let asked = [&["version"][..], &["image", "inspect", IMAGE]];
    let failed = asked.into_iter().find(|args| cli(args).is_err())?;
    Some(format!("`docker {}` fails", failed.join(" ")))
}

/// The command, with as many names as one likes.
pub(crate) fn cli(args: &[&str]) -> Result {
    let status = Command::new("docker")
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`docker {}` failed", args.join(" ")).into())
    }
}

/// Hands on the containers of this benchmark, as `rejoin run` has them.
pub(crate) async fn hands() -> Result<DockerHands> {
    let scope = Scope {
        target: "bench".to_owned(),
        project: PROJECT.to_owned(),
        file: "compose.yml".to_owned(),
        roles: std::collections::BTreeMap::new(),
    };
    let engine = Engine::connect(&Environment::read()).await?;
    Ok(DockerHands::new(engine, scope))
}

/// The raw calls, each of all containers at once and over as soon as the engine has answered.
pub(crate) struct Raw(Docker);

impl Raw {
    pub(crate) async fn connect(hands: &DockerHands) -> Result<Self> {
        let address = hands.engine().facts().await?.address.host;
        let version = bollard::API_DEFAULT_VERSION;
        let docker = match address.strip_prefix("unix://") {
            Some(_) => Docker::connect_with_unix(&address, 120, version)?,
            None => Docker::connect_with_http(&address, 120, version)?,
        };
        Ok(Self(docker.negotiate_version().await?))
    }

    pub(crate) async fn kill(&self, names: &[&str]) -> Result {
        let options = || KillContainerOptionsBuilder::new().signal("SIGKILL").build();
        let all = names
            .iter()
            .map(|name| self.0.kill_container(name, Some(options())));
        try_join_all(all).await?;
        Ok(())
    }

    pub(crate) async fn remove(&self, names: &[&str]) -> Result {
        let options = || RemoveContainerOptionsBuilder::new().force(true).build();
        let all = names
            .iter()
            .map(|name| self.0.remove_container(name, Some(options())));
        try_join_all(all).await?;
        Ok(())
    }

    pub(crate) async fn start(&self, names: &[&str]) -> Result {
        let all = names.iter().map(|name| self.0.start_container(name, None));
        try_join_all(all).await?;
        Ok(())
    }

    /// Creates them and starts them.
    pub(crate) async fn make(&self, names: &[&str]) -> Result {
        let all = names.iter().map(async |name| {
            let own = ("com.docker.compose.service", *name);
            let labels = LABELS.into_iter().chain([own]);
            let labels: HashMap<String, String> = labels
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let body = ContainerCreateBody {
                image: Some(IMAGE.to_owned()),
                labels: Some(labels),
                host_config: Some(HostConfig {
                    network_mode: Some("none".to_owned()),
                    ..HostConfig::default()
                }),
                ..ContainerCreateBody::default()
            };
            let options = CreateContainerOptionsBuilder::new().name(name).build();
            self.0.create_container(Some(options), body).await?;
            self.0.start_container(name, None).await
        });
        try_join_all(all).await?;
        Ok(())
    }

    /// Removes whatever this benchmark, or one before it, has made.
    pub(crate) async fn clear(&self) -> Result {
        let mine = format!("{}={}", LABELS[0].0, LABELS[0].1);
        let options = ListContainersOptionsBuilder::new()
            .all(true)
            .filters(&HashMap::from([("label", vec![mine])]))
            .build();
        let listed = self.0.list_containers(Some(options)).await?;
        let ids: Vec<String> = listed.into_iter().filter_map(|it| it.id).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.remove(&ids).await
    }
}
