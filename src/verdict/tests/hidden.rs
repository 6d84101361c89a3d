//! What a target cannot show: without effect, unless the playbook requires it.

use super::judging::verdict;
use super::{Tape, at, connected, deployed, expect, nodes, plan, said};
use crate::exit::Exit;
use crate::journal::{Event, SCHEMA, StepOutcome, Topic};
use crate::plan::{Action, Claim, Mode, Plan, Who};
use crate::playbook::Observable;
use crate::target::Truth;
use crate::verdict::{Outcome, Verdict, What};

fn truth() -> Claim {
    Claim::Truth {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        count: None,
    }
}

/// A run whose last step is a claim about edges that say nothing; every step before it is met.
fn run(plan: Plan) -> Verdict {
    let mut tape = Tape::default();
    let last = plan.steps.len() - 1;
    let plan = Box::new(plan);
    let schema = SCHEMA;
    tape.put(at(0), Event::Header { schema, plan });
    tape.put(at(0), deployed(1));
    for step in 0..last {
        tape.begin(at(1), step);
        tape.sweep(at(1), vec![(Topic::Nodes, nodes("connected", "connected"))]);
        let id = tape.record.last_reading().0;
        tape.end(at(1), step, StepOutcome::Done, &[id]);
    }
    tape.begin(at(2), last);
    let silent = |edge| said(edge, Truth::Silent);
    tape.sweep(at(2), vec![silent("edge1"), silent("edge2")]);
    let id = tape.record.last_reading().0 - 1;
    tape.end(at(2), last, StepOutcome::NotObservable, &[id]);
    verdict(tape, [])
}

fn outcomes(verdict: &Verdict) -> Vec<Outcome> {
    verdict.parts.iter().map(|part| part.outcome).collect()
}

#[test]
fn it_has_no_effect_on_what_else_was_shown() {
    let verdict = run(plan([expect(connected()), expect(truth())]));
    assert_eq!(verdict.broken, None);
    assert_eq!(outcomes(&verdict), [Outcome::Pass, Outcome::Unobservable]);
    assert_eq!(
        (verdict.outcome, verdict.exit()),
        (Outcome::Pass, Exit::Passed)
    );
}

#[test]
fn required_it_is_unknown() {
    let mut plan = plan([expect(connected()), expect(truth())]);
    plan.require.insert(Observable::Logs);
    assert_eq!(run(plan.clone()).exit(), Exit::Passed);
    plan.require.insert(Observable::EdgeTruth);
    let verdict = run(plan);
    assert_eq!(verdict.exit(), Exit::Unknown);
    assert_eq!(verdict.cause, Some(1));
}

#[test]
fn a_run_that_could_observe_nothing_tested_nothing() {
    let verdict = run(plan([expect(truth())]));
    assert_eq!(verdict.exit(), Exit::Unknown);
    let part = verdict.deciding();
    assert_eq!(part.map(|part| part.what), Some(What::Run));
    assert!(part.is_some_and(|part| part.note.contains("nothing was tested")));
}

#[test]
fn an_assumption_about_it_is_not_met() {
    let Action::Claim { claim, within, .. } = expect(truth()) else {
        unreachable!("an expect is a claim");
    };
    let assume = Action::Claim {
        mode: Mode::Assume,
        claim,
        within,
        hold: None,
        recovers: false,
    };
    let verdict = run(plan([expect(connected()), assume]));
    assert_eq!(outcomes(&verdict), [Outcome::Pass, Outcome::Unknown]);
    assert_eq!(verdict.exit(), Exit::Unknown);
}
