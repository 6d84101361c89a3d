//! Claims about the lines that containers wrote.

use std::time::Duration;

use super::{Tape, absent, at, contrary, deployed, executions, late, look_on, nodes};
use crate::clock::Timestamp;
use crate::fault::{ContainerName, Lost};
use crate::journal::{Answer, Event, StepOutcome, Topic};
use crate::plan::{Claim, Who, Writers};
use crate::playbook::Pattern;
use crate::verdict::look::Finding;
use crate::verdict::watch::Watch;

pub(super) fn line(container: &str, text: &str) -> Event {
    Event::Line {
        when: Timestamp(0),
        container: ContainerName(container.to_owned()),
        text: text.to_owned(),
    }
}

pub(super) fn claim(of: Writers, pattern: &str, count: Option<u64>, after: Option<usize>) -> Claim {
    Claim::Logs {
        of,
        pattern: Pattern::parse(pattern).unwrap_or_else(|e| panic!("{e}")),
        count,
        after,
    }
}

fn orchestrator() -> Writers {
    Writers::Services(vec!["orchestrator".to_owned()])
}

/// What a sweep reads besides the logs.
fn read() -> Vec<(Topic, Answer)> {
    let nodes = (Topic::Nodes, nodes("connected", "connected"));
    vec![nodes, (late(), executions("running", "running"))]
}

/// A tape of these lines, and a sweep after them.
fn tape(lines: &[(&str, &str)]) -> Tape {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    for (container, text) in lines {
        tape.put(at(1), line(container, text));
    }
    tape.sweep(at(2), read());
    tape
}

#[test]
fn every_container_must_have_written_such_a_line() {
    let of = Writers::Edges(Who::All);
    let claim = claim(of, "EDGE: Rec.*", None, None);
    let lines = [
        ("edge1", "EDGE: Received"),
        ("orchestrator", "EDGE: Received"),
    ];
    let finding = look_on(&claim, &tape(&lines));
    assert_eq!(finding, contrary(&["no such line of edge2"]));
    let lines = [("edge1", "EDGE: Received"), ("edge2", "EDGE: Received it")];
    assert_eq!(look_on(&claim, &tape(&lines)), Finding::Met);
}

#[test]
fn a_count_is_exact_and_may_be_zero() {
    let twice = [
        ("orchestrator", "DISPATCH: a"),
        ("orchestrator", "DISPATCH: b"),
    ];
    let found = |count| {
        let claim = claim(orchestrator(), "DISPATCH", Some(count), None);
        look_on(&claim, &tape(&twice))
    };
    assert_eq!(found(2), Finding::Met);
    assert_eq!(found(3), contrary(&["2 such lines, not 3"]));
    assert_eq!(found(0), contrary(&["2 such lines, not 0"]));
    let none = claim(orchestrator(), "PUBLISH", Some(0), None);
    assert_eq!(look_on(&none, &tape(&twice)), Finding::Met);
}

#[test]
fn only_lines_recorded_after_that_step_count() {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    tape.put(
        at(0),
        line("orchestrator", "HANDSHAKE: of an instrumented build"),
    );
    let claim = claim(orchestrator(), "DISPATCH", None, Some(0));
    tape.sweep(at(1), read());
    assert!(absent(&look_on(&claim, &tape)).contains("did not end"));
    // All within one millisecond: the order of the record decides.
    tape.put(at(2), line("orchestrator", "DISPATCH: early"));
    tape.end(at(2), 0, StepOutcome::Done, &[]);
    tape.sweep(at(2), read());
    let words = "no such line of orchestrator";
    assert_eq!(look_on(&claim, &tape), contrary(&[words]));
    tape.put(at(2), line("orchestrator", "DISPATCH: late"));
    tape.sweep(at(2), read());
    assert_eq!(look_on(&claim, &tape), Finding::Met);
}

#[test]
fn a_capture_stands_for_what_the_last_readings_say() {
    let pattern = "DISPATCH: ${exec.late.edge1} of ${job.late} to ${node.edge1}$";
    let claim = claim(orchestrator(), pattern, None, None);
    let mine = "DISPATCH: execution-on-edge1 of late to node-of-edge1";
    let found = look_on(&claim, &tape(&[("orchestrator", mine)]));
    assert_eq!(found, Finding::Met);
    let other = "DISPATCH: execution-on-edge2 of late to node-of-edge1";
    let found = look_on(&claim, &tape(&[("orchestrator", other)]));
    assert_eq!(found, contrary(&["no such line of orchestrator"]));
    let mut early = Tape::default();
    let nodes = (Topic::Nodes, nodes("connected", "connected"));
    early.sweep(at(1), vec![nodes]);
    let words = "${exec.late.edge1} stands for nothing yet";
    assert_eq!(absent(&look_on(&claim, &early)), words);
}

#[test]
fn where_lines_were_lost_only_what_is_there_decides() {
    let gapped = |count| {
        let mut tape = tape(&[
            ("orchestrator", "DISPATCH: a"),
            ("orchestrator", "DISPATCH: b"),
        ]);
        let (of, reason) = (Lost::Lines, "the engine was restarted".to_owned());
        tape.put(at(3), Event::Gap { of, reason });
        look_on(&claim(orchestrator(), "DISPATCH", count, None), &tape)
    };
    assert_eq!(gapped(None), Finding::Met);
    assert_eq!(gapped(Some(1)), contrary(&["2 such lines, not 1"]));
    let mut silent = tape(&[("orchestrator", "PUBLISH: a")]);
    let (of, reason) = (Lost::Lines, "the engine was restarted".to_owned());
    silent.put(at(3), Event::Gap { of, reason });
    let finding = look_on(&claim(orchestrator(), "DISPATCH", None, None), &silent);
    assert!(absent(&finding).contains("may be missing"), "{finding:?}");
    for count in [2, 3] {
        let finding = gapped(Some(count));
        assert!(absent(&finding).contains("may be missing"), "{finding:?}");
    }
}

#[test]
fn a_look_at_logs_has_its_place_in_time_from_the_nodes() {
    let claim = claim(orchestrator(), "DISPATCH", Some(0), None);
    let plan = super::plan([super::expect(claim.clone())]);
    let mut tape = Tape::default();
    let nodes = Answer::Failed("connection refused".to_owned());
    tape.put(
        at(6),
        line("orchestrator", "HANDSHAKE: of an instrumented build"),
    );
    tape.sweep(at(7), vec![(Topic::Nodes, nodes)]);
    let view = crate::verdict::look::View {
        plan: &plan,
        record: &tape.record,
        after: crate::journal::ReadingId(0),
    };
    let look = view.look(&claim);
    assert_eq!(look.finding, Finding::Met);
    assert_eq!((look.sent, look.readings.len()), (at(7), 1));
}

#[test]
fn lines_of_instrumented_builds_are_not_observable_where_none_is_ever_written() {
    let claim = claim(orchestrator(), "DISPATCH: again", Some(0), None);
    let silent = tape(&[("orchestrator", "a line of another build")]);
    assert!(matches!(look_on(&claim, &silent), Finding::Hidden(_)));
    let instrumented = tape(&[("orchestrator", "HANDSHAKE: Node handshake completed")]);
    assert_eq!(look_on(&claim, &instrumented), Finding::Met);

    // A build may only be slow to write the first one: it is not given up before the deadline.
    let plan = super::plan([super::expect(claim)]);
    let mut tape = Tape::default();
    tape.begin(at(0), 0);
    let mut watch = Watch::begin(&plan, &tape.record, 0).unwrap_or_else(|| panic!("a claim"));
    let mut ruled = |second| {
        tape.sweep(at(second), read());
        watch.on(&plan, &tape.record, at(second), Duration::from_secs(1))
    };
    assert_eq!(ruled(1), None);
    let ruling = ruled(1000).map(|ruling| ruling.outcome);
    assert_eq!(ruling, Some(StepOutcome::NotObservable));
}
