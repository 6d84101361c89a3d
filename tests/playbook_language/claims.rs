//! What is claimed, and of what.

use rejoin::playbook::pattern::Capture;
use rejoin::playbook::{Claim, NodeIs, Place, Selection, Service, Verb};

use super::verb;

fn expected(claim: &str) -> Claim {
    match verb(&format!("expect: {{ {claim} }}")) {
        Verb::Expect(expectation) => expectation.claim,
        other => panic!("{other:?}"),
    }
}

fn late() -> String {
    "late".to_owned()
}

#[test]
fn an_assumption_takes_a_deadline_and_a_time_to_hold() {
    let Verb::Assume(assumed) =
        verb("assume: { nodes: { which: edge1, are: lost }, within: 2h, hold: 2 * heartbeat }")
    else {
        panic!("not an assumption")
    };
    assert!(matches!(
        assumed.claim,
        Claim::Nodes {
            are: NodeIs::Lost,
            ..
        }
    ));
    assert_eq!(
        assumed.hold.map(String::from).as_deref(),
        Some("2 * heartbeat")
    );
}

#[test]
fn executions_as_the_orchestrator_has_them() {
    assert_eq!(
        expected("executions: { job: late, desired: running, count: 0 }"),
        Claim::Executions {
            job: late(),
            nodes: Selection::All,
            observed: None,
            desired: Some("running".to_owned()),
            count: Some(0),
        }
    );
}

#[test]
fn executions_as_the_edges_have_them() {
    assert_eq!(
        expected("truth: { job: late, nodes: edge1, observed: running, count: 2 }"),
        Claim::Truth {
            job: late(),
            nodes: Selection::Names(vec!["edge1".to_owned()]),
            observed: Some("running".to_owned()),
            count: Some(2),
        }
    );
}

#[test]
fn what_executions_went_through() {
    assert_eq!(
        expected("history: { job: late, passed: [pending, running], never: [failed, lost] }"),
        Claim::History {
            job: late(),
            nodes: Selection::All,
            passed: ["pending", "running"].map(str::to_owned).to_vec(),
            never: ["failed", "lost"].map(str::to_owned).to_vec(),
        }
    );
}

#[test]
fn evaluations_since_a_step() {
    assert_eq!(
        expected("evaluations: { job: late }"),
        Claim::Evaluations {
            job: late(),
            trigger: None,
            state: None,
            count: None,
            after: None,
        }
    );
    assert_eq!(
        expected(
            "evaluations: { job: late, trigger: node-join, state: complete, count: 1, after: step-1 }"
        ),
        Claim::Evaluations {
            job: late(),
            trigger: Some("node-join".to_owned()),
            state: Some("complete".to_owned()),
            count: Some(1),
            after: Some("step-1".to_owned()),
        }
    );
}

#[test]
fn lines_of_logs_with_captures() {
    let Claim::Logs {
        of,
        pattern,
        count,
        after,
    } = expected(
        "logs: { services: [orchestrator], pattern: \"DISPATCH.*${exec.late.edge1}\", count: 0, after: step-1 }, hold: 20s",
    )
    else {
        panic!("not a claim about logs")
    };
    assert_eq!(of, Place::Services(vec![Service::Orchestrator]));
    let captures: Vec<&Capture> = pattern.captures().collect();
    let edge = "edge1".to_owned();
    assert_eq!(captures, [&Capture::Execution { job: late(), edge }]);
    assert_eq!((count, after.as_deref()), (Some(0), Some("step-1")));
    assert!(matches!(
        expected("logs: { nodes: { pick: 1 }, pattern: x }"),
        Claim::Logs {
            of: Place::Nodes(Selection::Pick(1)),
            count: None,
            after: None,
            ..
        }
    ));
}
