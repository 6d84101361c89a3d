//! What is left of a run besides its steps: containers, signals, invariants.

use std::collections::BTreeMap;

use super::judging::{met, simple, verdict};
use super::{at, execution, executions, late};
use crate::exit::Exit;
use crate::fault::{ContainerName, Inventory};
use crate::journal::{Answer, Event, When};
use crate::playbook::{FaultKind, Invariant};

fn inventory(names: &[&str]) -> Inventory {
    let container = |name: &&str| {
        let text = format!(
            r#"{{"name":"{name}","service":"{name}","role":"edge","hostname":"","id":"1","image":"",
            "image_id":"","state":"running","identity":{{"config.Cmd":"run"}},"labels":{{}}}}"#
        );
        let container = serde_json::from_str(&text);
        (
            ContainerName((*name).to_owned()),
            container.unwrap_or_else(|e| panic!("{e}")),
        )
    };
    names.iter().map(container).collect()
}

#[test]
fn what_is_left_over_spoils_only_a_pass() {
    let left = || Event::LeftOver {
        what: "job late".to_owned(),
    };
    assert_eq!(verdict(met(simple()), [left()]).exit(), Exit::NotRestored);
    let halted = Event::Halted {
        reason: "full".to_owned(),
    };
    assert_eq!(
        verdict(met(simple()), [left(), halted]).exit(),
        Exit::Unknown
    );
}

#[test]
fn an_inventory_that_differs_is_left_over_field_by_field() {
    let before = inventory(&["edge1", "edge2"]);
    let mut after = inventory(&["edge1", "edge3"]);
    for container in after.values_mut() {
        container.identity = BTreeMap::from([("config.Cmd".to_owned(), "walk".to_owned())]);
    }
    let events = [(When::Before, before), (When::After, after)];
    let events = events.map(|(when, containers)| Event::Inventory { when, containers });
    let verdict = verdict(met(simple()), events);
    let left = [
        "edge1: config.Cmd was run, is walk",
        "edge2: gone",
        "edge3: was not there before",
    ];
    assert_eq!(verdict.left_over, left);
    assert_eq!(verdict.exit(), Exit::NotRestored);
}

/// The engine may have carried out what it could not answer, and the undo has made the container anew.
#[test]
fn what_a_fault_without_an_answer_changed_is_not_laid_to_others() {
    let before = inventory(&["edge1"]);
    let mut after = before.clone();
    for container in after.values_mut() {
        container.id = "2".to_owned();
    }
    let looks = [(When::Before, before), (When::After, after)];
    let [first, last] = looks.map(|(when, containers)| Event::Inventory { when, containers });
    let broken_off = Event::NotInjected {
        fault: FaultKind::Remove,
        on: "edge1".to_owned(),
        container: ContainerName("edge1".to_owned()),
        reason: "connection reset".to_owned(),
    };
    let strangers = verdict(met(simple()), [first.clone(), last.clone()]);
    assert_eq!(strangers.exit(), Exit::Unknown, "made anew by others");
    let ours = verdict(met(simple()), [first, broken_off, last]);
    assert_eq!(ours.exit(), Exit::Passed, "{ours:#?}");
}

#[test]
fn a_bug_comes_before_a_signal_and_a_signal_before_a_failure() {
    let signal = |name: &str| Event::Interrupted {
        signal: name.to_owned(),
    };
    let broken = Event::Broken {
        reason: "oops".to_owned(),
    };
    assert_eq!(
        verdict(met(simple()), [signal("SIGINT")]).exit(),
        Exit::Interrupted
    );
    assert_eq!(
        verdict(met(simple()), [signal("SIGTERM")]).exit(),
        Exit::Terminated
    );
    assert_eq!(
        verdict(met(simple()), [signal("SIGINT"), broken]).exit(),
        Exit::Internal
    );
}

#[test]
fn an_invariant_is_judged_over_every_reading() {
    let mut plan = simple();
    plan.invariants = vec![Invariant::LegalTransitions, Invariant::OneExecutionPerNode];
    let mut tape = met(plan.clone());
    tape.sweep(at(3), vec![(late(), executions("running", "pending"))]);
    tape.sweep(at(4), vec![(late(), executions("pending", "running"))]);
    let broken = verdict(tape, []);
    assert_eq!(broken.exit(), Exit::Failed);
    let note = broken.deciding().map_or("", |part| &part.note);
    assert_eq!(
        note,
        "execution execution-on-edge1 of late on edge1 went from running to pending"
    );
    let mut twice = met(plan.clone());
    let Some(Event::Header { .. }) = twice.entries.first().map(|entry| &entry.event) else {
        unreachable!("met begins with a header");
    };
    let mut second = execution("edge1", "pending");
    second.id.0.push_str("-again");
    let both = vec![execution("edge1", "running"), second];
    twice.sweep(at(3), vec![(late(), Answer::Executions(both))]);
    let note = verdict(twice, [])
        .deciding()
        .map_or(String::new(), |part| part.note.clone());
    let words = "late has 2 executions on edge1: \
                 execution-on-edge1 (running), execution-on-edge1-again (pending)";
    assert_eq!(note, words);
    // Nothing seen proves nothing.
    assert_eq!(verdict(met(plan), []).exit(), Exit::Unknown);
}
