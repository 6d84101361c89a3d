//! Claims about evaluations.

use super::{Tape, absent, at, contrary, look_on};
use crate::api::model::{Evaluation, EvaluationId};
use crate::journal::{Answer, StepOutcome, Topic};
use crate::plan::Claim;
use crate::verdict::look::Finding;

fn evaluation(id: &str, trigger: &str, state: Option<&str>) -> Evaluation {
    Evaluation {
        id: EvaluationId(id.to_owned()),
        trigger: trigger.to_owned(),
        state: state.map(Into::into),
        created_at: None,
        updated_at: None,
        ..Evaluation::default()
    }
}

fn listed(evaluations: Vec<Evaluation>) -> Vec<(Topic, Answer)> {
    let answer = Answer::Evaluations(Some(evaluations));
    vec![(Topic::Evaluations("late".to_owned()), answer)]
}

fn joined(count: Option<u64>, after: Option<usize>) -> Claim {
    Claim::Evaluations {
        job: "late".to_owned(),
        trigger: Some("node-join".to_owned()),
        state: Some("complete".into()),
        count,
        after,
    }
}

fn look(claim: &Claim, evaluations: Vec<Evaluation>) -> Finding {
    let mut tape = Tape::default();
    tape.sweep(at(1), listed(evaluations));
    look_on(claim, &tape)
}

fn created() -> Evaluation {
    evaluation("e1", "job-create", Some("complete"))
}

fn join(id: &str) -> Evaluation {
    evaluation(id, "node-join", Some("complete"))
}

#[test]
fn one_of_that_trigger_and_state_is_enough() {
    let claim = joined(None, None);
    assert_eq!(look(&claim, vec![created(), join("e2")]), Finding::Met);
    let words = "no node-join evaluation of late, the last one is e1 (job-create)";
    assert_eq!(look(&claim, vec![created()]), contrary(&[words]));
    let words = "no node-join evaluation of late";
    assert_eq!(look(&claim, Vec::new()), contrary(&[words]));
    let open = evaluation("e2", "node-join", Some("pending"));
    let words = "evaluation e2 (node-join) is pending";
    assert_eq!(look(&claim, vec![created(), open]), contrary(&[words]));
}

#[test]
fn a_count_is_exact() {
    let twice = || vec![created(), join("e2"), join("e3")];
    assert_eq!(look(&joined(Some(2), None), twice()), Finding::Met);
    let words = contrary(&["2 match, not 1: e2 (node-join), e3 (node-join)"]);
    assert_eq!(look(&joined(Some(1), None), twice()), words);
    assert_eq!(look(&joined(Some(0), None), vec![created()]), Finding::Met);
}

#[test]
fn what_was_there_when_that_step_ended_is_old() {
    let mut tape = Tape::default();
    tape.sweep(at(1), listed(vec![created(), join("e2")]));
    tape.begin(at(2), 0);
    let claim = joined(None, Some(0));
    assert!(absent(&look_on(&claim, &tape)).contains("did not end"));
    tape.end(at(2), 0, StepOutcome::Done, &[]);
    tape.sweep(at(3), listed(vec![created(), join("e2")]));
    let words = "no node-join evaluation of late";
    assert_eq!(look_on(&claim, &tape), contrary(&[words]));
    tape.sweep(at(4), listed(vec![created(), join("e2"), join("e3")]));
    assert_eq!(look_on(&claim, &tape), Finding::Met);
}

#[test]
fn a_state_that_is_not_given_decides_nothing() {
    let mute = || evaluation("e2", "node-join", None);
    let words = "the server gives no state of evaluation e2";
    let finding = look(&joined(None, None), vec![mute()]);
    assert_eq!(absent(&finding), words);
    // It may be one too many.
    let finding = look(&joined(Some(1), None), vec![mute(), join("e3")]);
    assert_eq!(absent(&finding), words);
    let finding = look(&joined(None, None), vec![mute(), join("e3")]);
    assert_eq!(finding, Finding::Met);
}

#[test]
fn a_server_without_evaluations_cannot_show_any() {
    let none = || {
        vec![(
            Topic::Evaluations("late".to_owned()),
            Answer::Evaluations(None),
        )]
    };
    let mut tape = Tape::default();
    tape.sweep(at(1), none());
    let words = "the server shows no evaluations".to_owned();
    assert_eq!(look_on(&joined(None, None), &tape), Finding::Hidden(words));
    // Of a job that is gone it shows none any more.
    tape.sweep(at(2), listed(vec![created()]));
    tape.sweep(at(3), none());
    let finding = look_on(&joined(None, None), &tape);
    assert!(absent(&finding).contains("any more"), "{finding:?}");
}
