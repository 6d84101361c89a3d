//! What `rejoin sweep` refuses. Apart because the other cases fill a file.

use super::cases::{ASKS_A_PERSON, Case, NO_ENGINE, case, with_env, with_files};

const AWAY: &str = "playbooks/deploy-while-away.yaml";
const GAP: &str = "gap=0s..1m";
const TWO_VARS: &str = "rejoin: 1
name: two-vars
title: Two times, one of which must not be longer than the other
vars: { gap: 10s, pause: 30s }
steps:
  - wait: pause - gap
  - expect: { nodes: { which: all, are: connected } }
";

const fn of(name: &'static str, args: &'static [&'static str]) -> Case {
    case(name, 2, args)
}

pub(crate) const CASES: &[Case] = &[
    of("sweep-no-var", &["sweep", AWAY]),
    of("sweep-no-times", &["sweep", AWAY, "--var", "gap"]),
    of("sweep-no-range", &["sweep", AWAY, "--var", "gap=30s"]),
    of("sweep-unknown-var", &["sweep", AWAY, "--var", "gpa=0s..1m"]),
    of(
        "sweep-playbook-without-vars",
        &["sweep", "playbooks/all-connected.yaml", "--var", GAP],
    ),
    of(
        "sweep-bad-time",
        &["sweep", AWAY, "--var", "gap=0s..5 parsecs"],
    ),
    of(
        "sweep-unknown-time",
        &["sweep", AWAY, "--var", "gap=0s..disconect_timeout+1m"],
    ),
    of("sweep-of-itself", &["sweep", AWAY, "--var", "gap=0s..gap"]),
    of(
        "sweep-negative-time",
        &["sweep", AWAY, "--var", "gap=1s - heartbeat..1m"],
    ),
    of("sweep-downwards", &["sweep", AWAY, "--var", "gap=1m..60s"]),
    of(
        "sweep-one-point",
        &["sweep", AWAY, "--var", GAP, "--points", "1"],
    ),
    of(
        "sweep-too-few-runs",
        &["sweep", AWAY, "--var", GAP, "--runs", "10"],
    ),
    of(
        "sweep-within-nothing",
        &["sweep", AWAY, "--var", GAP, "--within", "0s"],
    ),
    of(
        "sweep-set-too",
        &["sweep", AWAY, "--var", GAP, "--set", "gap=30s"],
    ),
    with_files(
        of(
            "sweep-impossible-end",
            &["sweep", "two.yaml", "--var", "gap=0s..31s"],
        ),
        &[("two.yaml", TWO_VARS)],
    ),
    of(
        "sweep-format",
        &["sweep", AWAY, "--var", GAP, "--format", "junit"],
    ),
    of("sweep-of-many", &["sweep", "playbooks", "--var", GAP]),
    with_files(
        of("sweep-manual", &["sweep", "asks.yaml", "--var", GAP]),
        &[("asks.yaml", ASKS_A_PERSON)],
    ),
    of(
        "sweep-timeout-on-sim",
        &["sweep", AWAY, "--var", GAP, "--timeout", "1m"],
    ),
    of(
        "sweep-jobs-on-containers",
        &[
            "sweep", AWAY, "--var", GAP, "--target", "local", "--jobs", "2",
        ],
    ),
    with_env(
        case(
            "sweep-no-engine",
            3,
            &["sweep", AWAY, "--var", GAP, "--target", "local"],
        ),
        NO_ENGINE,
    ),
    of(
        "sweep-max-hit",
        &["sweep", AWAY, "--var", GAP, "--max-hit", "1"],
    ),
    of(
        "sweep-unknown-variant",
        &["sweep", AWAY, "--var", GAP, "--variant", "fix-c"],
    ),
];
