//! Edges that the run adds, services that it hurts, and whose doing their end was.

use std::collections::BTreeSet;

use std::collections::BTreeMap;

use super::judging::verdict;
use super::{Tape, at, connected, edge, expect, injected, nodes, plan, proof, restored};
use crate::exit::Exit;
use crate::fault::{ContainerName, Inventory};
use crate::journal::{Event, SCHEMA, StepOutcome, Topic, When};
use crate::plan::{Action, Edge, Plan};
use crate::playbook::FaultKind;
use crate::verdict::Verdict;

fn more() -> ContainerName {
    ContainerName("more-1".to_owned())
}

/// An edge is added, then the two others are expected.
fn adding() -> Plan {
    let add = Action::Add {
        edges: vec!["more-1".to_owned()],
        labels: BTreeMap::new(),
    };
    let mut plan = plan([add, expect(connected())]);
    plan.edges.push(Edge {
        added: true,
        ..edge("more-1")
    });
    plan
}

fn added() -> Event {
    Event::Added {
        edge: "more-1".to_owned(),
        container: more(),
        proof: proof(),
    }
}

fn withdrawn(proven: bool) -> Event {
    Event::Withdrawn {
        container: more(),
        proof: proven.then(proof),
    }
}

/// The first step with these events, then a met expectation, then these.
fn run(plan: Plan, events: Vec<Event>, end: Vec<Event>) -> Verdict {
    let mut tape = Tape::default();
    let plan = Box::new(plan);
    let schema = SCHEMA;
    tape.put(at(0), Event::Header { schema, plan });
    tape.begin(at(1), 0);
    for event in events {
        tape.put(at(1), event);
    }
    tape.end(at(1), 0, StepOutcome::Done, &[]);
    tape.begin(at(2), 1);
    let mut answer = nodes("connected", "connected");
    if let crate::journal::Answer::Nodes(nodes) = &mut answer {
        nodes.push(super::node("more-1", "connected"));
    }
    tape.sweep(at(2), vec![(Topic::Nodes, answer)]);
    tape.end(at(2), 1, StepOutcome::Done, &[1]);
    verdict(tape, end)
}

#[test]
fn an_added_edge_needs_its_proof() {
    let good = run(adding(), vec![added()], vec![withdrawn(true)]);
    assert_eq!(good.exit(), Exit::Passed, "{good:#?}");
    let bad = run(adding(), Vec::new(), Vec::new());
    assert_eq!(bad.exit(), Exit::Internal);
    assert!(
        bad.broken
            .is_some_and(|why| why.contains("no proof for more-1"))
    );
}

#[test]
fn an_added_edge_that_others_took_away_is_a_changed_target() {
    let verdict = run(adding(), vec![added()], vec![withdrawn(false)]);
    assert_eq!(verdict.exit(), Exit::Unknown);
    let note = verdict.deciding().map_or("", |part| &part.note);
    assert!(
        note.contains("more-1: gone before this run took it away"),
        "{note}"
    );
    // One that this run removed itself is gone by its own doing, and one that never came is no loss.
    let gone = injected(FaultKind::Wipe, "more-1");
    let verdict = run(adding(), vec![added()], vec![gone, withdrawn(false)]);
    assert_eq!(verdict.exit(), Exit::Passed);
    let kill = Action::Fault {
        fault: FaultKind::Kill,
        on: vec!["edge1".to_owned()],
        networks: BTreeSet::new(),
    };
    let plan = plan([kill, expect(connected())]);
    let dead = vec![injected(FaultKind::Kill, "edge1")];
    let verdict = run(plan, dead, vec![restored("edge1"), withdrawn(false)]);
    assert_eq!(verdict.exit(), Exit::Passed);
}

/// One container, with this engine's id.
fn inventory(name: &str, id: &str) -> Inventory {
    let text = format!(
        r#"{{"name":"{name}","service":"{name}","role":"edge","hostname":"","id":"{id}","image":"",
        "image_id":"","state":"running","identity":{{}},"labels":{{}}}}"#
    );
    let container = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"));
    [(ContainerName(name.to_owned()), container)].into()
}

#[test]
fn a_container_made_anew_is_ours_only_if_the_run_touched_it() {
    let fault = |on: &str| {
        let on = on.to_owned();
        let kind = FaultKind::Wipe;
        let events = vec![injected(kind, &on), restored(&on)];
        let action = Action::Fault {
            fault: kind,
            on: vec![on],
            networks: BTreeSet::new(),
        };
        let inventories = [("1", When::Before), ("2", When::After)];
        let end = inventories.map(|(id, when)| Event::Inventory {
            when,
            containers: inventory("edge1", id),
        });
        run(plan([action, expect(connected())]), events, end.into())
    };
    assert_eq!(fault("edge1").exit(), Exit::Passed);
    let others = fault("edge2");
    assert_eq!(others.exit(), Exit::Unknown);
    let note = others.deciding().map_or("", |part| &part.note);
    assert!(note.contains("edge1: made anew, not by this run"), "{note}");
}

#[test]
fn an_added_edge_that_is_still_there_is_left_over() {
    let after = inventory("more-1", "1");
    let inventories = [(When::Before, Inventory::new()), (When::After, after)];
    let end = inventories.map(|(when, containers)| Event::Inventory { when, containers });
    let verdict = run(adding(), vec![added()], end.into());
    let words = "more-1: was added by this run and is still there";
    assert_eq!(verdict.left_over, [words]);
    assert_eq!(verdict.exit(), Exit::NotRestored);
}

#[test]
fn a_service_is_hurt_and_mended_like_an_edge() {
    let kill = Action::Fault {
        fault: FaultKind::Kill,
        on: vec!["orchestrator".to_owned()],
        networks: BTreeSet::new(),
    };
    let plan = plan([kill, expect(connected())]);
    let dead = || vec![injected(FaultKind::Kill, "orchestrator")];
    let good = run(plan.clone(), dead(), vec![restored("orchestrator")]);
    assert_eq!(good.exit(), Exit::Passed, "{good:#?}");
    let woken = Event::Restored {
        container: ContainerName("orchestrator".to_owned()),
        proof: None,
        left: Vec::new(),
    };
    assert_eq!(run(plan.clone(), dead(), vec![woken]).exit(), Exit::Unknown);
    let unproven = run(plan, Vec::new(), Vec::new());
    assert_eq!(unproven.exit(), Exit::Internal);
}

#[test]
fn a_restart_mends_a_death_but_not_a_cut() {
    let restart = Action::Fault {
        fault: FaultKind::Restart,
        on: vec!["edge1".to_owned()],
        networks: BTreeSet::new(),
    };
    let plan = plan([restart, expect(connected())]);
    let nothing = || Event::Restored {
        container: ContainerName("edge1".to_owned()),
        proof: None,
        left: Vec::new(),
    };
    let after = |fault| {
        let events = vec![
            injected(fault, "edge1"),
            injected(FaultKind::Restart, "edge1"),
        ];
        run(plan.clone(), events, vec![nothing()]).exit()
    };
    assert_eq!(after(FaultKind::Kill), Exit::Passed);
    assert_eq!(after(FaultKind::Partition), Exit::Unknown);
}
