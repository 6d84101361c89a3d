//! What is claimed: of whom, since which step, with which captures.

use super::super::{Claim, Who, Writers};
use super::{claim, planned, refused, site};

#[test]
fn claims_about_what_not_every_target_shows() {
    let prepared = planned(
        "  - deploy: late
  - expect: { truth: { job: late, nodes: edge1, observed: running, count: 1 } }
  - expect: { history: { job: late, passed: [pending, running], never: [lost] } }
  - expect: { evaluations: { job: late, trigger: node-join, state: complete, count: 2 } }
  - expect: { logs: { nodes: all, pattern: EDGE } }
",
    );
    assert_eq!(
        *claim(&prepared, 1),
        Claim::Truth {
            job: "late".to_owned(),
            on: Who::These(vec!["edge1".to_owned()]),
            observed: Some("running".into()),
            count: Some(1),
        }
    );
    assert_eq!(
        *claim(&prepared, 2),
        Claim::History {
            job: "late".to_owned(),
            on: Who::All,
            passed: vec!["pending".into(), "running".into()],
            never: vec!["lost".into()],
        }
    );
    assert_eq!(
        *claim(&prepared, 3),
        Claim::Evaluations {
            job: "late".to_owned(),
            trigger: Some("node-join".to_owned()),
            state: Some("complete".into()),
            count: Some(2),
            after: None,
        }
    );
    assert!(matches!(
        claim(&prepared, 4),
        Claim::Logs {
            of: Writers::Edges(Who::All),
            count: None,
            after: None,
            ..
        }
    ));
}

#[test]
fn after_is_the_number_of_the_step_with_every_round_counted() {
    let prepared = planned(
        "  - { id: first, deploy: late }
  - { id: flap, repeat: { times: 3, steps: [{ restart: { nodes: edge1 } }, { wait: 1s }] } }
  - { id: last, wait: 1s }
  - expect: { evaluations: { job: late, after: first } }
  - expect: { evaluations: { job: late, after: flap } }
  - expect: { logs: { services: [orchestrator], pattern: x, count: 0, after: last } }
",
    );
    let after = |step| match claim(&prepared, step) {
        Claim::Evaluations { after, .. } | Claim::Logs { after, .. } => *after,
        other => panic!("{other:?}"),
    };
    assert_eq!([after(8), after(9), after(10)], [Some(0), Some(6), Some(7)]);
}

#[test]
fn the_logs_of_services_are_those_of_their_containers() {
    let steps =
        "  - expect: { logs: { services: [orchestrator, nats], pattern: \"x ${node.edge3}\" } }\n";
    let prepared = planned(steps);
    let Claim::Logs { of, pattern, .. } = claim(&prepared, 0) else {
        panic!("{:?}", claim(&prepared, 0));
    };
    let services = ["orchestrator", "bus"].map(str::to_owned).to_vec();
    assert_eq!(*of, Writers::Services(services));
    assert_eq!(pattern.to_string(), "x ${node.edge3}");
}

#[test]
fn a_capture_of_a_node_that_is_not_there_is_refused() {
    let steps = "  - deploy: late
  - kill: { nodes: edge1, as: dead }
  - expect: { logs: { services: [nats], pattern: \"${exec.late.dead}\" } }
  - add: { edges: 1, as: more }
";
    let (said, environment) = refused(steps, site(2, 1));
    assert!(
        said.starts_with("made-up.yaml:9:5: `${exec.late.dead}`: there is no node `dead`"),
        "{said}"
    );
    assert!(said.contains("edge1, edge2") && !environment, "{said}");
    let (said, _) = refused(&steps.replace("exec.late.dead", "node.more-1"), site(2, 1));
    assert!(said.contains("`${node.more-1}`"), "{said}");
}
