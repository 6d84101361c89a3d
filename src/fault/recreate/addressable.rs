//! Whether requests can be made about a container at all without meaning something else. Pure.

use serde_json::Value;

use super::json::{object, text};

/// On the containers of a swarm: the name of their service.
const SWARM_SERVICE: &str = "com.docker.swarm.service.name";

/// Refuses what cannot be put back by requests of our own: what a swarm would replace meanwhile, and
/// names that would turn a request's path into another one. The engine takes any name for a network, also
/// one such as `../containers/ID/kill?`.
///
/// # Errors
/// Says in one sentence what is odd.
pub fn addressable(inspect: &Value) -> Result<(), String> {
    let labels = object(inspect, "/Config/Labels");
    let service = labels.and_then(|labels| labels.get(SWARM_SERVICE));
    if let Some(service) = service.and_then(Value::as_str) {
        return Err(format!(
            "it belongs to the swarm service {service}, and the swarm would replace it; use a stack that compose made"
        ));
    }
    let networks = object(inspect, "/NetworkSettings/Networks");
    let networks = networks
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str());
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    let volumes = mounts.into_iter().flatten().map(|it| text(it, "/Name"));
    let odd = |name: &&str| name.starts_with('.') || name.contains(['/', '\\', '?', '#', '%']);
    match networks.chain(volumes).find(odd) {
        Some(name) => Err(format!(
            "its network or volume `{name}` has a name that cannot stand in the path of a request; give it another"
        )),
        None => Ok(()),
    }
}
