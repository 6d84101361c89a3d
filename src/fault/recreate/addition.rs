//! From what an engine says about an edge to the requests that make another one like it. Pure.
//!
//! Like it in image, command, environment, networks and limits. Its own are the name, the hostname (and by
//! it the node's name), the labels, the volumes, and the ports on the host.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json::{object, text};
use super::networks::first_endpoint;
use super::{Creation, ImageNow, creation};
use crate::fault::{NewEdge, RunState};

/// The edge's variables for its node's name (without it, the hostname) and labels (`k=v,k=v`).
const NODE_NAME: &str = "NODE_NAME";
const NODE_LABELS: &str = "NODE_LABELS";
/// What a new edge has of its model's container labels: what it runs as.
const KEPT_LABELS: [&str; 2] = ["rejoin.timing", "rejoin.variant"];

/// The requests that make an edge that was not there before.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// How to make the container.
    pub creation: Creation,
    /// The volumes to make first, by name, in order.
    pub volumes: Vec<String>,
}

/// How to make `edge` like the container that `inspect` describes, with these container labels.
///
/// # Errors
/// Says in one sentence what of the model could not be had again; nothing was touched.
pub fn addition(
    inspect: &Value,
    image: &ImageNow,
    edge: &NewEdge,
    labels: &BTreeMap<String, String>,
) -> Result<Addition, String> {
    let mut made = creation(inspect, image)?;
    made.name.clone_from(&edge.name.0);
    made.state = RunState::Running;
    for endpoint in made.networks.values_mut() {
        own_endpoint(endpoint, edge);
    }
    let Some(create) = made.create.as_object_mut() else {
        return Err("the engine's description of it has no Config".to_owned());
    };
    create.insert("Hostname".to_owned(), edge.name.0.clone().into());
    create.remove("MacAddress"); // two of the same in a network reach nobody
    create.insert("Env".to_owned(), environment(inspect, edge));
    create.insert("Labels".to_owned(), own_labels(inspect, labels));
    let mut volumes = Vec::new();
    if let Some(host) = create.get_mut("HostConfig").and_then(Value::as_object_mut) {
        own_ports(host);
        volumes = own_volumes(inspect, host, edge);
        let endpoint = first_endpoint(host, &made.networks);
        create.insert("NetworkingConfig".to_owned(), endpoint);
    }
    Ok(Addition {
        creation: made,
        volumes,
    })
}

/// An address that somebody asked for is the model's, and so are its aliases.
fn own_endpoint(endpoint: &mut Value, edge: &NewEdge) {
    if let Some(settings) = endpoint.as_object_mut() {
        settings.remove("IPAMConfig");
        settings.insert("Aliases".to_owned(), json!([edge.service]));
    }
}

fn environment(inspect: &Value, edge: &NewEdge) -> Value {
    let variables = inspect.pointer("/Config/Env").and_then(Value::as_array);
    let named = |variable: &Value| {
        let name = variable.as_str().and_then(|text| text.split('=').next());
        name.is_some_and(|name| [NODE_NAME, NODE_LABELS].contains(&name))
    };
    let mut kept: Vec<Value> = variables
        .into_iter()
        .flatten()
        .filter(|variable| !named(variable))
        .cloned()
        .collect();
    if !edge.labels.is_empty() {
        let pairs: Vec<String> = edge
            .labels
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        kept.push(format!("{NODE_LABELS}={}", pairs.join(",")).into());
    }
    kept.into()
}

/// None of compose: it would take the edge for one of its own, or for an orphan.
fn own_labels(inspect: &Value, labels: &BTreeMap<String, String>) -> Value {
    let of_model = object(inspect, "/Config/Labels").into_iter().flatten();
    let mut own: Map<String, Value> = of_model
        .filter(|(name, _)| KEPT_LABELS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    own.extend(labels.iter().map(|(k, v)| (k.clone(), v.clone().into())));
    own.into()
}

/// The same ports of the container, on ports of the host that the engine picks.
fn own_ports(host: &mut Map<String, Value>) {
    let bindings = host.get_mut("PortBindings").and_then(Value::as_object_mut);
    let bindings = bindings.into_iter().flat_map(Map::values_mut);
    for binding in bindings.filter_map(Value::as_array_mut).flatten() {
        binding["HostPort"] = "".into();
    }
}

/// A fresh volume instead of each of the model's, where that is mounted; says their names.
fn own_volumes(inspect: &Value, host: &mut Map<String, Value>, edge: &NewEdge) -> Vec<String> {
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    let mut theirs: Vec<&str> = mounts
        .into_iter()
        .flatten()
        .filter(|mount| text(mount, "/Type") == "volume")
        .map(|mount| text(mount, "/Name"))
        .collect();
    theirs.sort_unstable();
    theirs.dedup();
    let own: BTreeMap<&str, String> = theirs
        .iter()
        .zip(1..)
        .map(|(name, number)| (*name, format!("{}-{number}", edge.name)))
        .collect();
    let binds = host.get_mut("Binds").and_then(Value::as_array_mut);
    for bind in binds.into_iter().flatten() {
        let (source, rest) = bind
            .as_str()
            .and_then(|b| b.split_once(':'))
            .unwrap_or_default();
        if let Some(fresh) = own.get(source) {
            *bind = format!("{fresh}:{rest}").into();
        }
    }
    let requests = host.get_mut("Mounts").and_then(Value::as_array_mut);
    for request in requests.into_iter().flatten() {
        if let Some(fresh) = own.get(text(request, "/Source")).cloned() {
            request["Source"] = fresh.into();
        }
    }
    own.into_values().collect()
}
