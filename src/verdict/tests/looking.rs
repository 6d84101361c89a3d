//! One look at one claim.

use super::{
    Tape, absent, at, connected, contrary, deployed, execution, executions, injected, late,
    look_on, nodes, running,
};
use crate::api::model::{ExecutionId, NodeState};
use crate::journal::{Answer, Topic};
use crate::plan::{Claim, Who};
use crate::playbook::FaultKind;
use crate::verdict::look::Finding;

/// What one sweep with these answers says of a claim.
fn look(claim: &Claim, answers: Vec<(Topic, Answer)>) -> Finding {
    let mut tape = Tape::default();
    tape.sweep(at(1), answers);
    look_on(claim, &tape)
}

fn both(executions: Answer) -> Vec<(Topic, Answer)> {
    vec![
        (Topic::Nodes, nodes("connected", "connected")),
        (late(), executions),
    ]
}

#[test]
fn every_selected_edge_needs_an_execution_that_fits() {
    assert_eq!(
        look(&running(), both(executions("running", "running"))),
        Finding::Met
    );
    let one = look(&running(), both(executions("running", "pending")));
    assert_eq!(one, contrary(&["pending on edge2 (desired running)"]));
    let only = Answer::Executions(vec![execution("edge1", "running")]);
    assert_eq!(
        look(&running(), both(only)),
        contrary(&["no execution on edge2"])
    );
}

#[test]
fn an_empty_set_is_no_contradiction() {
    let mut tape = Tape::default();
    for edge in ["edge1", "edge2"] {
        tape.put(at(1), injected(FaultKind::Remove, edge));
    }
    tape.sweep(at(2), both(executions("running", "running")));
    for claim in [running(), connected()] {
        assert!(absent(&look_on(&claim, &tape)).contains("no edge is selected"));
    }
}

#[test]
fn a_node_that_is_not_listed_decides_nothing() {
    let Answer::Nodes(mut listed) = nodes("connected", "connected") else {
        unreachable!("nodes are nodes");
    };
    listed.pop();
    let finding = look(&connected(), vec![(Topic::Nodes, Answer::Nodes(listed))]);
    assert_eq!(absent(&finding), "the server lists no node of edge2");
}

#[test]
fn a_state_that_is_not_given_is_never_the_one_that_is_wanted() {
    let mut silent = execution("edge2", "running");
    silent.observed = None;
    let answer = Answer::Executions(vec![execution("edge1", "running"), silent]);
    let finding = look(&running(), both(answer));
    assert_eq!(
        absent(&finding),
        "the server gives no state of execution execution-on-edge2"
    );
    let Answer::Nodes(mut listed) = nodes("connected", "connected") else {
        unreachable!("nodes are nodes");
    };
    listed[1].state = None;
    let finding = look(
        &connected(),
        vec![(Topic::Nodes, Answer::Nodes(listed.clone()))],
    );
    assert_eq!(absent(&finding), "the server gives no state of edge2");
    listed[1].state = Some(NodeState::from("dreaming"));
    let finding = look(&connected(), vec![(Topic::Nodes, Answer::Nodes(listed))]);
    assert_eq!(finding, contrary(&["edge2 is dreaming"]));
}

#[test]
fn executions_of_another_version_are_history() {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(2));
    tape.sweep(at(1), both(executions("running", "running")));
    let none = contrary(&["no execution on edge1", "no execution on edge2"]);
    assert_eq!(look_on(&running(), &tape), none);
    let of_now = ["edge1", "edge2"].map(|edge| {
        let mut new = execution(edge, "running");
        new.id = ExecutionId(format!("new-on-{edge}"));
        new.job_version = Some(2);
        new
    });
    tape.sweep(at(2), both(Answer::Executions(of_now.into())));
    assert_eq!(look_on(&running(), &tape), Finding::Met);
}

#[test]
fn a_count_counts_what_fits_and_may_be_zero() {
    let counted = |count| Claim::Executions {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("pending".into()),
        desired: None,
        count: Some(count),
    };
    let answers = || both(executions("running", "pending"));
    assert_eq!(look(&counted(1), answers()), Finding::Met);
    let few = "1 match, not 2: running on edge1 (desired running)";
    assert_eq!(look(&counted(2), answers()), contrary(&[few]));
    assert_eq!(
        look(&counted(0), answers()),
        contrary(&["1 match, not 0: pending on edge2 (desired running)"])
    );
    assert_eq!(
        look(&counted(0), both(Answer::Executions(Vec::new()))),
        Finding::Met
    );
}

#[test]
fn a_job_that_the_server_took_and_does_not_know_any_more_is_contrary() {
    let claim = Claim::Job {
        job: "late".to_owned(),
        is: "running".into(),
    };
    let topic = Topic::Job("late".to_owned());
    let finding = look(&claim, vec![(topic, Answer::Job(None))]);
    assert_eq!(
        finding,
        contrary(&["the server knows no job late any more"])
    );
    assert_eq!(absent(&look(&claim, Vec::new())), "nothing was read yet");
}
