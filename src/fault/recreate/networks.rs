//! What to ask for in a container's networks, and what the engine draws anew.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json::is_empty;

/// Endpoint settings that somebody asked for.
const CONFIGURED: [&str; 4] = ["IPAMConfig", "Links", "DriverOpts", "GwPriority"];

/// Endpoint settings that the engine draws anew for every container.
const DRAWN: [&str; 10] = [
    "NetworkID",
    "EndpointID",
    "Gateway",
    "IPAddress",
    "IPPrefixLen",
    "IPv6Gateway",
    "GlobalIPv6Address",
    "GlobalIPv6PrefixLen",
    "MacAddress",
    "DNSNames",
];

/// Whether this hostname or alias is nothing but the container's short id.
pub(in crate::fault) fn is_short_id(name: &str, id: &str) -> bool {
    name.len() == 12 && id.starts_with(name)
}

/// The aliases that belong to the container whatever its id is, in order.
pub(in crate::fault) fn own_aliases(endpoint: &Value, id: &str) -> Vec<String> {
    let aliases = endpoint.get("Aliases").and_then(Value::as_array);
    let names = aliases.into_iter().flatten().filter_map(Value::as_str);
    names
        .filter(|name| !is_short_id(name, id))
        .map(str::to_owned)
        .collect()
}

/// What to ask for in a network; the name of the field that would be lost otherwise.
pub(super) fn endpoint_settings(endpoint: &Value, id: &str) -> Result<Value, String> {
    let mut settings = Map::new();
    for (field, value) in endpoint.as_object().into_iter().flatten() {
        if is_empty(value) || field == "Aliases" || DRAWN.contains(&field.as_str()) {
            continue;
        }
        if !CONFIGURED.contains(&field.as_str()) {
            return Err(field.clone());
        }
        settings.insert(field.clone(), value.clone());
    }
    let aliases = own_aliases(endpoint, id);
    if !aliases.is_empty() {
        settings.insert("Aliases".to_owned(), json!(aliases));
    }
    Ok(Value::Object(settings))
}

/// The endpoint that goes with create: the one of the network mode, so that the engine does not add
/// one of its own making.
pub(super) fn first_endpoint(
    host: &Map<String, Value>,
    networks: &BTreeMap<String, Value>,
) -> Value {
    let mode = host
        .get("NetworkMode")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match networks.get_key_value(mode) {
        Some((network, endpoint)) => json!({ "EndpointsConfig": { network: endpoint } }),
        None => json!({}),
    }
}
