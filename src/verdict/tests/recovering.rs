//! How long the work took to come back.

use std::collections::BTreeSet;

use std::time::Duration;

use super::{
    Tape, at, connected, executions, expect, injected, late, nodes, plan, restored, running,
};
use crate::journal::{Event, Phase, StepOutcome, Topic};
use crate::plan::{Action, Claim, Plan, Who};
use crate::playbook::FaultKind;
use crate::verdict::{Recovery, recovery};

/// Work is expected, an edge is killed and brought back, work is expected twice.
fn whole() -> Plan {
    let on = vec!["edge1".to_owned()];
    let fault = FaultKind::Kill;
    plan([
        expect(running()),
        Action::Fault {
            fault,
            on: on.clone(),
            networks: BTreeSet::new(),
        },
        Action::Restore {
            on,
            faults: BTreeSet::new(),
        },
        expect(running()),
        expect(running()),
        expect(connected()),
    ])
}

/// An `expect` of work, ended so on a sweep of that time.
fn expected(tape: &mut Tape, step: usize, when: u64, outcome: StepOutcome) {
    let second = at(when);
    tape.begin(second, step);
    let nodes = (Topic::Nodes, nodes("connected", "connected"));
    tape.sweep(
        second,
        vec![nodes, (late(), executions("running", "running"))],
    );
    let last = tape.record.last_reading().0;
    tape.end(at(when + 1), step, outcome, &[last - 1, last]);
}

/// Everything up to the restore at +10s.
fn begun() -> Tape {
    let mut tape = Tape::default();
    expected(&mut tape, 0, 1, StepOutcome::Done);
    tape.put(at(5), injected(FaultKind::Kill, "edge1"));
    tape.end(at(5), 1, StepOutcome::Done, &[]);
    tape.put(at(10), restored("edge1"));
    tape.end(at(10), 2, StepOutcome::Done, &[]);
    tape
}

fn seconds(seconds: u64) -> Recovery {
    Recovery::After(Duration::from_secs(seconds))
}

#[test]
fn it_counts_from_the_last_undo_to_the_last_expected_work() {
    let mut tape = begun();
    expected(&mut tape, 3, 12, StepOutcome::Done);
    expected(&mut tape, 4, 17, StepOutcome::Done);
    assert_eq!(recovery(&whole(), &tape.entries), seconds(7));
}

#[test]
fn with_hold_it_counts_to_where_it_began_to_hold() {
    let mut tape = begun();
    expected(&mut tape, 3, 12, StepOutcome::Done);
    tape.begin(at(14), 4);
    for second in [15, 25] {
        let nodes = (Topic::Nodes, nodes("connected", "connected"));
        tape.sweep(
            at(second),
            vec![nodes, (late(), executions("running", "running"))],
        );
    }
    let last = tape.record.last_reading().0;
    tape.end(
        at(25),
        4,
        StepOutcome::Done,
        &[last - 3, last - 2, last - 1, last],
    );
    assert_eq!(recovery(&whole(), &tape.entries), seconds(5));
}

#[test]
fn what_was_not_met_or_not_reached_never_came_back() {
    let mut failed = begun();
    expected(&mut failed, 3, 12, StepOutcome::Done);
    expected(&mut failed, 4, 17, StepOutcome::Contradicted);
    assert_eq!(recovery(&whole(), &failed.entries), Recovery::Never);
    let mut cut = begun();
    expected(&mut cut, 3, 12, StepOutcome::Undecided);
    assert_eq!(recovery(&whole(), &cut.entries), Recovery::Never);
    assert_eq!(recovery(&whole(), &begun().entries), Recovery::Never);
}

#[test]
fn where_nothing_came_back_during_the_steps_there_is_nothing_to_measure() {
    let mut tape = Tape::default();
    expected(&mut tape, 0, 1, StepOutcome::Done);
    let phase = Phase::Heal;
    tape.put(at(5), Event::Phase { phase });
    tape.put(at(6), restored("edge1"));
    assert_eq!(recovery(&whole(), &tape.entries), Recovery::NothingCameBack);
    assert_eq!(recovery(&whole(), &[]), Recovery::NothingCameBack);
}

#[test]
fn that_nothing_runs_is_no_recovery_and_edge_truth_is() {
    let of = |count| Claim::Truth {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        count,
    };
    let mut plan = whole();
    plan.steps[4].action = expect(of(Some(0)));
    let mut tape = begun();
    expected(&mut tape, 3, 12, StepOutcome::Done);
    expected(&mut tape, 4, 17, StepOutcome::Done);
    assert_eq!(recovery(&plan, &tape.entries), seconds(2));
    plan.steps[4].action = expect(of(None));
    assert_eq!(recovery(&plan, &tape.entries), seconds(7));
    // What cannot be seen here measures nothing.
    let mut tape = begun();
    expected(&mut tape, 3, 12, StepOutcome::Done);
    expected(&mut tape, 4, 17, StepOutcome::NotObservable);
    assert_eq!(recovery(&plan, &tape.entries), seconds(2));
}
