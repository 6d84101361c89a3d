//! Who is never touched, how many may be hit, what the engine cannot do.

use std::collections::BTreeSet;

use super::super::make::Site;
use super::super::{Guard, PlanError};
use super::{hit, plan_on, refused, site};
use crate::fault::ContainerName;
use crate::playbook::FaultKind;

/// Three edges and two services, of which these are protected.
fn protecting(containers: &[&str]) -> Site {
    let protected = containers.iter().map(|it| ContainerName((*it).to_owned()));
    Site {
        guard: Guard {
            protected: protected.collect(),
            ..Guard::default()
        },
        ..site(3, 1)
    }
}

fn at_most(most: usize) -> Site {
    Site {
        guard: Guard {
            max_hit: Some(most),
            ..Guard::default()
        },
        ..site(3, 1)
    }
}

#[test]
fn a_fault_whose_selection_holds_a_protected_container_is_refused_with_its_place() {
    for (steps, container) in [
        ("  - kill: { nodes: edge2 }\n", "edge2-debug"),
        ("  - remove: { nodes: all }\n", "edge2-debug"),
        ("  - pause: { nodes: [edge1, edge2] }\n", "edge2-debug"),
        (
            "  - restart: { services: [orchestrator] }\n",
            "orchestrator-debug",
        ),
    ] {
        let site = protecting(&["edge2-debug", "orchestrator-debug"]);
        let (said, environment) = refused(steps, site);
        assert!(said.starts_with("made-up.yaml:7:5: this "), "{said}");
        assert!(said.contains(&format!("would hit {container}, ")), "{said}");
        assert!(
            said.contains("name other nodes, or remove the label"),
            "{said}"
        );
        assert!(!environment, "{said}");
    }
}

#[test]
fn selections_that_became_protected_ones_are_refused_too() {
    let (said, _) = refused(
        "  - kill: { nodes: edge1, as: dead }\n  - pause: { nodes: { spared: dead } }\n",
        protecting(&["edge3-debug"]),
    );
    assert!(
        said.starts_with("made-up.yaml:8:5: this pause would hit edge3-debug"),
        "{said}"
    );
}

#[test]
fn whoever_is_protected_may_be_looked_at_and_is_never_drawn() {
    let steps =
        "  - kill: { nodes: { pick: 2 } }\n  - expect: { nodes: { which: all, are: lost } }\n";
    let drawn: BTreeSet<Vec<String>> = (1..30)
        .map(|seed| {
            let site = Site {
                seed,
                ..protecting(&["edge2-debug"])
            };
            let prepared = plan_on(steps, site);
            hit(&prepared.unwrap_or_else(|error| panic!("{error}")), 0).to_vec()
        })
        .collect();
    let only = BTreeSet::from([vec!["edge1".to_owned(), "edge3".to_owned()]]);
    assert_eq!(drawn, only);
}

#[test]
fn too_few_that_may_be_touched_are_the_targets_fault() {
    let steps = "  - kill: { nodes: { pick: 2 } }\n";
    let (said, environment) = refused(steps, protecting(&["edge1-debug", "edge2-debug"]));
    assert!(environment, "{said}");
    for words in [
        "made-up.yaml:7:5: 2 edges are to be drawn",
        "only these may be touched: edge3",
        "label rejoin.protect: edge1, edge2",
    ] {
        assert!(said.contains(words), "no {words}: {said}");
    }
}

#[test]
fn all_faults_together_count_each_container_once_and_added_edges_not_at_all() {
    let twice =
        "  - kill: { nodes: edge1 }\n  - restore: { nodes: edge1 }\n  - remove: { nodes: edge1 }\n";
    let added = "  - add: { edges: 2, as: more }\n  - kill: { nodes: more }\n";
    for steps in [twice, added] {
        assert!(plan_on(steps, at_most(1)).is_ok(), "{steps}");
    }
    let more = "  - kill: { nodes: edge2 }\n  - pause: { services: [nats] }\n  - restart: { nodes: edge2 }\n";
    assert!(plan_on(more, at_most(2)).is_ok());
    let (said, environment) = refused(more, at_most(1));
    assert!(!environment);
    assert!(
        said.starts_with("made-up.yaml would hit more containers of target `local`"),
        "{said}"
    );
    assert!(
        said.contains("than the 1 that are allowed: bus-debug, edge2-debug;"),
        "{said}"
    );
    let none = plan_on("  - kill: { nodes: edge1 }\n", at_most(0)).err();
    assert!(none.is_some_and(|error| error.is_guard()));
}

#[test]
fn what_the_engine_cannot_do_is_refused_where_it_is_asked_for() {
    let frozen = || Site {
        guard: Guard {
            impossible: vec![(FaultKind::Pause, "the engine 1 has no freezer".to_owned())],
            ..Guard::default()
        },
        ..site(3, 1)
    };
    let (said, environment) = refused("  - pause: { nodes: edge1 }\n", frozen());
    assert_eq!(
        said,
        "made-up.yaml:7:5: pause is not possible here: the engine 1 has no freezer"
    );
    assert!(environment);
    let possible = plan_on("  - kill: { nodes: edge1 }\n", frozen());
    assert!(possible.is_ok());
}

#[test]
fn only_the_guards_refusals_are_the_guards() {
    let other = plan_on("  - kill: { nodes: edge9 }\n", site(3, 1)).err();
    assert!(other.is_some_and(|error: PlanError| !error.is_guard()));
}
