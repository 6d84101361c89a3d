//! From what an engine says about a container to the requests that make it again. Pure.
//!
//! Works on the engine's own JSON instead of a typed model: what inspect says under `Config` and
//! `HostConfig` is what create takes, so no field can be lost because a model does not know it. What has
//! to be changed on the way (Docker engine API, measured on 1.41):
//!
//! - a hostname or alias that is the container's short id belonged to the old container;
//! - an IP address is passed on only where somebody asked for it (`IPAMConfig`), never the one drawn;
//! - create takes one endpoint before API 1.44; the others are connected before the start;
//! - a volume without a name in the request is bound by the name that the engine gave it;
//! - a tag may meanwhile point to another image, then the image is named by its id.

mod addition;
mod addressable;
pub(super) mod json;
pub(super) mod networks;
mod volumes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use json::{is_empty, object, text};
use networks::{endpoint_settings, first_endpoint, is_short_id};

use super::RunState;
pub use addition::{Addition, addition};
pub use addressable::addressable;

/// The requests that make a container again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Creation {
    /// The container's name.
    pub name: String,
    /// Whether it ran.
    pub state: RunState,
    /// The body of the create request.
    pub create: Value,
    /// All its networks with the endpoint's settings; the first one is in `create` already.
    pub networks: BTreeMap<String, Value>,
}

/// What the engine has now of the image that a container was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageNow {
    /// The id of the image that the container's image name points to.
    pub named: Option<String>,
    /// Whether the image with the container's image id is still there.
    pub kept: bool,
}

/// How to make the container again that `inspect` (the answer of `GET /containers/{id}/json`) describes.
///
/// # Errors
/// Says in one sentence what would be lost; nothing was touched.
pub fn creation(inspect: &Value, image: &ImageNow) -> Result<Creation, String> {
    let id = text(inspect, "/Id");
    let name = text(inspect, "/Name").trim_start_matches('/');
    let (Some(config), Some(host)) = (object(inspect, "/Config"), object(inspect, "/HostConfig"))
    else {
        return Err("the engine's description of it has no Config or no HostConfig".to_owned());
    };
    let state = state(inspect);
    if state == RunState::Paused {
        return Err("it is paused; unpause it first".to_owned());
    }
    addressable(inspect)?;
    let mut host = host.clone();
    volumes::bind(inspect, &mut host)?;
    if !is_empty(host.get("Links").unwrap_or(&Value::Null)) {
        return Err(
            "it has links of the default bridge (HostConfig.Links); use a network".to_owned(),
        );
    }
    let mut networks = BTreeMap::new();
    for (network, endpoint) in object(inspect, "/NetworkSettings/Networks")
        .into_iter()
        .flatten()
    {
        let settings = endpoint_settings(endpoint, id).map_err(|field| {
            format!("its endpoint in {network} has `{field}`, which is not known to this version")
        })?;
        networks.insert(network.clone(), settings);
    }
    let mut create = config.clone();
    if is_short_id(text(inspect, "/Config/Hostname"), id) {
        create.remove("Hostname");
    }
    create.insert("Image".to_owned(), image_reference(inspect, image)?.into());
    create.insert(
        "NetworkingConfig".to_owned(),
        first_endpoint(&host, &networks),
    );
    create.insert("HostConfig".to_owned(), Value::Object(host));
    Ok(Creation {
        name: name.to_owned(),
        state,
        create: Value::Object(create),
        networks,
    })
}

/// Whether the container described by `inspect` runs.
pub fn state(inspect: &Value) -> RunState {
    let is = |field: &str| inspect.pointer(&format!("/State/{field}")) == Some(&Value::Bool(true));
    match (is("Running"), is("Paused"), is("Restarting")) {
        (true, true, _) => RunState::Paused,
        (true, false, false) => RunState::Running,
        // Restarting: the engine waits before it tries again; nothing runs now.
        _ => RunState::Exited,
    }
}

fn image_reference(inspect: &Value, image: &ImageNow) -> Result<String, String> {
    let id = text(inspect, "/Image");
    let name = text(inspect, "/Config/Image");
    if image.named.as_deref() == Some(id) {
        Ok(name.to_owned())
    } else if image.kept {
        Ok(id.to_owned())
    } else {
        Err(format!("its image {name} ({id}) is no longer there"))
    }
}
