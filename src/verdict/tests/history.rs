//! Claims about the states that executions went through.

use super::judging::{met, verdict};
use super::{Tape, absent, at, contrary, deployed, execution, executions, late, look_on, nodes};
use crate::api::model::{Execution, ExecutionId, Transition};
use crate::journal::{Answer, Topic};
use crate::plan::{Claim, Who};
use crate::playbook::Invariant;
use crate::verdict::Outcome;
use crate::verdict::look::Finding;

pub(super) fn history(of: &[(&str, &[&str])]) -> (Topic, Answer) {
    let transitions = |states: &[&str]| {
        let pairs = states.windows(2);
        pairs
            .map(|pair| transition(pair[0], Some(pair[1])))
            .collect()
    };
    let all = of.iter().map(|(id, states)| {
        let id = ExecutionId(format!("execution-on-{id}"));
        (id, transitions(states))
    });
    let answer = Answer::History(Some(all.collect()));
    (Topic::History("late".to_owned()), answer)
}

fn transition(from: &str, to: Option<&str>) -> Transition {
    Transition {
        seq: None,
        at: Some(format!("time of {}", to.unwrap_or("nothing"))),
        from: Some(from.into()),
        to: to.map(Into::into),
    }
}

pub(super) fn claim(passed: &[&str], never: &[&str]) -> Claim {
    let states = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
    Claim::History {
        job: "late".to_owned(),
        on: Who::All,
        passed: states(passed),
        never: states(never),
    }
}

const WHOLE: &[&str] = &["pending", "starting", "running"];

fn look(claim: &Claim, history: (Topic, Answer), executions: Answer) -> Finding {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    let nodes = (Topic::Nodes, nodes("connected", "connected"));
    tape.sweep(at(1), vec![nodes, (late(), executions), history]);
    look_on(claim, &tape)
}

fn both() -> Answer {
    executions("running", "running")
}

#[test]
fn the_states_come_in_this_order_perhaps_with_others_between() {
    let whole = || history(&[("edge1", WHOLE), ("edge2", WHOLE)]);
    let passed = |states| look(&claim(states, &[]), whole(), both());
    assert_eq!(passed(&["pending", "running"]), Finding::Met);
    let went = "went through pending > starting > running";
    let first = format!("execution execution-on-edge1 on edge1 {went}");
    let second = format!("execution execution-on-edge2 on edge2 {went}");
    let words = contrary(&[&first, &second]);
    assert_eq!(passed(&["running", "pending"]), words);
}

#[test]
fn what_must_never_be_is_found_in_any_execution_of_the_edge() {
    let lost: &[&str] = &["pending", "running", "lost"];
    let again = Execution {
        id: ExecutionId("execution-on-edge1-again".to_owned()),
        ..execution("edge1", "running")
    };
    let listed = vec![
        execution("edge1", "lost"),
        again,
        execution("edge2", "running"),
    ];
    let read = || history(&[("edge1", lost), ("edge1-again", WHOLE), ("edge2", WHOLE)]);
    let answer = Answer::Executions(listed);
    let finding = look(&claim(&[], &["failed", "lost"]), read(), answer.clone());
    let words = "execution execution-on-edge1 on edge1 was lost: pending > running > lost";
    assert_eq!(finding, contrary(&[words]));
    let passed = claim(&["pending", "starting", "running"], &[]);
    assert_eq!(look(&passed, read(), answer), Finding::Met);
}

#[test]
fn an_edge_without_an_execution_has_no_history() {
    let one = Answer::Executions(vec![execution("edge1", "running")]);
    let finding = look(&claim(&[], &["lost"]), history(&[("edge1", WHOLE)]), one);
    assert_eq!(finding, contrary(&["no execution on edge2"]));
}

#[test]
fn a_history_with_holes_shows_only_what_is_in_it() {
    let holed = |last: Option<&str>| {
        let (topic, answer) = history(&[("edge1", WHOLE), ("edge2", WHOLE)]);
        let Answer::History(Some(mut all)) = answer else {
            unreachable!("a history is a history");
        };
        for changes in all.values_mut().skip(1) {
            changes.push(transition("running", last));
        }
        (topic, Answer::History(Some(all)))
    };
    let words = "the server does not give the whole history of execution execution-on-edge2";
    let never = look(&claim(&[], &["lost"]), holed(None), both());
    assert_eq!(absent(&never), words);
    let passed = look(&claim(&["running"], &[]), holed(None), both());
    assert_eq!(passed, Finding::Met);
    let unread = look(&claim(&[], &["lost"]), history(&[("edge1", WHOLE)]), both());
    assert_eq!(absent(&unread), words);
}

#[test]
fn a_server_without_history_or_without_states_in_it_hides_it() {
    let none = (Topic::History("late".to_owned()), Answer::History(None));
    let finding = look(&claim(&[], &["lost"]), none, both());
    let words = "the server shows no history of executions".to_owned();
    assert_eq!(finding, Finding::Hidden(words));
    let mute = vec![transition("", None)];
    let all = [(ExecutionId("execution-on-edge1".to_owned()), mute)];
    let mute = Answer::History(Some(all.into()));
    let mute = (Topic::History("late".to_owned()), mute);
    let finding = look(&claim(&[], &["lost"]), mute, both());
    assert!(matches!(finding, Finding::Hidden(_)), "{finding:?}");
}

#[test]
fn what_no_reading_caught_is_found_in_the_history() {
    let judged = |states: &[&str]| {
        let mut plan = super::plan([super::expect(super::connected())]);
        plan.invariants = vec![Invariant::LegalTransitions];
        let mut tape = met(plan);
        tape.put(at(3), deployed(1));
        for second in [4, 6] {
            let read = history(&[("edge1", states), ("edge2", WHOLE)]);
            tape.sweep(at(second), vec![(late(), both()), read]);
        }
        // What the readings themselves show comes later.
        if states != WHOLE {
            tape.sweep(at(7), vec![(late(), executions("lost", "running"))]);
            tape.sweep(at(8), vec![(late(), both())]);
        }
        verdict(tape, []).parts[1].clone()
    };
    assert_eq!(judged(WHOLE).outcome, Outcome::Pass);
    let part = judged(&["pending", "running", "pending", "running"]);
    assert_eq!((part.outcome, part.decided), (Outcome::Fail, at(4)));
    let words =
        "the history of execution execution-on-edge1 of late on edge1 goes from running to pending";
    assert_eq!(part.note, words);
}
