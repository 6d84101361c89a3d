//! How a port of a container is reached from this machine.

use serde_json::Value;

use super::DockerHands;
use super::recipe::described;
use crate::fault::recreate::json::text;
use crate::fault::recreate::state;
use crate::fault::{ContainerName, FaultError, RunState};

/// How a port of a container is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// The container is gone, or its process does not run.
    Down,
    /// Its process is frozen: nobody would answer.
    Frozen,
    /// At this address: `127.0.0.1:9011`.
    At(String),
    /// It is published, but not at the moment: the container is off the network that it went through.
    Away,
    /// It is not published.
    Closed,
}

/// How `port` of the target's container of this name is reached now.
pub(super) async fn door(
    hands: &DockerHands,
    container: &ContainerName,
    port: &str,
) -> Result<Door, FaultError> {
    let found = hands.engine().plain.named(container).await?;
    let ours = found.filter(|inspect| described(hands, inspect).is_some());
    let Some(inspect) = ours else {
        return Ok(Door::Down);
    };
    Ok(match state(&inspect) {
        RunState::Exited => Door::Down,
        RunState::Paused => Door::Frozen,
        RunState::Running => published(&inspect, port, hands.engine().machine()),
    })
}

fn published(inspect: &Value, port: &str, machine: &str) -> Door {
    let bindings = |section: &str| inspect.pointer(section)?.get(port)?.as_array()?.first();
    let Some(open) = bindings("/NetworkSettings/Ports") else {
        return match bindings("/HostConfig/PortBindings") {
            Some(_) => Door::Away,
            None => Door::Closed,
        };
    };
    let host = match text(open, "/HostIp") {
        "" | "0.0.0.0" | "::" => machine.to_owned(),
        v6 if v6.contains(':') => format!("[{v6}]"),
        address => address.to_owned(),
    };
    Door::At(format!("{host}:{}", text(open, "/HostPort")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_port_is_reached_where_the_engine_listens() {
        let asked = json!({ "9010/tcp": [{ "HostIp": "", "HostPort": "" }] });
        let inspect = |open: Value| json!({ "HostConfig": { "PortBindings": asked }, "NetworkSettings": { "Ports": open } });
        let at = |ip: &str| {
            let open = json!({ "9010/tcp": [{ "HostIp": ip, "HostPort": "49153" }] });
            published(&inspect(open), "9010/tcp", "far.example")
        };
        assert_eq!(at("127.0.0.1"), Door::At("127.0.0.1:49153".to_owned()));
        assert_eq!(at("::1"), Door::At("[::1]:49153".to_owned()));
        for any in ["0.0.0.0", "::"] {
            assert_eq!(at(any), Door::At("far.example:49153".to_owned()));
        }
        assert_eq!(published(&inspect(json!({})), "9010/tcp", ""), Door::Away);
        assert_eq!(published(&inspect(json!({})), "80/tcp", ""), Door::Closed);
    }
}
