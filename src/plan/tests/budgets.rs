//! Deadlines, and how long a run takes at the most.

use std::time::Duration;

use super::super::Action;
use super::{plan_on, planned, site};

#[test]
fn times_are_resolved_with_the_targets_profile() {
    let prepared = planned("  - wait: gap + 2 * disconnect_timeout\n");
    let Action::Wait { time } = prepared.plan.steps[0].action else {
        panic!("a wait");
    };
    assert_eq!(time, Duration::from_secs(615));
    assert_eq!(
        prepared.plan.worst_case(),
        prepared.plan.ready.time + time + prepared.plan.settle.time
    );
}

/// The deadline of the only claim, and the words it was computed from.
fn deadline(claim: &str) -> (Duration, String) {
    let prepared = planned(&format!("  - deploy: late\n  - {claim}\n"));
    match &prepared.plan.steps[1].action {
        Action::Claim { within, .. } => (within.time, within.from.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn deadlines_come_from_the_playbook_or_from_the_profile() {
    let cases = [
        (
            "expect: { nodes: { which: all, are: connected }, within: gap }",
            15,
            "gap",
        ),
        (
            "assume: { nodes: { which: all, are: connected } }",
            0,
            "an assume is judged at once",
        ),
        (
            "expect: { nodes: { which: all, are: lost } }",
            300 + 3600 + 30 + 5,
            "disconnect_timeout + lost_timeout + 2 * heartbeat + 5s",
        ),
        (
            "expect: { job: { late: running } }",
            30 + 30 + 30 + 30 + 5,
            "connect_grace + 2 * heartbeat + 2 * reevaluation_batch + housekeeping + reconcile + 5s",
        ),
    ];
    for (claim, seconds, from) in cases {
        assert_eq!(
            deadline(claim),
            (Duration::from_secs(seconds), from.to_owned()),
            "{claim}"
        );
    }
}

#[test]
fn settling_takes_as_long_as_the_slowest_thing_that_can_still_act() {
    assert_eq!(
        planned("  - wait: 1s\n").plan.settle.from,
        "reconcile + heartbeat"
    );
    let mut slow = site(1, 1);
    slow.timing.housekeeping = Duration::from_secs(60);
    let prepared = plan_on("  - wait: 1s\n", slow).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(prepared.plan.settle.from, "housekeeping + heartbeat");
    assert_eq!(prepared.plan.settle.time, Duration::from_secs(75));
}

#[test]
fn what_work_is_expected_to_do_has_one_deadline() {
    let wanted = deadline("expect: { job: { late: running } }");
    for claim in [
        "executions: { job: late, observed: running }",
        "truth: { job: late, observed: running }",
        "evaluations: { job: late }",
        "history: { job: late, never: [failed] }",
        "logs: { services: [orchestrator], pattern: x }",
    ] {
        assert_eq!(
            deadline(&format!("expect: {{ {claim} }}")),
            wanted,
            "{claim}"
        );
    }
}

#[test]
fn the_longest_counts_every_round_and_the_wait_for_what_may_be_stuck() {
    let steps = "  - repeat: { times: 5, steps: [{ wait: 10s }, { wait: 1s }] }\n";
    let plan = planned(steps).plan;
    let waits = Duration::from_secs(55);
    let rest = plan.ready.time + plan.settle.time;
    assert_eq!(plan.worst_case(), rest + waits);
    let watched = planned(&format!("{steps}always: [nothing-stuck]\n")).plan;
    assert_eq!(watched.settle, plan.settle);
    assert_eq!(
        watched.longest_settling(),
        plan.settle.time + Duration::from_secs(125)
    );
    assert_eq!(
        watched.worst_case(),
        plan.ready.time + waits + watched.longest_settling()
    );
}
