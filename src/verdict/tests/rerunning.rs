//! What counts after a rerun, and which version of a job of other hands does.

use super::judging::verdict;
use super::{
    Tape, at, contrary, deployed, execution, executions, expect, late, look_on, nodes, plan,
    running, runs,
};
use crate::api::model::{Execution, ExecutionId, Job, JobId};
use crate::journal::{Answer, Event, SCHEMA, StepOutcome, Topic};
use crate::plan::{Action, Claim, Who};
use crate::playbook::Invariant;
use crate::verdict::look::Finding;
use crate::verdict::{Outcome, What};

fn rerun(version: Option<u64>) -> Event {
    Event::Rerun {
        job: "late".to_owned(),
        version,
        unclear: false,
    }
}

fn said(all: Vec<Execution>) -> Vec<(Topic, Answer)> {
    let nodes = nodes("connected", "connected");
    vec![(Topic::Nodes, nodes), (late(), Answer::Executions(all))]
}

/// The execution of before, as the orchestrator says it is now.
fn old(edge: &str, observed: &str, desired: &str) -> Execution {
    Execution {
        desired: Some(desired.into()),
        ..execution(edge, observed)
    }
}

/// The execution that a rerun makes.
fn anew(edge: &str, observed: &str) -> Execution {
    Execution {
        id: ExecutionId(format!("anew-on-{edge}")),
        ..execution(edge, observed)
    }
}

/// The job runs, and is rerun.
fn rerun_tape(version: Option<u64>) -> Tape {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    let running = executions("running", "running");
    tape.sweep(
        at(1),
        vec![
            (Topic::Nodes, nodes("connected", "connected")),
            (late(), running),
        ],
    );
    tape.put(at(2), rerun(version));
    tape
}

#[test]
fn what_was_there_before_a_rerun_counts_no_more() {
    let mut tape = rerun_tape(Some(1));
    let stale = ["edge1", "edge2"].map(|edge| old(edge, "running", "running"));
    tape.sweep(at(3), said(stale.into()));
    let none = [
        "no execution on edge1 since the rerun",
        "no execution on edge2 since the rerun",
    ];
    assert_eq!(look_on(&running(), &tape), contrary(&none));
    let replaced = |second| {
        vec![
            old("edge1", "stopping", "stopped"),
            anew("edge1", "running"),
            old("edge2", "running", "stopped"),
            anew("edge2", second),
        ]
    };
    tape.sweep(at(4), said(replaced("pending")));
    let pending = ["pending on edge2 (desired running)"];
    assert_eq!(look_on(&running(), &tape), contrary(&pending));
    tape.sweep(at(5), said(replaced("running")));
    assert_eq!(look_on(&running(), &tape), Finding::Met);
}

#[test]
fn an_execution_that_is_started_anew_under_its_own_id_counts() {
    let mut tape = rerun_tape(Some(1));
    let again = |edge| Execution {
        revision: Some(9),
        ..old(edge, "running", "running")
    };
    tape.sweep(at(3), said(vec![again("edge1"), again("edge2")]));
    assert_eq!(look_on(&running(), &tape), Finding::Met);
}

#[test]
fn a_rerun_may_be_a_new_version() {
    let mut tape = rerun_tape(Some(2));
    let second = |edge| Execution {
        job_version: Some(2),
        ..anew(edge, "running")
    };
    tape.sweep(at(3), said(vec![second("edge1"), anew("edge2", "running")]));
    let none = ["no execution on edge2 since the rerun"];
    assert_eq!(look_on(&running(), &tape), contrary(&none));
    tape.sweep(at(4), said(vec![second("edge1"), second("edge2")]));
    assert_eq!(look_on(&running(), &tape), Finding::Met);
}

#[test]
fn an_edge_that_runs_what_was_before_does_not_run_the_rerun() {
    let claim = Claim::Truth {
        job: "late".to_owned(),
        on: Who::These(vec!["edge1".to_owned()]),
        observed: Some("running".into()),
        count: None,
    };
    let mut tape = rerun_tape(Some(1));
    let orchestrator = vec![
        old("edge1", "stopping", "stopped"),
        anew("edge1", "pending"),
    ];
    let mut answers = said(orchestrator.clone());
    answers.push(runs("edge1", vec![execution("edge1", "running")]));
    tape.sweep(at(3), answers);
    let none = ["edge1 knows no execution of late since the rerun"];
    assert_eq!(look_on(&claim, &tape), contrary(&none));
    let mut answers = said(orchestrator);
    answers.push(runs("edge1", vec![anew("edge1", "running")]));
    tape.sweep(at(4), answers);
    assert_eq!(look_on(&claim, &tape), Finding::Met);
}

/// The outcome of `one-execution-per-node` where this is read at the end.
fn doubled(mut tape: Tape, all: Vec<Execution>) -> Outcome {
    let mut plan = plan([expect(running())]);
    plan.invariants = vec![Invariant::OneExecutionPerNode];
    let plan = Box::new(plan);
    let header = Event::Header {
        schema: SCHEMA,
        plan,
    };
    tape.put(at(3), header);
    tape.entries.rotate_right(1);
    tape.sweep(at(3), said(all));
    let verdict = verdict(tape, []);
    let of_invariant = verdict.parts.iter().find(|part| {
        let one = Invariant::OneExecutionPerNode;
        part.what == What::Invariant(one)
    });
    of_invariant.map_or(Outcome::Unknown, |part| part.outcome)
}

#[test]
fn the_old_execution_may_end_beside_the_new_one_but_no_two_of_one_rerun_may_live() {
    let old_and_new = vec![
        old("edge1", "stopping", "stopped"),
        anew("edge1", "pending"),
    ];
    let tape = rerun_tape(Some(1));
    assert_eq!(doubled(tape, old_and_new.clone()), Outcome::Pass);
    let mut without = Tape::default();
    without.put(at(0), deployed(1));
    assert_eq!(doubled(without, old_and_new), Outcome::Fail);
    let second = Execution {
        id: ExecutionId("another".to_owned()),
        ..anew("edge1", "running")
    };
    let two = vec![anew("edge1", "running"), second];
    assert_eq!(doubled(rerun_tape(Some(1)), two), Outcome::Fail);
}

#[test]
fn a_job_of_others_has_the_version_that_was_said_last() {
    let mut tape = Tape::default();
    tape.put(
        at(0),
        Event::Adopted {
            job: "late".to_owned(),
            name: "theirs".to_owned(),
            id: JobId("late".to_owned()),
            version: Some(1),
        },
    );
    let job = |version| {
        let job = Job {
            id: JobId("late".to_owned()),
            version: Some(version),
            ..Job::default()
        };
        (Topic::Job("late".to_owned()), Answer::Job(Some(job)))
    };
    let all = || vec![execution("edge1", "running"), execution("edge2", "running")];
    let mut answers = said(all());
    answers.push(job(1));
    tape.sweep(at(1), answers);
    assert_eq!(look_on(&running(), &tape), Finding::Met);
    let mut answers = said(all());
    answers.push(job(2));
    tape.sweep(at(2), answers);
    let none = ["no execution on edge1", "no execution on edge2"];
    assert_eq!(look_on(&running(), &tape), contrary(&none));
}

#[test]
fn what_a_person_confirmed_is_no_part_of_the_verdict_and_unconfirmed_it_is_unknown() {
    for (outcome, parts) in [(StepOutcome::Done, 1), (StepOutcome::Undecided, 2)] {
        let mut tape = Tape::default();
        let text = "Water the plants".to_owned();
        let manual = Action::Manual {
            text,
            within: super::budget(10),
        };
        let plan = Box::new(plan([manual, expect(running())]));
        let header = Event::Header {
            schema: SCHEMA,
            plan,
        };
        tape.put(at(0), header);
        tape.begin(at(1), 0);
        tape.end(at(2), 0, outcome, &[]);
        let verdict = verdict(tape, []);
        let steps = verdict.parts.iter();
        let steps = steps.filter(|part| matches!(part.what, What::Step(_)));
        assert_eq!(steps.count(), parts, "{outcome:?}: {verdict:#?}");
        assert_eq!(verdict.outcome, Outcome::Unknown);
    }
}
