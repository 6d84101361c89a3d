//! The verdict from a whole journal.

use super::{Tape, at, connected, expect, nodes, plan, running};
use crate::clock::Timestamp;
use crate::exit::Exit;
use crate::fault::ContainerName;
use crate::journal::{Event, SCHEMA, StepOutcome, Topic};
use crate::plan::{Action, Plan};
use crate::verdict::{Outcome, Verdict, What, judge};

/// A journal of one `expect` that is met on reading 1, without its end.
pub(super) fn met(plan: Plan) -> Tape {
    let mut tape = Tape::default();
    let plan = Box::new(plan);
    tape.put(
        at(0),
        Event::Header {
            schema: SCHEMA,
            plan,
        },
    );
    tape.begin(at(1), 0);
    tape.sweep(at(2), vec![(Topic::Nodes, nodes("connected", "connected"))]);
    tape.end(at(2), 0, StepOutcome::Done, &[1]);
    tape
}

pub(super) fn verdict(mut tape: Tape, events: impl IntoIterator<Item = Event>) -> Verdict {
    for event in events {
        tape.put(at(3), event);
    }
    tape.put(at(4), Event::End);
    judge(&tape.entries).unwrap_or_else(|| panic!("there is a header"))
}

pub(super) fn simple() -> Plan {
    plan([expect(connected())])
}

#[test]
fn a_journal_without_a_header_is_no_run() {
    assert_eq!(judge(&[]), None);
}

#[test]
fn met_and_ended_is_a_pass() {
    let verdict = verdict(met(simple()), []);
    assert_eq!((verdict.outcome, verdict.cause), (Outcome::Pass, None));
    assert_eq!(verdict.exit(), Exit::Passed);
}

#[test]
fn engine_and_replay_must_agree_on_outcome_and_readings() {
    for (outcome, readings) in [(StepOutcome::Contradicted, [1]), (StepOutcome::Done, [7])] {
        let mut tape = Tape::default();
        let plan = Box::new(simple());
        tape.put(
            at(0),
            Event::Header {
                schema: SCHEMA,
                plan,
            },
        );
        tape.begin(at(1), 0);
        tape.sweep(at(2), vec![(Topic::Nodes, nodes("connected", "connected"))]);
        tape.end(at(2), 0, outcome, &readings);
        let verdict = verdict(tape, []);
        assert_eq!(verdict.exit(), Exit::Internal);
        assert!(verdict.broken.is_some_and(|why| why.contains("step-1")));
    }
}

#[test]
fn a_step_that_the_plan_does_not_have_is_no_reason_to_panic() {
    let mut tape = met(simple());
    tape.begin(at(3), 99);
    tape.end(at(3), 99, StepOutcome::Done, &[1]);
    assert_eq!(verdict(tape, []).exit(), Exit::Passed);
}

#[test]
fn a_killed_run_is_unknown_and_says_so() {
    let verdict = judge(&met(simple()).entries).unwrap_or_else(|| panic!("a header"));
    assert_eq!(verdict.exit(), Exit::Unknown);
    let part = verdict
        .deciding()
        .map(|part| (part.what, part.note.as_str()));
    let words = "the journal has no end: the run was killed";
    assert_eq!(part, Some((What::Run, words)));
}

#[test]
fn what_was_not_reached_is_unknown_but_never_the_cause() {
    let tape = met(plan([expect(connected()), expect(running())]));
    let verdict = verdict(
        tape,
        [Event::Halted {
            reason: "the disk is full".to_owned(),
        }],
    );
    let notes: Vec<&str> = verdict
        .parts
        .iter()
        .map(|part| part.note.as_str())
        .collect();
    assert_eq!(notes, ["", "not reached", "the disk is full"]);
    assert_eq!((verdict.cause, verdict.exit()), (Some(2), Exit::Unknown));
}

#[test]
fn a_target_changed_by_other_hands_is_unknown() {
    let foreign = Event::Container {
        when: Timestamp(0),
        container: ContainerName("edge2".to_owned()),
        action: "die".to_owned(),
        exit: Some(137),
        ours: false,
    };
    let verdict = verdict(met(simple()), [foreign]);
    assert_eq!(verdict.exit(), Exit::Unknown);
    let note = verdict.deciding().map_or("", |part| &part.note);
    assert!(note.contains("by other hands: edge2: die"), "{note}");
}

#[test]
fn a_playbook_that_expects_nothing_never_passes() {
    let mut tape = Tape::default();
    let job = "late".to_owned();
    let plan = Box::new(plan([Action::Deploy { job }]));
    tape.put(
        at(0),
        Event::Header {
            schema: SCHEMA,
            plan,
        },
    );
    tape.begin(at(1), 0);
    tape.end(at(2), 0, StepOutcome::Done, &[]);
    let verdict = verdict(tape, []);
    assert_eq!(verdict.exit(), Exit::Unknown);
    let note = verdict.deciding().map_or("", |part| &part.note);
    assert!(note.contains("nothing was tested"), "{note}");
}
