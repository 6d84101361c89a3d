//! Plain JSON over the engine's socket, for what must not pass through a typed model.
//!
//! bollard's models drop fields that they do not know. Containers must come back as they were, so they are
//! looked at, created and connected in the engine's own JSON, and so are their volumes.

use std::time::Duration;

use serde_json::Value;

use super::engine::{TIMEOUT_SECONDS, reason};
use crate::crash_point;
use crate::fault::recreate::json::text;
use crate::fault::{ContainerName, FaultError};

/// A client for the containers of one engine.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    client: reqwest::Client,
    base: String,
}

impl Plain {
    /// A client for the engine at `host`, speaking this version of its API.
    pub(super) fn to(host: &str, version: &str) -> Result<Self, String> {
        let (client, root) = client(host)?;
        Ok(Self {
            client,
            base: format!("{root}/v{version}"),
        })
    }

    /// Everything the engine says about the container of this id; `None` where there is none.
    pub(super) async fn inspect(&self, container: &str) -> Result<Option<Value>, FaultError> {
        let path = format!("/containers/{container}/json");
        self.look(&path, &format!("look at {container}")).await
    }

    /// Everything the engine says about the container of exactly this name. A name that is no
    /// container's the engine takes for the beginning of an id: then it answers with a stranger.
    pub(super) async fn named(&self, name: &ContainerName) -> Result<Option<Value>, FaultError> {
        let found = self.inspect(&name.0).await?;
        let its = |inspect: &Value| text(inspect, "/Name").trim_start_matches('/') == name.0;
        Ok(found.filter(its))
    }

    /// Everything the engine says about a volume; `None` where there is none.
    pub(super) async fn volume(&self, name: &str) -> Result<Option<Value>, FaultError> {
        let path = format!("/volumes/{name}");
        self.look(&path, &format!("look at the volume {name}"))
            .await
    }

    /// Creates a container; `None` where the name is taken.
    pub(super) async fn create(
        &self,
        name: &str,
        body: &Value,
    ) -> Result<Option<String>, FaultError> {
        let url = format!("{}/containers/create?name={name}", self.base);
        let request = self.client.post(url).json(body);
        let action = format!("create {name}");
        match crash_point::around(self.answer(request, &action)).await {
            Ok(answer) => Ok(answer["Id"].as_str().map(str::to_owned)),
            Err(refusal) if refusal.status == Some(409) => Ok(None),
            Err(refusal) => Err(refusal.error),
        }
    }

    /// Creates a volume; one of the same name and driver that is there already is no error.
    pub(super) async fn create_volume(&self, name: &str, body: &Value) -> Result<(), FaultError> {
        let url = format!("{}/volumes/create", self.base);
        let request = self.client.post(url).json(body);
        let action = format!("create the volume {name}");
        let answer = crash_point::around(self.answer(request, &action)).await;
        answer.map(drop).map_err(|refusal| refusal.error)
    }

    /// Everything the engine says about a network; `None` where there is none.
    pub(super) async fn network(&self, name: &str) -> Result<Option<Value>, FaultError> {
        let path = format!("/networks/{name}");
        self.look(&path, &format!("look at the network {name}"))
            .await
    }

    /// Connects a container to a network, with the endpoint's settings. Its crash points are those of its
    /// callers: one has a witness, who has them already.
    pub(super) async fn join(
        &self,
        id: &str,
        network: &str,
        endpoint: &Value,
    ) -> Result<(), FaultError> {
        let body = serde_json::json!({ "Container": id, "EndpointConfig": endpoint });
        let url = format!("{}/networks/{network}/connect", self.base);
        let request = self.client.post(url).json(&body);
        let answer = self
            .answer(request, &format!("connect {id} to {network}"))
            .await;
        answer.map(drop).map_err(|refusal| refusal.error)
    }

    async fn look(&self, path: &str, action: &str) -> Result<Option<Value>, FaultError> {
        let request = self.client.get(format!("{}{path}", self.base));
        match self.answer(request, action).await {
            Ok(body) => Ok(Some(body)),
            Err(refusal) if refusal.status == Some(404) => Ok(None),
            Err(refusal) => Err(refusal.error),
        }
    }

    async fn answer(
        &self,
        request: reqwest::RequestBuilder,
        action: &str,
    ) -> Result<Value, Refusal> {
        let failed = |status: Option<u16>, reason: String| Refusal {
            status,
            error: FaultError::Engine {
                action: action.to_owned(),
                reason,
            },
        };
        let response = request.send().await.map_err(|e| failed(None, reason(&e)))?;
        let status = response.status();
        let body = response
            .bytes()
            .await
            .map_err(|e| failed(None, reason(&e)))?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let message = value["message"].as_str().unwrap_or("no reason given");
        Err(failed(
            Some(status.as_u16()),
            format!("{status}: {message}"),
        ))
    }
}

/// A plain request that was not answered with success.
struct Refusal {
    status: Option<u16>,
    error: FaultError,
}

/// A client for this engine's socket, and the root of its URLs.
fn client(host: &str) -> Result<(reqwest::Client, String), String> {
    // The environment's proxy is for the web. The engine is reached as bollard reaches it: directly, and
    // without TLS, so a machine that has no certificates at all must do.
    let builder = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .timeout(Duration::from_secs(TIMEOUT_SECONDS));
    let mut root = "http://localhost".to_owned();
    #[cfg(unix)]
    let builder = match host.strip_prefix("unix://") {
        Some(path) => builder.unix_socket(std::path::PathBuf::from(path)),
        None => builder,
    };
    #[cfg(windows)]
    let builder = match host.strip_prefix("npipe://") {
        Some(path) => builder.windows_named_pipe(path.replace('/', "\\")),
        None => builder,
    };
    for scheme in ["tcp://", "http://"] {
        if let Some(rest) = host.strip_prefix(scheme) {
            root = format!("http://{}", rest.trim_end_matches('/'));
        }
    }
    let client = builder.build().map_err(|e| reason(&e))?;
    Ok((client, root))
}
