//! What makes a container the same one after a fault and its undo, read from the engine's JSON. Pure.
//!
//! Field by field, so that a difference can be named. Not part of it: the container's id, PID, times,
//! drawn addresses, and a hostname or alias that is the short id.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::scope::Member;
use crate::fault::recreate::json::{is_empty, object, text};
use crate::fault::recreate::networks::{is_short_id, own_aliases};
use crate::fault::recreate::state;
use crate::fault::{
    ADDED_LABEL, Container, ContainerName, MOUNT, NAME_LABEL, NETWORK, PROTECT_LABEL,
};

/// Fields that commonly hold secrets: they differ visibly, but their text stays out of the journal.
const HASHED: [&str; 5] = ["Env", "Cmd", "Entrypoint", "Healthcheck", "LogConfig"];
/// Labels whose meaning is known; any other may hold a secret, too.
const KNOWN_LABELS: [&str; 2] = ["com.docker.compose.", "rejoin."];
/// Said better by the mounts and by the image id.
const CONFIG_ELSEWHERE: [&str; 4] = ["Labels", "Image", "Volumes", "Hostname"];
const HOST_ELSEWHERE: [&str; 3] = ["Binds", "Mounts", "VolumesFrom"];
/// Labels that say from where compose was called, not what it made: the same file by another path is
/// the same stack.
const CALLED_FROM: [&str; 4] = [
    "com.docker.compose.project.config_files",
    "com.docker.compose.project.working_dir",
    "com.docker.compose.version",
    "com.docker.compose.replace",
];
/// The labels that the harness itself reads.
const READ_LABELS: [&str; 5] = [
    "rejoin.timing",
    "rejoin.variant",
    ADDED_LABEL,
    NAME_LABEL,
    PROTECT_LABEL,
];
/// The variables of the edge's image that let a new edge join (its own name, and that of later versions).
const BOOTSTRAP: [&str; 2] = [
    "EXPANSO_EDGE_BOOTSTRAP_TOKEN=",
    "EXPANSO_EDGE_ENROLL_TOKEN=",
];

/// The container that the engine describes.
pub(super) fn container(inspect: &Value, member: Member) -> Container {
    let labels = object(inspect, "/Config/Labels").into_iter().flatten();
    Container {
        name: ContainerName(text(inspect, "/Name").trim_start_matches('/').to_owned()),
        service: member.service,
        role: member.role,
        hostname: text(inspect, "/Config/Hostname").to_owned(),
        id: text(inspect, "/Id").to_owned(),
        image: text(inspect, "/Config/Image").to_owned(),
        image_id: text(inspect, "/Image").to_owned(),
        state: state(inspect),
        identity: identity(inspect),
        labels: labels
            .filter(|(name, _)| READ_LABELS.contains(&name.as_str()))
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect(),
        enrols_by_token: enrols_by_token(inspect),
    }
}

/// Whether its environment holds a token to join with, which is never looked at further.
fn enrols_by_token(inspect: &Value) -> bool {
    let environment = inspect.pointer("/Config/Env").and_then(Value::as_array);
    let mut variables = environment.into_iter().flatten().filter_map(Value::as_str);
    variables.any(|variable| {
        let value = BOOTSTRAP
            .iter()
            .find_map(|name| variable.strip_prefix(name));
        value.is_some_and(|value| !value.is_empty())
    })
}

fn identity(inspect: &Value) -> BTreeMap<String, String> {
    let id = text(inspect, "/Id");
    let mut fields = BTreeMap::new();
    fields.insert("image".to_owned(), text(inspect, "/Image").to_owned());
    let hostname = text(inspect, "/Config/Hostname");
    if !is_short_id(hostname, id) {
        fields.insert("config.Hostname".to_owned(), hostname.to_owned());
    }
    section(inspect, "/Config", "config", &CONFIG_ELSEWHERE, &mut fields);
    section(
        inspect,
        "/Config/Labels",
        "label",
        &CALLED_FROM,
        &mut fields,
    );
    section(inspect, "/HostConfig", "host", &HOST_ELSEWHERE, &mut fields);
    for (network, endpoint) in object(inspect, "/NetworkSettings/Networks")
        .into_iter()
        .flatten()
    {
        let mut aliases = own_aliases(endpoint, id);
        aliases.sort();
        let mut words = format!("aliases={}", aliases.join(","));
        let static_ip = endpoint
            .get("IPAMConfig")
            .filter(|config| !is_empty(config));
        if let Some(config) = static_ip {
            words = format!("{words} ipam={config}");
        }
        fields.insert(format!("{NETWORK}{network}"), words);
    }
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    for mount in mounts.into_iter().flatten() {
        let source = match text(mount, "/Name") {
            "" => text(mount, "/Source"),
            name => name,
        };
        let mode = if mount.get("RW") == Some(&Value::Bool(false)) {
            "ro"
        } else {
            "rw"
        };
        fields.insert(
            format!("{MOUNT}{}", text(mount, "/Destination")),
            format!("{} {source} {mode}", text(mount, "/Type")),
        );
    }
    fields
}

/// Adds every field of a section that says anything.
fn section(
    inspect: &Value,
    pointer: &str,
    prefix: &str,
    without: &[&str],
    fields: &mut BTreeMap<String, String>,
) {
    for (name, value) in object(inspect, pointer).into_iter().flatten() {
        if is_empty(value) || without.contains(&name.as_str()) {
            continue;
        }
        let secret = match prefix {
            "label" => !KNOWN_LABELS.iter().any(|known| name.starts_with(known)),
            _ => HASHED.contains(&name.as_str()),
        };
        let words = match value {
            _ if secret => hashed(value),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        fields.insert(format!("{prefix}.{name}"), words);
    }
}

fn hashed(value: &Value) -> String {
    format!("sha256:{:x}", Sha256::digest(value.to_string().as_bytes()))
}
