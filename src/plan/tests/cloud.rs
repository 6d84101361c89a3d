//! A target like the Cloud's: edges only, in one network, and nothing of the orchestrator's among the containers.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// Two edges called as everywhere.
fn cloud() -> Site {
    let mut site = site(2, 1);
    site.services = Vec::new();
    let network = BTreeSet::from(["shop_cloud".to_owned()]);
    site.networks = site
        .edges
        .iter()
        .map(|edge| (edge.container.clone(), network.clone()))
        .collect();
    site
}

/// The playbooks that need what the Cloud has not, and what they say about it.
const REFUSED: [(&str, &str); 11] = [
    ("both-restart", "orchestrator"),
    ("delete-while-away", "nats"),
    ("lost-status-cut", "nats"),
    ("lost-status-restart", "orchestrator"),
    ("nats-restart", "nats"),
    ("orchestrator-restart", "orchestrator"),
    ("reconnect-after-partition", "nats"),
    ("rerun-while-away", "nats"),
    ("stop-while-away", "nats"),
    ("update-in-window", "nats"),
    ("update-while-away", "nats"),
];

#[test]
fn every_playbook_that_needs_edges_only_runs_there_unchanged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    let mut said = BTreeMap::new();
    let mut planned = 0;
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|end| end != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a playbook");
        let timing = Timing::profile("current").expect("a profile");
        let playbook = parse::parse(&path, &text, &Overrides::default(), &timing);
        let playbook = playbook.unwrap_or_else(|problems| panic!("{problems}"));
        match make(&playbook, cloud()) {
            Ok(_) => planned += 1,
            Err(error) if error.is_environment() => {
                said.insert(playbook.name, error.to_string());
            }
            Err(error) => panic!("{}: {error}", playbook.name),
        }
    }
    let missing = |text: &String| {
        let services = ["nats", "orchestrator"];
        let words = |service: &&&str| text.contains(&format!("has no {service} container"));
        services.iter().find(words).copied().unwrap_or("?")
    };
    let refused: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, text)| (name.as_str(), missing(text)))
        .collect();
    assert_eq!(refused, REFUSED, "{said:#?}");
    assert!(planned >= 20, "{planned}");
}

#[test]
fn two_edges_of_one_name_are_refused_with_both() {
    let mut site = cloud();
    site.edges[1].name = "edge1".to_owned();
    let (said, environment) = refused("  - wait: 1s", site);
    assert!(environment);
    assert!(
        said.contains("edge1-debug and edge2-debug are both called `edge1`"),
        "{said}"
    );
}

#[test]
fn what_an_edge_loses_is_said_beforehand() {
    let warnings = |steps: &str, site: Site| {
        let prepared = plan_on(steps, site).unwrap_or_else(|error| panic!("{error}"));
        prepared.plan.warnings()
    };
    let kept = warnings("  - remove: { nodes: all }", cloud());
    assert_eq!(kept, [""; 0]);

    let mut site = cloud();
    site.edges[0].volatile = true;
    site.edges[0].enrols_by_token = true;
    let lost = warnings("  - remove: { nodes: all }", site.clone());
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(lost[0].starts_with("no volume keeps the data of edge1:"));
    assert!(lost[1].starts_with("edge1 must enrol with the bootstrap token"));
    let killed = warnings("  - kill: { nodes: all }", site);
    assert_eq!(killed, [""; 0]);

    let mut site = cloud();
    site.edges[1].enrols_by_token = true;
    let wiped = warnings("  - remove: { nodes: edge2, wipe: true }", site.clone());
    assert!(wiped[0].starts_with("edge2 must enrol"), "{wiped:?}");
    let added = warnings("  - add: { edges: 1, as: more }", site);
    assert!(added[0].starts_with("more-1 must enrol"), "{added:?}");
}
