//! Faults: into whom, under which name, and how they are undone.

use rejoin::playbook::{FaultKind, Place, Selection, Service, Verb};

use super::{parse, verb};

fn names(names: &[&str]) -> Selection {
    Selection::Names(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn every_fault_takes_nodes_or_services() {
    let nodes = |selection| Place::Nodes(selection);
    let some = Some("some");
    let both = vec![Service::Nats, Service::Orchestrator];
    let cases = [
        (
            "kill: { nodes: edge1 }",
            FaultKind::Kill,
            nodes(names(&["edge1"])),
            None,
        ),
        (
            "restart: { nodes: { pick: 2 }, as: some }",
            FaultKind::Restart,
            nodes(Selection::Pick(2)),
            some,
        ),
        (
            "terminate: { nodes: [edge1, edge2] }",
            FaultKind::Terminate,
            nodes(names(&["edge1", "edge2"])),
            None,
        ),
        (
            "remove: { nodes: all, wipe: true, as: some }",
            FaultKind::Wipe,
            nodes(Selection::All),
            some,
        ),
        (
            "remove: { nodes: all, wipe: false }",
            FaultKind::Remove,
            nodes(Selection::All),
            None,
        ),
        (
            "pause: { services: [nats, orchestrator] }",
            FaultKind::Pause,
            Place::Services(both),
            None,
        ),
        (
            "partition: { services: [orchestrator] }",
            FaultKind::Partition,
            Place::Services(vec![Service::Orchestrator]),
            None,
        ),
    ];
    for (step, wanted, place, name) in cases {
        let Verb::Fault {
            kind,
            on,
            bind,
            networks,
        } = verb(step)
        else {
            panic!("not a fault: {step}")
        };
        assert_eq!((kind, on), (wanted, place), "{step}");
        assert_eq!(bind.as_deref(), name, "{step}");
        assert!(networks.is_empty(), "{step}");
    }
}

#[test]
fn a_partition_may_name_its_networks_and_then_be_of_nats_too() {
    let step = "partition: { services: [nats], networks: [data, shop_more] }";
    let Verb::Fault { kind, networks, .. } = verb(step) else {
        panic!("not a fault")
    };
    assert_eq!(kind, FaultKind::Partition);
    let networks: Vec<&str> = networks.iter().map(String::as_str).collect();
    assert_eq!(networks, ["data", "shop_more"]);
}

#[test]
fn what_was_done_can_be_undone() {
    let restored = |step: &str| match verb(step) {
        Verb::Restore { on, faults } if faults.is_empty() => on,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        restored("restore: { nodes: [edge1, edge2] }"),
        Place::Nodes(names(&["edge1", "edge2"]))
    );
    assert_eq!(
        restored("restore: { services: [nats] }"),
        Place::Services(vec![Service::Nats])
    );
}

#[test]
fn some_faults_can_be_undone_and_others_left() {
    let step = "restore: { nodes: edge1, faults: [partition, remove] }";
    let Verb::Restore { faults, .. } = verb(step) else {
        panic!("no restore")
    };
    let wanted = [FaultKind::Remove, FaultKind::Partition];
    assert_eq!(faults, wanted.into());
}

#[test]
fn edges_can_be_added() {
    let Verb::Add {
        edges,
        labels,
        bind,
    } = verb("add: { edges: 5, as: more, labels: { site: b } }")
    else {
        panic!("not an addition")
    };
    assert_eq!((edges, bind.as_str()), (5, "more"));
    assert_eq!(labels["site"], "b");
}

#[test]
fn nodes_can_be_named_by_the_part_that_they_had() {
    let steps = "rejoin: 1
name: x
steps:
  - kill: { nodes: edge1, as: dead }
  - add: { edges: 1, as: more }
  - restore: { nodes: { hit: dead } }
  - kill: { nodes: { spared: dead } }
  - kill: { nodes: { added: more } }
  - kill: { nodes: { spared: more } }
";
    let playbook = parse(steps, &[]);
    let on: Vec<&Place> = playbook.steps[2..]
        .iter()
        .map(|step| match &step.verb {
            Verb::Restore { on, .. } | Verb::Fault { on, .. } => on,
            other => panic!("{other:?}"),
        })
        .collect();
    let spared = |name: &str| Selection::Spared(name.to_owned());
    let wanted = [
        names(&["dead"]),
        spared("dead"),
        names(&["more"]),
        spared("more"),
    ];
    assert_eq!(on, wanted.map(Place::Nodes).iter().collect::<Vec<_>>());
}
