//! How long each execution took to run again after its edge was brought back, and whether that was in time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{
    Tape, at, budget, deployed, execution, executions, expect, injected, late, node, plan,
    restored, running,
};
use crate::clock::Elapsed;
use crate::journal::{Answer, Event, Phase, StepOutcome, Topic};
use crate::plan::{Action, Claim, Mode, Plan, Who};
use crate::playbook::FaultKind;
use crate::verdict::watch::{Ruling, Watch};
use crate::verdict::{Recovered, Recovery, recovered, recovery};

const EVERY: Duration = Duration::from_secs(1);

/// An edge is killed and brought back; its work is expected within ten seconds of that.
fn whole() -> Plan {
    let on = vec!["edge1".to_owned()];
    let on_edge1 = Claim::Executions {
        job: "late".to_owned(),
        on: Who::These(on.clone()),
        observed: Some("running".into()),
        desired: None,
        count: None,
    };
    plan([
        Action::Fault {
            fault: FaultKind::Kill,
            on: on.clone(),
            networks: BTreeSet::new(),
        },
        Action::Restore {
            on,
            faults: BTreeSet::new(),
        },
        Action::Claim {
            mode: Mode::Expect,
            claim: on_edge1,
            within: budget(10),
            hold: None,
            recovers: true,
        },
    ])
}

/// What the server says at that time: when it last heard of edge1, and how its execution is.
fn look(tape: &mut Tape, when: Elapsed, heard: &str, observed: &str) {
    let mut first = node("edge1", "connected");
    first.last_heartbeat = Some(heard.to_owned());
    let nodes = Answer::Nodes(vec![first, node("edge2", "connected")]);
    let work = executions(observed, "running");
    tape.sweep(when, vec![(Topic::Nodes, nodes), (late(), work)]);
}

/// The job is deployed; edge1 is killed at +5s and brought back at +10s.
fn begun() -> Tape {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    look(&mut tape, at(1), "old", "running");
    tape.put(at(5), injected(FaultKind::Kill, "edge1"));
    look(&mut tape, at(6), "old", "running");
    tape.put(at(10), restored("edge1"));
    tape
}

fn only(tape: &Tape) -> Recovered {
    let all = recovered(&whole(), &tape.entries);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().expect("one")
}

#[test]
fn it_counts_from_the_restore_to_the_first_answer_that_shows_node_and_work_back() {
    let mut tape = begun();
    // The server has not noticed that the node was away: what it says of the work is old.
    look(&mut tape, at(11), "old", "running");
    look(&mut tape, at(12), "new", "pending");
    look(&mut tape, at(14), "new", "running");
    look(&mut tape, at(19), "new", "running");
    let one = only(&tape);
    assert_eq!((one.edge.as_str(), one.restored), ("edge1", at(10)));
    let ran = one.ran.expect("it ran");
    assert_eq!((ran.not_before, ran.by), (at(12), at(14)));
    let slowest = recovery(&whole(), &tape.entries);
    assert_eq!(slowest, Recovery::After(Duration::from_secs(4)));
}

#[test]
fn what_is_still_pending_never_came_back_and_what_is_over_does_not_have_to() {
    let mut tape = begun();
    look(&mut tape, at(12), "new", "pending");
    assert_eq!(only(&tape).ran, None);
    assert_eq!(recovery(&whole(), &tape.entries), Recovery::Never);
    for state in ["completed", "failed", "lost", "stopped"] {
        let mut tape = begun();
        look(&mut tape, at(12), "new", state);
        let all = recovered(&whole(), &tape.entries);
        assert!(all.is_empty(), "{state}: {all:?}");
    }
    let mut stopped = execution("edge1", "pending");
    stopped.desired = Some("stopped".into());
    let mut tape = begun();
    tape.sweep(at(12), vec![(late(), Answer::Executions(vec![stopped]))]);
    assert_eq!(recovery(&whole(), &tape.entries), Recovery::NothingCameBack);
}

#[test]
fn what_healing_brings_back_is_not_measured() {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    look(&mut tape, at(1), "old", "running");
    let phase = Phase::Heal;
    tape.put(at(5), Event::Phase { phase });
    tape.put(at(6), restored("edge1"));
    look(&mut tape, at(7), "new", "running");
    assert_eq!(recovery(&whole(), &tape.entries), Recovery::NothingCameBack);
    assert_eq!(recovery(&whole(), &[]), Recovery::NothingCameBack);
}

/// Feeds the claim with sweeps until it rules.
fn rule(mut tape: Tape, begin: u64, sweeps: &[(u64, &str, &str)]) -> Option<Ruling> {
    let plan = whole();
    tape.begin(at(begin), 2);
    let mut watch = Watch::begin(&plan, &tape.record, 2)?;
    sweeps.iter().find_map(|(when, heard, observed)| {
        look(&mut tape, at(*when), heard, observed);
        watch.on(&plan, &tape.record, at(*when), EVERY)
    })
}

fn outcome(ruling: Option<&Ruling>) -> Option<StepOutcome> {
    ruling.map(|ruling| ruling.outcome)
}

#[test]
fn in_time_is_what_a_reading_shows_in_time() {
    let ruling = rule(
        begun(),
        11,
        &[(12, "new", "pending"), (20, "new", "running")],
    );
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Done));
    // The step may begin long after: what counts is when it ran.
    let mut tape = begun();
    look(&mut tape, at(12), "new", "running");
    let ruling = rule(tape, 60, &[(61, "new", "running")]);
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Done));
}

#[test]
fn late_is_what_a_reading_shows_not_running_after_the_time() {
    let ruling = rule(
        begun(),
        11,
        &[(12, "new", "pending"), (21, "new", "pending")],
    );
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Contradicted));
    // It runs now, and did not when the time was over.
    let mut tape = begun();
    look(&mut tape, at(21), "new", "pending");
    look(&mut tape, at(23), "new", "running");
    let ruling = rule(tape, 60, &[(61, "new", "running")]);
    let note = ruling.as_ref().and_then(|ruling| ruling.note.clone());
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Contradicted));
    assert_eq!(
        note.as_deref(),
        Some("on edge1 it ran 11.0s after the restore at the earliest")
    );
}

#[test]
fn where_nobody_looked_when_the_time_was_over_nobody_can_say() {
    let ruling = rule(
        begun(),
        11,
        &[(12, "new", "pending"), (25, "new", "running")],
    );
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Undecided));
    // And where nothing was brought back there is nothing to count from.
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    look(&mut tape, at(1), "old", "running");
    let ruling = rule(tape, 2, &[(3, "old", "running")]);
    assert_eq!(outcome(ruling.as_ref()), Some(StepOutcome::Undecided));
}

#[test]
fn without_recovers_the_same_claim_counts_from_its_step() {
    let plan = plan([expect(running())]);
    let mut tape = begun();
    tape.begin(at(60), 0);
    let watch = Watch::begin(&plan, &tape.record, 0).expect("a claim");
    assert_eq!(watch.deadline(), at(70));
}
