//! What the report says besides about a claim that failed.

use super::history::{claim as history_claim, history};
use super::logs::{claim as logs_claim, line};
use super::{Tape, at, deployed, execution, executions, expect, late, nodes, plan, restored, runs};
use crate::api::model::{Evaluation, EvaluationId};
use crate::clock::Elapsed;
use crate::journal::{Answer, ReadingId, StepOutcome, Topic};
use crate::plan::{Claim, Who, Writers};
use crate::verdict::evidence::{about, since};
use crate::verdict::look::View;

fn said(claim: &Claim, tape: &Tape) -> (Option<Elapsed>, Vec<String>) {
    let plan = plan([expect(claim.clone())]);
    let view = View {
        plan: &plan,
        record: &tape.record,
        after: ReadingId(0),
    };
    (since(&view, claim), about(&view, claim))
}

fn read(more: Vec<(Topic, Answer)>) -> Vec<(Topic, Answer)> {
    let mut answers = vec![
        (Topic::Nodes, nodes("connected", "connected")),
        (late(), executions("running", "running")),
    ];
    answers.extend(more);
    answers
}

#[test]
fn an_edge_that_says_otherwise_stands_beside_the_orchestrators_word() {
    let claim = Claim::Truth {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        count: None,
    };
    let good = || runs("edge1", vec![execution("edge1", "running")]);
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    for (second, state) in [(1, "running"), (2, "failed"), (3, "failed")] {
        let bad = runs("edge2", vec![execution("edge2", state)]);
        tape.sweep(at(second), read(vec![good(), bad]));
    }
    let words =
        "of execution execution-on-edge2 the orchestrator says running, edge2 itself failed";
    assert_eq!(said(&claim, &tape), (Some(at(2)), vec![words.to_owned()]));
}

#[test]
fn what_is_too_much_is_what_is_told_of() {
    let truth = Claim::Truth {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        count: Some(0),
    };
    let executions = Claim::Executions {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        desired: None,
        count: Some(1),
    };
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    for second in [1, 2] {
        let first = runs("edge1", Vec::new());
        let second_edge = runs("edge2", vec![execution("edge2", "running")]);
        tape.sweep(at(second), read(vec![first, second_edge]));
    }
    let words =
        "of execution execution-on-edge2 the orchestrator says running, edge2 itself running";
    assert_eq!(said(&truth, &tape), (Some(at(1)), vec![words.to_owned()]));
    // Nobody waits for a dispatch of what runs.
    assert_eq!(said(&executions, &tape), (Some(at(1)), Vec::new()));
}

#[test]
fn lines_that_are_too_many_are_quoted_and_else_those_that_came_nearest() {
    let of = || Writers::Services(vec!["orchestrator".to_owned()]);
    let lines = |count, after| logs_claim(of(), "DISPATCH ${exec.late.edge1}", count, after);
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    tape.sweep(at(1), read(Vec::new()));
    let none = "no line of these containers was recorded";
    assert_eq!(said(&lines(None, None), &tape).1, [none]);
    tape.put(at(2), line("orchestrator", "DISPATCH execution-on-edge1"));
    let many = ["orchestrator at +2.0s: DISPATCH execution-on-edge1"];
    assert_eq!(said(&lines(Some(0), None), &tape).1, many);
    tape.end(at(2), 0, StepOutcome::Done, &[]);
    let early = "before that step there was: orchestrator at +2.0s: DISPATCH execution-on-edge1";
    assert_eq!(said(&lines(None, Some(0)), &tape).1, [early]);
    tape.put(at(3), line("orchestrator", "DISPATCH execution-on-edge2"));
    let other = "of something else: orchestrator at +3.0s: DISPATCH execution-on-edge2";
    assert_eq!(said(&lines(None, Some(0)), &tape).1, [early, other]);
    let last = logs_claim(of(), "PUBLISH", None, None);
    let words =
        "the last line of these containers: orchestrator at +3.0s: DISPATCH execution-on-edge2";
    assert_eq!(said(&last, &tape).1, [words]);
}

#[test]
fn the_newest_evaluations_are_named() {
    let evaluation = |id: &str, trigger: &str| Evaluation {
        id: EvaluationId(id.to_owned()),
        trigger: trigger.to_owned(),
        state: Some("complete".into()),
        created_at: None,
        updated_at: None,
        ..Evaluation::default()
    };
    let claim = Claim::Evaluations {
        job: "late".to_owned(),
        trigger: Some("node-leave".to_owned()),
        state: None,
        count: None,
        after: Some(0),
    };
    let listed = |all: Vec<Evaluation>| {
        let answer = Answer::Evaluations(Some(all));
        read(vec![(Topic::Evaluations("late".to_owned()), answer)])
    };
    let mut tape = Tape::default();
    let first = evaluation("e1", "job-create");
    tape.sweep(at(1), listed(vec![first.clone()]));
    tape.end(at(1), 0, StepOutcome::Done, &[]);
    tape.sweep(at(2), listed(vec![first, evaluation("e2", "node-join")]));
    let words = [
        "evaluation e2 (node-join) is complete",
        "evaluation e1 (job-create) is complete, which was there before",
    ];
    assert_eq!(said(&claim, &tape).1, words);
}

#[test]
fn a_history_is_told_with_the_servers_times() {
    let mut tape = Tape::default();
    let path = history(&[("edge1", &["pending", "running", "lost"])]);
    tape.sweep(at(1), read(vec![path]));
    let words = "execution execution-on-edge1 on edge1: \
                 pending, running at time of running, lost at time of lost";
    assert_eq!(said(&history_claim(&[], &["lost"]), &tape).1, [words]);
}

#[test]
fn a_node_join_that_sent_nothing_is_told_of_what_waits_to_be_sent() {
    let evaluation = Evaluation {
        id: EvaluationId("e1".to_owned()),
        trigger: "node-join".to_owned(),
        state: Some("complete".into()),
        created_at: None,
        updated_at: None,
        ..Evaluation::default()
    };
    let listed = |all| {
        let answer = Answer::Evaluations(Some(all));
        (Topic::Evaluations("late".to_owned()), answer)
    };
    let nodes = || (Topic::Nodes, nodes("connected", "connected"));
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    let word = "DISPATCH: Attempting to send message execution_id=execution-on-edge2";
    tape.put(at(1), line("orchestrator", word));
    tape.sweep(at(2), vec![nodes(), listed(Vec::new())]);
    tape.put(at(3), restored("edge2"));
    let states = (late(), executions("completed", "pending"));
    tape.sweep(at(4), vec![nodes(), states, listed(vec![evaluation])]);
    let claim = Claim::Executions {
        job: "late".to_owned(),
        on: Who::These(vec!["edge2".to_owned()]),
        observed: Some("running".into()),
        desired: None,
        count: None,
    };
    let sent = "evaluation e1 (node-join) of late was complete at +4.0s without a new dispatch: \
                the last one of these executions was logged at +1.0s";
    assert_eq!(said(&claim, &tape).1, [sent]);
    let over = (late(), executions("completed", "failed"));
    tape.sweep(at(5), vec![nodes(), over]);
    assert_eq!(said(&claim, &tape).1, [""; 0]);
}
