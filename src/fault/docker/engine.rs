//! The connection to the engine: bollard, and plain JSON (`plain`) for what bollard would cut short.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptionsBuilder;
use bollard::{API_DEFAULT_VERSION, Docker};
use futures_util::Stream;

use super::locate::{Address, locate};
use super::plain::Plain;
use super::time::EngineTime;
use crate::fault::FaultError;
use crate::settings::Environment;

/// A restart waits for the container's own stop timeout, so requests may take long.
pub(super) const TIMEOUT_SECONDS: u64 = 120;
/// An engine that does not answer its version in this time is no use.
const FIRST_ANSWER: Duration = Duration::from_secs(10);

/// What the engine tells, as long as the connection lasts.
pub(super) type Events =
    Pin<Box<dyn Stream<Item = Result<EventMessage, bollard::errors::Error>> + Send>>;

/// An engine that answered.
#[derive(Clone)]
pub struct Engine {
    pub(super) docker: Docker,
    pub(super) plain: Plain,
    address: Address,
}

/// What an engine says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineFacts {
    /// Where it was found and why there.
    pub address: Address,
    /// The engine's own id, stable over restarts.
    pub id: String,
    /// Its version, such as `20.10.24`.
    pub version: String,
    /// The API version agreed on, such as `1.41`.
    pub api_version: String,
    /// The system of its containers: `linux`, `windows`.
    pub os: String,
    /// Whether it runs without root's rights.
    pub rootless: bool,
    /// Which control groups it uses: `1`, `2`; empty where it does not say.
    pub cgroup_version: String,
    /// What manages them: `cgroupfs`, `systemd`, `none`; empty where it does not say.
    pub cgroup_driver: String,
}

impl Engine {
    /// Finds the engine, connects, and agrees on the API version.
    ///
    /// # Errors
    /// [`FaultError::NoEngine`] with the address and what the connection said.
    pub async fn connect(environment: &Environment) -> Result<Self, FaultError> {
        let address = locate(environment)?;
        let no_engine = |reason: String| FaultError::NoEngine {
            endpoint: format!("{} ({})", address.host, address.source),
            reason,
        };
        let docker = open(&address.host).map_err(&no_engine)?;
        let docker = tokio::time::timeout(FIRST_ANSWER, docker.negotiate_version())
            .await
            .map_err(|_| no_engine(format!("no answer within {} s", FIRST_ANSWER.as_secs())))?
            .map_err(|error| no_engine(reason(&error)))?;
        let version = docker.client_version().to_string();
        let plain = Plain::to(&address.host, &version).map_err(&no_engine)?;
        Ok(Self {
            docker,
            plain,
            address,
        })
    }

    /// What the engine says about itself.
    pub async fn facts(&self) -> Result<EngineFacts, FaultError> {
        let info = self.docker.info().await;
        let info = info.map_err(|error| failed("say what it is", &error))?;
        Ok(EngineFacts {
            address: self.address.clone(),
            id: info.id.unwrap_or_default(),
            version: info.server_version.unwrap_or_default(),
            api_version: self.docker.client_version().to_string(),
            os: info.os_type.unwrap_or_default(),
            rootless: info
                .security_options
                .into_iter()
                .flatten()
                .any(|option| option.split(',').any(|part| part == "name=rootless")),
            cgroup_version: info
                .cgroup_version
                .map_or_else(String::new, |it| it.to_string()),
            cgroup_driver: info
                .cgroup_driver
                .map_or_else(String::new, |it| it.to_string()),
        })
    }

    /// Whether it is reached by a socket of this machine, so that its containers are processes here.
    pub(super) fn is_here(&self) -> bool {
        self.address.host.starts_with("unix://")
    }

    /// The machine on which it publishes ports, as a host of a URL.
    pub(super) fn machine(&self) -> &str {
        let host = self.address.host.as_str();
        match host
            .strip_prefix("tcp://")
            .or_else(|| host.strip_prefix("http://"))
        {
            Some(rest) => rest.rsplit_once(':').map_or(rest, |(name, _port)| name),
            None => "127.0.0.1",
        }
    }

    /// What its clock says.
    pub(super) async fn now(&self) -> Result<EngineTime, FaultError> {
        let info = self.docker.info().await;
        let info = info.map_err(|error| failed("tell the time", &error))?;
        let time = info.system_time.as_deref().and_then(EngineTime::parse);
        time.ok_or_else(|| FaultError::Engine {
            action: "tell the time".to_owned(),
            reason: "its `SystemTime` is missing or is no time".to_owned(),
        })
    }

    /// The events of one kind of things (`container`, `network`), perhaps of only one by its id: those that
    /// the engine remembers since a moment of its own clock, then those to come. Nothing is asked for
    /// before the first poll.
    pub(super) fn events(&self, kind: &str, id: Option<&str>, since: EngineTime) -> Events {
        let mut filters = HashMap::from([("type", vec![kind])]);
        filters.extend(id.map(|id| (kind, vec![id])));
        let options = EventsOptionsBuilder::new()
            .since(&since.since())
            .filters(&filters)
            .build();
        Box::pin(self.docker.events(Some(options)))
    }

    /// The id of the image that this name points to; `None` where there is none.
    pub async fn image_id(&self, name: &str) -> Result<Option<String>, FaultError> {
        match self.docker.inspect_image(name).await {
            Ok(image) => Ok(image.id),
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(failed(&format!("look at the image {name}"), &error)),
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn open(host: &str) -> Result<Docker, String> {
    let unsupported = "only unix://, npipe:// and tcp:// without TLS are supported by this version; \
        for ssh or TLS forward the socket";
    #[cfg(unix)]
    if host.starts_with("unix://") {
        return Docker::connect_with_unix(host, TIMEOUT_SECONDS, API_DEFAULT_VERSION)
            .map_err(|e| reason(&e));
    }
    #[cfg(windows)]
    if host.starts_with("npipe://") {
        return Docker::connect_with_named_pipe(host, TIMEOUT_SECONDS, API_DEFAULT_VERSION)
            .map_err(|e| reason(&e));
    }
    if host.starts_with("tcp://") || host.starts_with("http://") {
        return Docker::connect_with_http(host, TIMEOUT_SECONDS, API_DEFAULT_VERSION)
            .map_err(|e| reason(&e));
    }
    Err(unsupported.to_owned())
}

/// The HTTP status with which the engine refused.
pub(super) fn status(error: &bollard::errors::Error) -> Option<u16> {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// The engine failed to do something.
pub(super) fn failed(action: &str, error: &bollard::errors::Error) -> FaultError {
    FaultError::Engine {
        action: action.to_owned(),
        reason: reason(error),
    }
}

/// The words of the engine, or the innermost cause: the outer ones only say that a request failed.
pub(super) fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
