//! A claim under its deadline of ten seconds.

use std::time::Duration;

use super::{Tape, at, budget, connected, expect, nodes, plan};
use crate::clock::Elapsed;
use crate::journal::{Answer, StepOutcome, Topic};
use crate::plan::Action;
use crate::verdict::watch::{Ruling, Watch};

const EVERY: Duration = Duration::from_secs(1);

fn held(seconds: u64) -> Action {
    match expect(connected()) {
        Action::Claim {
            mode,
            claim,
            within,
            ..
        } => Action::Claim {
            mode,
            claim,
            within,
            hold: Some(budget(seconds)),
            recovers: false,
        },
        other => other,
    }
}

/// Feeds a watch with answers about the nodes until it rules.
fn rule(action: Action, answers: &[(Elapsed, Answer)]) -> Option<Ruling> {
    let plan = plan([action]);
    let mut tape = Tape::default();
    tape.sweep(at(0), vec![(Topic::Nodes, nodes("connected", "connected"))]);
    tape.begin(at(0), 0);
    let mut watch = Watch::begin(&plan, &tape.record, 0)?;
    answers.iter().find_map(|(when, answer)| {
        tape.sweep(*when, vec![(Topic::Nodes, answer.clone())]);
        watch.on(&plan, &tape.record, *when, EVERY)
    })
}

fn good() -> Answer {
    nodes("connected", "connected")
}

fn bad() -> Answer {
    nodes("connected", "lost")
}

fn gone() -> Answer {
    Answer::Failed("connection refused".to_owned())
}

fn outcome(action: Action, answers: &[(Elapsed, Answer)]) -> Option<StepOutcome> {
    rule(action, answers).map(|ruling| ruling.outcome)
}

#[test]
fn what_is_met_at_once_is_done_at_once_on_its_own_reading() {
    let ruling = rule(expect(connected()), &[(at(1), good())]);
    let ruling = ruling.map(|r| {
        (
            r.outcome,
            r.readings.iter().map(|id| id.0).collect::<Vec<_>>(),
        )
    });
    // Reading 1 came before the step and counts for nothing.
    assert_eq!(ruling, Some((StepOutcome::Done, vec![2])));
}

#[test]
fn a_contrary_reading_decides_only_if_it_was_asked_for_after_the_deadline() {
    let before = [(at(1), bad()), (at(10), bad())];
    assert_eq!(outcome(expect(connected()), &before), None);
    let late = [(at(9), bad()), (Elapsed(10_001), bad())];
    let ruling = rule(expect(connected()), &late);
    let ruling = ruling.map(|ruling| (ruling.outcome, ruling.note));
    let note = Some("edge2 is lost".to_owned());
    assert_eq!(ruling, Some((StepOutcome::Contradicted, note)));
    let recovers = [(at(9), bad()), (at(10), good())];
    assert_eq!(
        outcome(expect(connected()), &recovers),
        Some(StepOutcome::Done)
    );
}

#[test]
fn silence_after_the_deadline_is_no_contradiction() {
    let silent: Vec<_> = (9..20).map(|second| (at(second), gone())).collect();
    let ruling = rule(expect(connected()), &silent);
    let ruling = ruling.map(|ruling| (ruling.outcome, ruling.note));
    let note = Some("connection refused".to_owned());
    assert_eq!(ruling, Some((StepOutcome::Undecided, note)));
    let returns = [(at(9), gone()), (at(11), gone()), (at(12), bad())];
    assert_eq!(
        outcome(expect(connected()), &returns),
        Some(StepOutcome::Contradicted)
    );
}

#[test]
fn the_same_error_twice_is_still_an_error() {
    let mut answers = vec![(at(9), gone())];
    let again = |second| (at(second), Answer::Same(crate::journal::ReadingId(2)));
    answers.extend((11..20).map(again));
    assert_eq!(
        outcome(expect(connected()), &answers),
        Some(StepOutcome::Undecided)
    );
}

#[test]
fn what_has_to_hold_is_done_when_it_has_held() {
    let answers: Vec<_> = (1..10).map(|second| (at(second), good())).collect();
    assert_eq!(
        outcome(held(5), &answers[..5]),
        None,
        "held for four seconds"
    );
    assert_eq!(outcome(held(5), &answers), Some(StepOutcome::Done));
}

#[test]
fn what_breaks_before_the_deadline_may_still_come_true_and_hold() {
    let answers = [
        (at(1), good()),
        (at(2), bad()),
        (at(3), good()),
        (at(8), good()),
    ];
    assert_eq!(outcome(held(5), &answers[..3]), None);
    let polled: Vec<_> = (3..9).map(|second| (at(second), good())).collect();
    let answers = [&answers[..2], &polled].concat();
    assert_eq!(outcome(held(5), &answers), Some(StepOutcome::Done));
}

#[test]
fn what_breaks_after_the_deadline_is_contradicted() {
    let mut answers: Vec<_> = (9..12).map(|second| (at(second), good())).collect();
    answers.push((at(12), bad()));
    let ruling = rule(held(5), &answers).map(|ruling| (ruling.outcome, ruling.note));
    let note = Some("it held from +9.0s on, then: edge2 is lost".to_owned());
    assert_eq!(ruling, Some((StepOutcome::Contradicted, note)));
}

#[test]
fn what_is_first_read_long_after_the_deadline_may_have_come_true_after_it() {
    let in_time = [(at(9), gone()), (at(12), good())];
    assert_eq!(
        outcome(expect(connected()), &in_time),
        Some(StepOutcome::Done)
    );
    let late = [(at(9), gone()), (at(13), good())];
    assert_eq!(
        outcome(expect(connected()), &late),
        Some(StepOutcome::Undecided)
    );
}

#[test]
fn a_gap_of_more_than_two_polls_while_it_has_to_hold_decides_nothing() {
    let two = [(at(1), good()), (at(3), good()), (at(6), good())];
    assert_eq!(outcome(held(60), &two[..2]), None);
    assert_eq!(outcome(held(60), &two), Some(StepOutcome::Undecided));
    let failing = [
        (at(1), good()),
        (at(2), gone()),
        (at(3), gone()),
        (at(4), good()),
    ];
    assert_eq!(outcome(held(60), &failing), Some(StepOutcome::Undecided));
}
