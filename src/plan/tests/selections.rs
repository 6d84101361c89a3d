//! Who is meant: by name, drawn, by the part that they had, as far as the steps before go.

use std::collections::BTreeSet;

use super::super::{Claim, Who};
use super::{claim, hit, plan_on, planned, refused, site};

fn who(prepared: &super::Prepared, step: usize) -> Vec<String> {
    match claim(prepared, step) {
        Claim::Nodes {
            on: Who::These(names),
            ..
        } => names.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_given_to_a_selection_means_the_same_edges_later() {
    let prepared = planned(
        "  - kill: { nodes: { pick: 2 }, as: victims }\n  - restore: { nodes: victims }\n  - assume: { nodes: { which: victims, are: connected } }\n",
    );
    assert_eq!(hit(&prepared, 0).len(), 2);
    assert_eq!(hit(&prepared, 0), hit(&prepared, 1));
    assert_eq!(who(&prepared, 2), hit(&prepared, 0));
}

#[test]
fn the_seed_decides_what_is_picked() {
    let pick = |seed| {
        let prepared = plan_on("  - kill: { nodes: { pick: 2 } }\n", site(9, seed));
        hit(&prepared.unwrap_or_else(|error| panic!("{error}")), 0).to_vec()
    };
    assert_eq!(pick(1), pick(1));
    let all: BTreeSet<Vec<String>> = (1..20).map(pick).collect();
    assert!(all.len() > 5, "{all:?}");
}

#[test]
fn a_name_that_no_edge_has_is_refused_with_its_place_and_the_names_there_are() {
    let error = plan_on("  - kill: { nodes: [edge1, edge9] }\n", site(2, 1)).err();
    let said = error.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(
        said.starts_with("made-up.yaml:7:5: there is no node `edge9`"),
        "{said}"
    );
    assert!(said.contains("edge1, edge2"), "{said}");
    assert!(error.is_some_and(|error| !error.is_environment()));
}

#[test]
fn a_selection_cannot_take_the_name_of_a_node() {
    let error = plan_on("  - kill: { nodes: edge1, as: edge2 }\n", site(2, 1)).err();
    let said = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("`edge2` is the name of a node"), "{said}");
}

#[test]
fn too_few_edges_are_the_targets_fault() {
    for (steps, edges) in [
        ("  - kill: { nodes: { pick: 3 } }\n", 2),
        ("  - wait: 1s\n", 0),
    ] {
        let error = plan_on(steps, site(edges, 1)).err();
        assert!(error.is_some_and(|error| error.is_environment()), "{steps}");
    }
}

#[test]
fn the_spared_are_all_others_that_there_are_at_that_step() {
    let prepared = planned(
        "  - kill: { nodes: [edge1, edge3], as: dead }
  - expect: { nodes: { which: { hit: dead }, are: lost } }
  - expect: { nodes: { which: { spared: dead }, are: connected } }
  - add: { edges: 2, as: more }
  - expect: { nodes: { which: { spared: dead }, are: connected } }
  - expect: { nodes: { which: { added: more }, are: connected } }
  - restart: { nodes: { spared: more } }
",
    );
    assert_eq!(who(&prepared, 1), ["edge1", "edge3"]);
    assert_eq!(who(&prepared, 2), ["edge2"]);
    assert_eq!(who(&prepared, 4), ["edge2", "more-1", "more-2"]);
    assert_eq!(who(&prepared, 5), ["more-1", "more-2"]);
    assert_eq!(hit(&prepared, 6), ["edge1", "edge2", "edge3"]);
}

#[test]
fn to_spare_nobody_is_the_playbooks_fault() {
    let steps = "  - kill: { nodes: all, as: dead }
  - expect: { nodes: { which: { spared: dead }, are: connected } }
";
    let (said, environment) = refused(steps, site(2, 1));
    assert!(
        said.starts_with("made-up.yaml:8:5: `spared` selects nobody: `dead` are all"),
        "{said}"
    );
    assert!(!environment);
    // The added edge is somebody.
    let steps = steps.replace("  - expect", "  - add: { edges: 1, as: more }\n  - expect");
    let prepared = plan_on(&steps, site(2, 1)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(who(&prepared, 2), ["more-1"]);
}

#[test]
fn added_edges_can_be_named_drawn_and_meant_by_all_from_their_step_on() {
    let prepared = planned(
        "  - kill: { nodes: all }
  - add: { edges: 1, as: more }
  - kill: { nodes: all }
  - kill: { nodes: more-1 }
  - kill: { nodes: { pick: 4 } }
",
    );
    assert_eq!(hit(&prepared, 0).len(), 3);
    assert_eq!(hit(&prepared, 2), ["edge1", "edge2", "edge3", "more-1"]);
    assert_eq!(hit(&prepared, 3), ["more-1"]);
    assert_eq!(hit(&prepared, 4).len(), 4);
    let (said, environment) = refused(
        "  - kill: { nodes: more-1 }\n  - add: { edges: 1, as: more }\n",
        site(2, 1),
    );
    assert!(said.contains("there is no node `more-1`"), "{said}");
    assert!(!environment);
}

#[test]
fn an_added_edge_takes_nobodys_name() {
    let mut named = site(2, 1);
    named.edges[1].name = "more-2".to_owned();
    let mut served = site(2, 1);
    served.services[0].name = "more-2".to_owned();
    let add = "  - add: { edges: 2, as: more }\n";
    let bound = format!("  - kill: {{ nodes: edge1, as: more-2 }}\n{add}");
    for (steps, site) in [(add, named), (add, served), (bound.as_str(), site(2, 1))] {
        let (said, environment) = refused(steps, site);
        assert!(said.contains("would be called `more-2`"), "{said}");
        assert!(!environment);
    }
    let (said, _) = refused("  - add: { edges: 2, as: edge1 }\n", site(2, 1));
    assert!(said.contains("`edge1`") && said.contains("taken"), "{said}");
}
