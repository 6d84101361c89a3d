//! Which container is which node. Pure.
//!
//! The orchestrator knows nodes by id and name, the engine knows containers; nothing but names connects
//! the two. A node's record outlives its container (a wiped edge enrols anew under the same name), so the
//! newest of several namesakes is meant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::model::{Node, NodeState};
use crate::clock::Timestamp;
use crate::fault::{ContainerName, Inventory, Role};

/// An edge: the container that runs a node's agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The name that playbooks and reports use.
    pub name: String,
    /// Its container.
    pub container: ContainerName,
    /// The container's hostname.
    pub hostname: String,
    /// The node's name where the configuration maps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Whether the run adds it; it is not there before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub added: bool,
    /// Whether nothing keeps its data: once removed it comes back as somebody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub volatile: bool,
    /// Whether it joins with a bootstrap token, which may be good for one node only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enrols_by_token: bool,
}

/// No node could be found for some edges.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no node answers for: {edges}; the orchestrator lists: {nodes}. If one could not enrol, its log says why \
     (docker logs CONTAINER). Name the node of a service in rejoin.toml: [targets.NAME.nodes] SERVICE = \"NODE\""
)]
pub struct Unmatched {
    /// The edges, with the names that were looked for.
    pub edges: String,
    /// All nodes.
    pub nodes: String,
}

/// The edges among the containers, in the order of their names.
pub fn edges(containers: &Inventory, node_names: &BTreeMap<String, String>) -> Vec<Edge> {
    let mut edges: Vec<Edge> = containers
        .values()
        .filter(|container| container.role == Role::Edge)
        .map(|container| Edge {
            name: container.known_as().to_owned(),
            container: container.name.clone(),
            hostname: container.hostname.clone(),
            node: node_names
                .get(container.known_as())
                .or_else(|| node_names.get(&container.service))
                .cloned(),
            added: false,
            volatile: !container.keeps_data(),
            enrols_by_token: container.enrols_by_token,
        })
        .collect();
    edges.sort_by(|a, b| a.name.cmp(&b.name));
    edges
}

/// The node of this edge; `None` where no node has one of its names.
///
/// A name that the configuration gives decides alone. Otherwise the node's name counts before its
/// hostname, and each is compared with the container's hostname, its name, and the service; those of an
/// edge that the run adds not with the service, which is no name of its own.
pub fn node_of<'a>(edge: &Edge, nodes: &'a [Node]) -> Option<&'a Node> {
    let named = |names: &[&str], of: fn(&Node) -> Option<&str>| {
        let alive = nodes
            .iter()
            .filter(|node| node.state != Some(NodeState::Deleted));
        alive
            .filter(|node| of(node).is_some_and(|name| names.contains(&name)))
            .max_by_key(|node| age(node))
    };
    if let Some(configured) = &edge.node {
        return named(&[configured], name).or_else(|| named(&[configured], hostname));
    }
    if edge.added {
        // Its container's name holds the run; `more-1` may be anybody's.
        let own = [edge.hostname.as_str(), edge.container.0.as_str()];
        return named(&own, name).or_else(|| named(&own, hostname));
    }
    // A short service name may well be somebody else's hostname, so the longer names come first.
    [
        edge.hostname.as_str(),
        edge.container.0.as_str(),
        edge.name.as_str(),
    ]
    .iter()
    .find_map(|own| named(&[*own], name))
    .or_else(|| named(&[&edge.hostname, &edge.container.0, &edge.name], hostname))
}

/// The node of every edge, by the edge's name.
pub fn match_nodes(edges: &[Edge], nodes: &[Node]) -> Result<BTreeMap<String, Node>, Unmatched> {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for edge in edges {
        match node_of(edge, nodes) {
            Some(node) => {
                found.insert(edge.name.clone(), node.clone());
            }
            None => missing.push(wanted(edge)),
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let listed: Vec<&str> = nodes
        .iter()
        .map(|node| name(node).unwrap_or(&node.id.0))
        .collect();
    Err(Unmatched {
        edges: missing.join(", "),
        nodes: if listed.is_empty() {
            "none".to_owned()
        } else {
            listed.join(", ")
        },
    })
}

fn wanted(edge: &Edge) -> String {
    match &edge.node {
        Some(node) => format!("{} (configured as node {node})", edge.name),
        None => format!(
            "{} (container {}, hostname {})",
            edge.name, edge.container, edge.hostname
        ),
    }
}

fn name(node: &Node) -> Option<&str> {
    node.name.as_deref()
}

fn hostname(node: &Node) -> Option<&str> {
    node.hostname.as_deref()
}

/// Later is greater; a record without a time is the oldest. The text decides below a millisecond.
fn age(node: &Node) -> (Option<Timestamp>, Option<&str>) {
    let created = node.created_at.as_deref();
    (created.and_then(Timestamp::parse), created)
}

#[cfg(test)]
mod tests;
