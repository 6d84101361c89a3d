//! Waiting until a stack that was just brought up can be used.

use std::time::Duration;

use super::{Target, TargetError, check_timing, matching};
use crate::api::Orchestrator;
use crate::api::model::NodeState;
use crate::fault::Faults;

/// How long processes may take to start, on top of the orchestrator's own graces.
const START: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(200);

/// Waits until the API answers and lists a connected node for every edge; says how many there are.
pub async fn ready<T: Target>(target: &T) -> Result<usize, TargetError> {
    let timing = target.timing();
    let limit = START + timing.connect_grace + 2 * timing.heartbeat;
    let deadline = tokio::time::Instant::now() + limit;
    loop {
        let obstacle = match look(target).await {
            Ok(Look::Ready(edges)) => return Ok(edges),
            Ok(Look::Missing(obstacle)) => obstacle,
            Err(TargetError::Api(error)) if !error.is_about_access() => error.to_string(),
            Err(TargetError::Unmatched(error)) => error.to_string(),
            Err(other) => return Err(other), // waiting would not mend it
        };
        if tokio::time::Instant::now() >= deadline {
            return Err(TargetError::NotReady {
                waited: humantime::format_duration(limit).to_string(),
                obstacle,
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

enum Look {
    Ready(usize),
    Missing(String),
}

async fn look<T: Target>(target: &T) -> Result<Look, TargetError> {
    let containers = target.hands().inventory().await?;
    check_timing(target.name(), target.timing(), &containers)?;
    let edges = matching::edges(&containers, target.node_names());
    let nodes = target.eyes().nodes().await?;
    let matched = matching::match_nodes(&edges, &nodes)?;
    let away: Vec<&str> = matched
        .iter()
        .filter(|(_, node)| node.state != Some(NodeState::Connected))
        .map(|(edge, _)| edge.as_str())
        .collect();
    Ok(match away.as_slice() {
        [] => Look::Ready(matched.len()),
        away => Look::Missing(format!("not connected: {}", away.join(", "))),
    })
}
