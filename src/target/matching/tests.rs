//! Which node is whose.

use super::*;
use crate::api::model::NodeId;

fn edge(node: Option<&str>) -> Edge {
    Edge {
        name: "edge1".to_owned(),
        container: ContainerName("edge1-debug".to_owned()),
        hostname: "f00dcafe0123".to_owned(),
        node: node.map(str::to_owned),
        added: false,
        volatile: false,
        enrols_by_token: false,
    }
}

fn node(id: &str, name: &str, hostname: &str, created: &str) -> Node {
    Node {
        id: NodeId(id.to_owned()),
        name: Some(name.to_owned()),
        hostname: Some(hostname.to_owned()),
        state: Some(NodeState::Connected),
        connected_since: None,
        last_heartbeat: None,
        created_at: Some(created.to_owned()),
        ..Node::default()
    }
}

fn found<'a>(edge: &Edge, nodes: &'a [Node]) -> Option<&'a str> {
    node_of(edge, nodes).map(|node| node.id.0.as_str())
}

#[test]
fn a_node_is_found_by_any_of_the_containers_names() {
    let day = "2026-01-01T00:00:00Z";
    for name in ["f00dcafe0123", "edge1-debug", "edge1"] {
        assert_eq!(found(&edge(None), &[node("a", name, "x", day)]), Some("a"));
        assert_eq!(found(&edge(None), &[node("a", "x", name, day)]), Some("a"));
    }
    assert_eq!(
        found(&edge(None), &[node("a", "edge2", "edge2", day)]),
        None
    );
}

#[test]
fn the_newest_namesake_is_meant_and_a_deleted_one_never() {
    let old = node("old", "edge1", "x", "2026-01-01T00:00:00Z");
    let new = node("new", "edge1", "x", "2026-01-01T00:00:00.5Z");
    assert_eq!(found(&edge(None), &[new.clone(), old.clone()]), Some("new"));
    let gone = Node {
        state: Some(NodeState::Deleted),
        ..new
    };
    assert_eq!(found(&edge(None), &[gone, old]), Some("old"));
}

#[test]
fn the_configuration_decides_alone() {
    let nodes = [
        node("a", "edge1", "x", "2026-01-01T00:00:00Z"),
        node("b", "press-hall", "y", "2026-01-01T00:00:00Z"),
    ];
    assert_eq!(found(&edge(Some("press-hall")), &nodes), Some("b"));
    assert_eq!(found(&edge(Some("nowhere")), &nodes), None);
}

#[test]
fn no_match_lists_both_sides() {
    let nodes = [node("a", "north", "x", ""), node("b", "south", "y", "")];
    let error = match_nodes(&[edge(None)], &nodes)
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    assert!(
        error.contains("edge1 (container edge1-debug, hostname f00dcafe0123)"),
        "{error}"
    );
    assert!(error.contains("north, south"), "{error}");
}
