//! Good playbooks: what the language says, and that the shipped ones say it.

mod claims;
mod faults;
mod shipped;
mod verbs;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rejoin::playbook::parse::{self, Overrides};
use rejoin::playbook::{Claim, FaultKind, Invariant, Place, Playbook, Selection, Verb};
use rejoin::settings::Timing;

/// The example of the design, word for word.
pub(crate) const EXAMPLE: &str = r"rejoin: 1
name: stuck-pending
title: Work deployed into the disconnect window starts once its nodes are back
scenario: Node Join - Reconnection / pending execution exists, node reconnects
issue: expanso-io/expanso#395       # documentation only; known issues are declared in the gate
needs: { edges: 2 }                 # at least
jobs:
  steady: ../fixtures/jobs/test-job.yaml
  late: ../fixtures/jobs/new-job.yaml
vars: { gap: 0s }                   # --set gap=30s
steps:
  - expect: { nodes: { which: all, are: connected } }
  - deploy: steady
  - expect: { executions: { job: steady, nodes: all, observed: running } }
  - name: the edges die unnoticed
    remove: { nodes: all, as: victims }   # docker rm -f; the data volume stays, so the node keeps its identity
  - wait: gap
  - assume: { nodes: { which: victims, are: connected } }   # the API still believes in them
  - deploy: late
  - assume: { nodes: { which: victims, are: connected } }   # so the deploy fell inside the window
  - observe: { executions: { job: late } }
  - restore: { nodes: victims }
  - expect: { nodes: { which: victims, are: reconnected } }
  - await: { reevaluation: { job: late, trigger: node-join } }
  - expect: { executions: { job: late, nodes: all, observed: running } }
  - expect: { job: { late: running } }
always: [one-execution-per-node, legal-transitions]
";

pub(crate) fn parse(text: &str, set: &[&str]) -> Playbook {
    let overrides = Overrides::from_args(set).expect("NAME=TIME");
    parse::parse(
        Path::new("playbooks/example.yaml"),
        text,
        &overrides,
        &Timing::default(),
    )
    .unwrap_or_else(|problems| panic!("{problems}"))
}

/// The verb of the only step of a playbook whose job `late` is deployed already.
pub(crate) fn verb(step: &str) -> Verb {
    let text = format!(
        "rejoin: 1\nname: x\njobs: {{ late: ../fixtures/jobs/new-job.yaml, newer: ../fixtures/jobs/test-job.yaml }}\nsteps:\n  - deploy: late\n  - {step}\n"
    );
    let mut steps = parse(&text, &[]).steps;
    steps.pop().expect("two steps").verb
}

#[test]
fn the_example_of_the_design_is_understood() {
    let playbook = parse(EXAMPLE, &[]);
    assert_eq!(playbook.name, "stuck-pending");
    assert_eq!(playbook.needs.edges, 2);
    assert_eq!(playbook.issue.as_deref(), Some("expanso-io/expanso#395"));
    assert_eq!(playbook.jobs["late"].name, "new-test-job");
    assert_eq!(
        playbook.jobs["late"].spec["config"]["input"]["generate"]["interval"],
        "5s"
    );
    assert_eq!(
        playbook.jobs["late"].path,
        PathBuf::from("playbooks/../fixtures/jobs/new-job.yaml")
    );
    assert_eq!(
        playbook.always,
        [Invariant::OneExecutionPerNode, Invariant::LegalTransitions]
    );
    let removal = &playbook.steps[3];
    assert_eq!(removal.id, "step-4");
    assert_eq!(removal.name.as_deref(), Some("the edges die unnoticed"));
    assert_eq!((removal.at.line, removal.at.column), (16, 5));
    assert!(matches!(
        &removal.verb,
        Verb::Fault { kind: FaultKind::Remove, on: Place::Nodes(Selection::All), bind: Some(name), .. } if name == "victims"
    ));
    let Verb::Expect(last) = &playbook.steps[13].verb else {
        panic!("{:?}", playbook.steps[13])
    };
    assert_eq!(
        last.claim,
        Claim::Job {
            job: "late".to_owned(),
            is: "running".to_owned()
        }
    );
}

#[test]
fn a_var_can_be_set() {
    let wait = |set: &[&str]| {
        let playbook = parse(EXAMPLE, set);
        let Verb::Wait(time) = &playbook.steps[4].verb else {
            panic!("{:?}", playbook.steps[4])
        };
        time.eval(&Timing::default(), &playbook.vars)
    };
    assert_eq!(wait(&[]), Ok(Duration::ZERO));
    assert_eq!(
        wait(&["gap=1s", "gap=2*heartbeat+0.5s"]),
        Ok(Duration::from_millis(30_500))
    );
}

#[test]
fn anchors_and_merges_are_yaml_and_work() {
    let playbook = parse(
        "rejoin: 1\nname: x\nsteps:\n  - expect: { nodes: &all { which: all, are: connected } }\n  - assume: { nodes: *all }\n  - expect: { nodes: { <<: *all, are: lost } }\n",
        &[],
    );
    assert_eq!(playbook.steps.len(), 3);
}
