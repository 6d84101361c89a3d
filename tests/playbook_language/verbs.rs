//! What is done, apart from faults: each verb takes what it says.

use rejoin::playbook::{Awaited, Invariant, Observable, Observation, Verb};

use super::{parse, verb};

#[test]
fn jobs_can_be_changed_and_ended() {
    assert!(matches!(
        verb("update: { job: late, to: newer }"),
        Verb::Update { job, to } if job == "late" && to == "newer"
    ));
    assert!(matches!(verb("stop: late"), Verb::Stop { job } if job == "late"));
    assert!(matches!(verb("delete: late"), Verb::Delete { job } if job == "late"));
}

#[test]
fn a_job_can_be_rerun() {
    assert!(matches!(verb("rerun: late"), Verb::Rerun { job } if job == "late"));
}

#[test]
fn a_job_of_others_is_named_by_the_step_and_then_looked_at_like_any_other() {
    let playbook = parse(
        "rejoin: 1\nname: x\nsteps:\n  - adopt: { job: theirs, name: new-test-job, within: 2 * heartbeat }\n  - expect: { job: { theirs: running } }\n  - await: { reevaluation: { job: theirs, trigger: node-join } }\n  - observe: { truth: { job: theirs } }\n  - expect: { logs: { services: [orchestrator], pattern: '${job.theirs}' } }\n",
        &[],
    );
    let Verb::Adopt { job, name, within } = &playbook.steps[0].verb else {
        panic!("{:?}", playbook.steps[0])
    };
    assert_eq!((job.as_str(), name.as_str()), ("theirs", "new-test-job"));
    let within = within.as_ref().map(ToString::to_string);
    assert_eq!(within.as_deref(), Some("2 * heartbeat"));
    assert!(playbook.jobs.is_empty());
    assert!(!playbook.asks());
}

#[test]
fn a_person_can_be_asked_also_in_every_round() {
    let Verb::Manual { text, within } = verb("manual: { do: Deploy it in the UI, within: 10m }")
    else {
        panic!("not a question")
    };
    assert_eq!(text, "Deploy it in the UI");
    assert_eq!(within.to_string(), "10m");
    let playbook = parse(
        "rejoin: 1\nname: x\nsteps: [{ repeat: { times: 2, steps: [{ manual: { do: Press it, within: 1m } }] } }]\n",
        &[],
    );
    assert!(playbook.asks());
}

#[test]
fn steps_can_be_repeated() {
    let Verb::Repeat { times, steps } = verb(
        "repeat: { times: 6, steps: [ { kill: { nodes: edge1 } }, { id: pause, wait: 1s }, { restore: { nodes: edge1 } } ] }",
    ) else {
        panic!("not a repetition")
    };
    assert_eq!(times, 6);
    let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["step-2-1", "pause", "step-2-3"]);
    assert!(matches!(steps[1].verb, Verb::Wait(_)));
}

#[test]
fn what_must_be_shown_and_must_hold_is_declared() {
    let playbook = parse(
        "rejoin: 1\nname: x\nrequire: [edge-truth, evaluations, history, logs]\nsteps: [{ wait: 1s }]\nalways: [stopped-runs-nowhere, edge-agrees, nothing-stuck]\n",
        &[],
    );
    let required: Vec<Observable> = playbook.require.into_iter().collect();
    assert_eq!(
        required,
        [
            Observable::EdgeTruth,
            Observable::Evaluations,
            Observable::History,
            Observable::Logs
        ]
    );
    assert_eq!(
        playbook.always,
        [
            Invariant::StoppedRunsNowhere,
            Invariant::EdgeAgrees,
            Invariant::NothingStuck
        ]
    );
}

#[test]
fn a_wait_for_an_evaluation() {
    let Verb::Await { what, within } =
        verb("await: { reevaluation: { job: late, trigger: node-leave }, within: lost_timeout }")
    else {
        panic!("not an await")
    };
    let Awaited::Reevaluation { job, trigger } = what;
    assert_eq!((job.as_str(), trigger.as_str()), ("late", "node-leave"));
    assert_eq!(
        within.map(|within| within.to_string()).as_deref(),
        Some("lost_timeout")
    );
}

#[test]
fn everything_can_be_observed() {
    let job = || "late".to_owned();
    for (step, wanted) in [
        ("observe: { nodes: all }", Observation::Nodes),
        ("observe: { job: late }", Observation::Job { job: job() }),
        (
            "observe: { executions: { job: late } }",
            Observation::Executions { job: job() },
        ),
        (
            "observe: { evaluations: { job: late } }",
            Observation::Evaluations { job: job() },
        ),
        (
            "observe: { history: { job: late } }",
            Observation::History { job: job() },
        ),
        (
            "observe: { truth: { job: late } }",
            Observation::Truth { job: job() },
        ),
    ] {
        assert!(
            matches!(verb(step), Verb::Observe(seen) if seen == wanted),
            "{step}"
        );
    }
}
