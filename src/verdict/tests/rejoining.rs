//! Whether a node came back, when the API never said that it was gone.

use super::{Tape, at, expect, injected, node, plan, reconnected, restored};
use crate::api::model::Node;
use crate::clock::Timestamp;
use crate::fault::ContainerName;
use crate::journal::{Answer, Event, ReadingId, Topic};
use crate::playbook::FaultKind;
use crate::verdict::look::{Finding, View};

fn logged(text: &str) -> Event {
    Event::Line {
        when: Timestamp(0),
        container: ContainerName("orchestrator".to_owned()),
        text: text.to_owned(),
    }
}

fn read(node: Node) -> Vec<(Topic, Answer)> {
    vec![(Topic::Nodes, Answer::Nodes(vec![node]))]
}

fn look_at(tape: &Tape) -> Finding {
    let plan = plan([expect(reconnected())]);
    let view = View {
        plan: &plan,
        record: &tape.record,
        after: ReadingId(1),
    };
    view.look(&reconnected()).finding
}

/// What is said of edge1, given its node before and after the restore, and a line of the log.
fn look(before: Node, after: Node, line: Option<&str>) -> Finding {
    let mut tape = Tape::default();
    tape.sweep(at(1), read(before));
    tape.put(at(2), restored("edge1"));
    if let Some(text) = line {
        tape.put(at(3), logged(text));
    }
    tape.sweep(at(4), read(after));
    look_at(&tape)
}

fn beating(heartbeat: &str) -> Node {
    Node {
        last_heartbeat: Some(heartbeat.to_owned()),
        ..node("edge1", "connected")
    }
}

#[test]
fn a_heartbeat_that_differs_is_a_return() {
    assert_eq!(
        look(beating("12:00:00"), beating("12:00:15"), None),
        Finding::Met
    );
}

#[test]
fn the_same_heartbeat_is_none() {
    let seen = look(beating("12:00:00"), beating("12:00:00"), None);
    let words = "edge1 is connected, but not seen since the restore".to_owned();
    assert_eq!(seen, Finding::Contrary(vec![words]));
}

#[test]
fn a_new_identity_is_a_return() {
    let mut other = beating("12:00:00");
    other.id.0.push_str("-again");
    assert_eq!(look(beating("12:00:00"), other, None), Finding::Met);
}

#[test]
fn a_reading_that_failed_before_the_restore_is_no_base_line() {
    let failed = Answer::Failed("connection refused".to_owned());
    let mut tape = Tape::default();
    tape.sweep(at(0), read(beating("12:00:00")));
    tape.sweep(at(1), vec![(Topic::Nodes, failed)]);
    tape.sweep(at(1), vec![(Topic::Nodes, Answer::Same(ReadingId(2)))]);
    tape.put(at(2), restored("edge1"));
    tape.sweep(at(3), read(beating("12:00:00")));
    let finding = look_at(&tape);
    assert!(matches!(finding, Finding::Contrary(_)), "{finding:?}");
}

#[test]
fn only_a_reading_of_the_dead_edge_is_a_base_line() {
    let mut tape = Tape::default();
    tape.sweep(at(1), read(beating("12:00:00")));
    tape.put(at(2), injected(FaultKind::Remove, "edge1"));
    tape.put(at(3), restored("edge1"));
    tape.sweep(at(4), read(beating("12:00:15")));
    let finding = look_at(&tape);
    assert!(matches!(finding, Finding::Absent(_)), "{finding:?}");
}

#[test]
fn a_restarted_node_is_back_with_the_first_change_of_its_new_life() {
    let mut tape = Tape::default();
    tape.sweep(at(1), read(beating("12:00:00")));
    tape.put(at(2), injected(FaultKind::Restart, "edge1"));
    // What it said just before the restart may be heard of after it.
    tape.sweep(at(3), read(beating("12:00:15")));
    let finding = look_at(&tape);
    assert!(matches!(finding, Finding::Contrary(_)), "{finding:?}");
    tape.sweep(at(4), read(beating("12:00:18")));
    assert_eq!(look_at(&tape), Finding::Met);
}

#[test]
fn a_node_that_nobody_brought_back_cannot_come_back() {
    let mut tape = Tape::default();
    tape.sweep(at(1), read(beating("12:00:00")));
    tape.sweep(at(2), read(beating("12:00:15")));
    let finding = look_at(&tape);
    assert!(matches!(finding, Finding::Absent(_)), "{finding:?}");
}

#[test]
fn where_the_server_gives_no_times_the_log_decides() {
    let mute = || node("edge1", "connected");
    let finding = look(mute(), mute(), None);
    assert!(matches!(finding, Finding::Absent(_)), "{finding:?}");
    let mine = "HANDSHAKE: Node handshake completed node_id=node-of-edge1";
    assert_eq!(look(mute(), mute(), Some(mine)), Finding::Met);
    let other = "HANDSHAKE: Node handshake completed node_id=node-of-edge2";
    let finding = look(mute(), mute(), Some(other));
    assert!(matches!(finding, Finding::Contrary(_)), "{finding:?}");
}

/// The node of an edge whose data went with its volume, before and after it came back.
fn wiped(after: Node) -> Finding {
    let mut tape = Tape::default();
    tape.sweep(at(1), read(beating("12:00:00")));
    tape.put(at(2), injected(FaultKind::Wipe, "edge1"));
    tape.sweep(at(3), read(beating("12:00:00")));
    tape.put(at(4), restored("edge1"));
    tape.sweep(at(5), read(after));
    look_at(&tape)
}

#[test]
fn an_edge_that_has_to_enrol_and_has_not_is_no_failure_of_the_orchestrator() {
    let Finding::Absent(why) = wiped(beating("12:00:00")) else {
        panic!("it was judged");
    };
    assert!(why.contains("has not joined as a new node"), "{why}");
    assert!(why.ends_with("docker logs edge1"), "{why}");
    let mut anew = beating("12:00:30");
    anew.id.0.push_str("-anew");
    assert_eq!(wiped(anew), Finding::Met);
}

#[test]
fn an_edge_that_enrolled_anew_and_was_hit_again_has_enrolled() {
    let anew = |time| {
        let mut node = beating(time);
        node.id.0.push_str("-anew");
        node
    };
    let mut tape = Tape::default();
    tape.sweep(at(1), read(beating("12:00:00")));
    tape.put(at(2), injected(FaultKind::Wipe, "edge1"));
    tape.put(at(3), restored("edge1"));
    tape.sweep(at(4), read(anew("12:00:15")));
    tape.put(at(5), injected(FaultKind::Kill, "edge1"));
    tape.sweep(at(6), read(anew("12:00:15")));
    tape.put(at(7), restored("edge1"));
    tape.sweep(at(8), read(anew("12:00:30")));
    assert_eq!(look_at(&tape), Finding::Met);
}
