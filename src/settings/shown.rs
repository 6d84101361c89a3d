//! Settings as a record may show them: how a target was used, and no secret.

use serde_json::{Value, json};

use super::{DockerSettings, TargetSettings};

impl TargetSettings {
    /// The settings of the target of this name, for the record of a run. The token is where it comes from;
    /// variables for compose are names only.
    pub fn shown(&self, name: &str) -> Value {
        match self {
            Self::Sim(sim) => json!({
                "name": name,
                "kind": "sim",
                "edges": sim.edges,
                "variant": sim.variant,
                "timing": sim.timing,
                "seed": sim.seed,
                "max_hit": sim.max_hit,
            }),
            Self::Docker(docker) => shown(docker, name),
        }
    }
}

fn shown(docker: &DockerSettings, name: &str) -> Value {
    let access = &docker.access;
    json!({
        "name": name,
        "kind": "docker",
        "compose_file": docker.compose_file,
        "project": docker.project,
        "endpoint": access.endpoint.url,
        "endpoint_from": access.endpoint.from,
        "token_from": access.token.words(),
        "ca_file": access.ca_file,
        "timing": docker.timing,
        "variant": docker.variant,
        "compose_variables": docker.compose_env.names(),
        "nodes": docker.nodes,
        "max_hit": docker.max_hit,
        "confirm": docker.confirm,
        "requests_per_second": docker.requests_per_second,
    })
}
