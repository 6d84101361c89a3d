//! nothing-stuck, and how long settling goes on for it.

use std::time::Duration;

use super::at_the_end::ending;
use super::judging::{met, verdict};
use super::{Tape, at, deployed, executions, late, nodes, restored};
use crate::journal::{Answer, Event, Phase, Topic};
use crate::plan::Plan;
use crate::playbook::Invariant;
use crate::verdict::invariants::settle_until;
use crate::verdict::{Outcome, Part};

/// Every timing is one second: work may take to start as long as [`budget`] says.
fn stuck() -> Plan {
    let mut plan = ending(&[Invariant::NothingStuck]);
    let second = Duration::from_secs(1);
    plan.timing.reevaluation_batch = second;
    plan.timing.housekeeping = second;
    plan.timing.reconcile = second;
    plan.timing.connect_grace = Duration::ZERO;
    assert_eq!(budget(), 11);
    plan
}

fn budget() -> u64 {
    let mut timing = crate::settings::Timing::default();
    let second = Duration::from_secs(1);
    timing.heartbeat = second;
    timing.reevaluation_batch = second;
    timing.housekeeping = second;
    timing.reconcile = second;
    timing.connect_grace = Duration::ZERO;
    crate::plan::budget::of_work(&timing).time.as_secs()
}

/// What is read where edge1's execution and node are in these states.
fn read(execution: &str, node: &str) -> Vec<(Topic, Answer)> {
    vec![
        (Topic::Nodes, nodes(node, "connected")),
        (late(), executions(execution, "running")),
    ]
}

fn pending() -> Vec<(Topic, Answer)> {
    read("pending", "connected")
}

/// A run that settles from +10s on.
fn settling() -> Tape {
    let mut tape = met(stuck());
    tape.put(at(3), deployed(1));
    let phase = Phase::Settle;
    tape.put(at(10), Event::Phase { phase });
    tape
}

fn judge(sweeps: Vec<(u64, Vec<(Topic, Answer)>)>) -> Part {
    let mut tape = settling();
    let mut last = 20;
    for (second, answers) in sweeps {
        tape.sweep(at(second), answers);
        last = last.max(second);
    }
    let phase = Phase::Cleanup;
    tape.put(at(last), Event::Phase { phase });
    verdict(tape, []).parts[1].clone()
}

#[test]
fn what_waits_for_longer_than_work_may_take_is_stuck() {
    let part = judge(vec![
        (10, pending()),
        (15, pending()),
        (20, pending()),
        (21, pending()),
    ]);
    assert_eq!(part.outcome, Outcome::Fail);
    let words = "execution execution-on-edge1 of late on edge1 is pending (desired running), \
                 and edge1 is connected";
    assert_eq!(part.note, words);
    assert_eq!((part.since, part.decided), (Some(at(10)), at(21)));
}

#[test]
fn what_starts_or_waits_for_nobody_is_not() {
    let started = read("running", "connected");
    let part = judge(vec![(10, pending()), (20, pending()), (21, started)]);
    assert_eq!(part.outcome, Outcome::Pass);
    let away = || read("pending", "disconnected");
    let part = judge(vec![(10, away()), (20, away()), (21, away())]);
    assert_eq!(part.outcome, Outcome::Pass);
}

#[test]
fn time_before_the_node_connected_or_before_the_last_restore_does_not_count() {
    let away = || read("pending", "disconnected");
    let part = judge(vec![
        (10, away()),
        (15, pending()),
        (20, pending()),
        (21, pending()),
    ]);
    assert_eq!(part.outcome, Outcome::Unknown);
    let words = "execution execution-on-edge1 of late was still pending, for less than 11.0s";
    assert_eq!(part.note, words);
    let mut tape = met(stuck());
    tape.put(at(3), deployed(1));
    tape.sweep(at(4), pending());
    tape.put(at(12), restored("edge2"));
    for (second, phase) in [(12, Phase::Settle), (22, Phase::Cleanup)] {
        tape.sweep(at(second), pending());
        tape.put(at(second), Event::Phase { phase });
    }
    let part = verdict(tape, []).parts[1].clone();
    assert_eq!(part.outcome, Outcome::Unknown);
}

#[test]
fn settling_goes_on_while_something_waits_and_not_for_ever() {
    let mut tape = settling();
    let until = |tape: &Tape| settle_until(&stuck(), &tape.record);
    assert_eq!(until(&tape), None, "nothing waits");
    tape.sweep(at(11), pending());
    assert_eq!(until(&tape), Some(at(11 + 11)));
    let mut silent = ending(&[Invariant::EdgeAgrees]);
    silent.timing = stuck().timing;
    assert_eq!(settle_until(&silent, &tape.record), None, "nobody asks");
    // A reading that fails is no reason to stop waiting.
    let failed = Answer::Failed("connection refused".to_owned());
    tape.sweep(at(12), vec![(Topic::Nodes, failed)]);
    assert_eq!(until(&tape), Some(at(11 + 11)));
    tape.sweep(at(13), read("running", "connected"));
    assert_eq!(until(&tape), None, "it started");
    tape.sweep(at(30), pending());
    assert_eq!(until(&tape), Some(at(10 + 10 + 11)), "at most");
}
