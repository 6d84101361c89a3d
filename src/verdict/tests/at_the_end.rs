//! What orchestrator and edges say once everything is back: stopped-runs-nowhere and edge-agrees.

use std::time::Duration;

use super::judging::{met, verdict};
use super::{Tape, at, connected, deployed, execution, expect, late, nodes, plan, said};
use crate::api::model::{Execution, JobId};
use crate::fault::ContainerName;
use crate::journal::{Answer, Event, Phase, Topic};
use crate::plan::Plan;
use crate::playbook::{Invariant, Observable};
use crate::target::Truth;
use crate::verdict::{Outcome, Part};

/// A plan with these invariants, a heartbeat of one second and ten seconds of settling.
pub(super) fn ending(invariants: &[Invariant]) -> Plan {
    let mut plan = plan([expect(connected())]);
    plan.timing.heartbeat = Duration::from_secs(1);
    plan.invariants = invariants.to_vec();
    plan
}

const BOTH: [Invariant; 2] = [Invariant::StoppedRunsNowhere, Invariant::EdgeAgrees];

/// One sweep: what the orchestrator says of the executions, and what each edge says.
pub(super) fn scene(known: Vec<Execution>, first: Truth, second: Truth) -> Vec<(Topic, Answer)> {
    vec![
        (Topic::Nodes, nodes("connected", "connected")),
        (late(), Answer::Executions(known)),
        said("edge1", first),
        said("edge2", second),
    ]
}

fn running(edge: &str) -> Execution {
    execution(edge, "running")
}

fn own(edge: &str, state: &str) -> Truth {
    Truth::Runs(vec![execution(edge, state)])
}

/// All is well.
fn well() -> Vec<(Topic, Answer)> {
    let known = vec![running("edge1"), running("edge2")];
    scene(known, own("edge1", "running"), own("edge2", "running"))
}

/// Edge1 runs something of the job that only edge1 knows.
fn zombie() -> Vec<(Topic, Answer)> {
    let known = vec![running("edge2")];
    scene(known, own("edge1", "running"), own("edge2", "running"))
}

/// A run that settles from +10s to +20s with these sweeps, each at its second.
fn settled(plan: Plan, before: Vec<Event>, sweeps: Vec<(u64, Vec<(Topic, Answer)>)>) -> Tape {
    let mut tape = met(plan);
    tape.put(at(3), deployed(1));
    for event in before {
        tape.put(at(4), event);
    }
    let phase = Phase::Settle;
    tape.put(at(10), Event::Phase { phase });
    for (second, answers) in sweeps {
        tape.sweep(at(second), answers);
    }
    let phase = Phase::Cleanup;
    tape.put(at(20), Event::Phase { phase });
    tape
}

/// What is said of both invariants; the last two sweeps show the same.
fn judge(before: Vec<Event>, end: Vec<(Topic, Answer)>) -> Vec<Part> {
    let sweeps = vec![(12, well()), (19, end.clone()), (20, end)];
    let tape = settled(ending(&BOTH), before, sweeps);
    let verdict = verdict(tape, []);
    assert_eq!(verdict.broken, None);
    verdict.parts.into_iter().skip(1).collect()
}

/// The two notes; a pass has none.
fn notes(parts: &[Part]) -> [&str; 2] {
    [&parts[0].note, &parts[1].note]
}

fn ended(deleted: bool) -> Event {
    let job = "late".to_owned();
    Event::Ended { job, deleted }
}

#[test]
fn where_both_say_the_same_both_hold() {
    assert_eq!(notes(&judge(Vec::new(), well())), ["", ""]);
    // What is over may be forgotten by the edge.
    let known = vec![execution("edge1", "completed"), running("edge2")];
    let over = scene(known, Truth::Runs(Vec::new()), own("edge2", "running"));
    assert_eq!(notes(&judge(Vec::new(), over)), ["", ""]);
}

#[test]
fn what_was_stopped_or_deleted_runs_nowhere() {
    for (deleted, word) in [(false, "stopped"), (true, "deleted")] {
        let parts = judge(vec![ended(deleted)], well());
        let said = |edge: &str| {
            format!(
                "{edge} says running of execution execution-on-{edge} of late, but late was {word}"
            )
        };
        let words = format!("{}; {}", said("edge1"), said("edge2"));
        assert_eq!(notes(&parts), [words.as_str(), ""]);
        assert_eq!(parts[0].outcome, Outcome::Fail);
    }
    // The server may say nothing any more of a job that was deleted.
    let gone = || {
        let mut gone = well();
        gone[1].1 = Answer::Failed("404".to_owned());
        gone
    };
    let parts = judge(vec![ended(true)], gone());
    assert!(parts[0].note.contains("but late was deleted"), "{parts:#?}");
    assert!(parts[1].note.contains("the orchestrator does not know it"));
    let parts = judge(vec![ended(false)], gone());
    assert_eq!(notes(&parts), ["404", "404"]);
}

#[test]
fn an_execution_that_the_orchestrator_does_not_want_there_is_named_with_both_words() {
    let seen = |known: Vec<Execution>| {
        let end = scene(known, own("edge1", "running"), own("edge2", "running"));
        let parts = judge(Vec::new(), end);
        [parts[0].note.clone(), parts[1].note.clone()]
    };
    let mine = "edge1 says running of execution execution-on-edge1 of late";
    let notes = seen(vec![running("edge2")]);
    assert_eq!(
        notes[0],
        format!("{mine}, but the orchestrator does not know it")
    );
    assert_eq!(
        notes[1],
        format!("{mine}, the orchestrator does not know it")
    );
    let notes = seen(vec![execution("edge1", "lost"), running("edge2")]);
    assert_eq!(notes[0], format!("{mine}, but the orchestrator says lost"));
    assert_eq!(notes[1], format!("{mine}, the orchestrator says lost"));
    let mut unwanted = running("edge1");
    unwanted.desired = Some("stopped".into());
    let notes = seen(vec![unwanted, running("edge2")]);
    assert_eq!(
        notes[0],
        format!("{mine}, but the orchestrator wants it stopped")
    );
    assert_eq!(notes[1], "");
}

#[test]
fn an_older_version_runs_nowhere() {
    let parts = judge(vec![deployed(2)], well());
    let words = "edge1 says running of execution execution-on-edge1 of late, \
                 but it is of version 1 and late is at version 2";
    assert!(parts[0].note.starts_with(words), "{}", parts[0].note);
    assert_eq!(parts[1].outcome, Outcome::Pass);
    let mut anew = deployed(1);
    if let Event::Deployed { id, .. } = &mut anew {
        *id = JobId("late-anew".to_owned());
    }
    let parts = judge(vec![ended(true), anew], well());
    let words = "but that late was ended before the present one was deployed";
    assert!(parts[0].note.contains(words), "{}", parts[0].note);
}

#[test]
fn what_the_orchestrator_says_that_an_edge_does_it_does() {
    let seen = |first: Truth| {
        let known = vec![running("edge1"), running("edge2")];
        let parts = judge(Vec::new(), scene(known, first, own("edge2", "running")));
        assert_eq!(parts[0].outcome, Outcome::Pass);
        parts[1].note.clone()
    };
    let word = "the orchestrator says running of execution execution-on-edge1 of late, edge1";
    assert_eq!(
        seen(Truth::Runs(Vec::new())),
        format!("{word} does not know it")
    );
    assert_eq!(
        seen(own("edge1", "completed")),
        format!("{word} says completed")
    );
    assert_eq!(
        seen(own("edge1", "starting")),
        format!("{word} says starting")
    );
    assert_eq!(
        seen(Truth::Down),
        format!("{word} is down and runs nothing")
    );
    // A spelling that is not known proves nothing.
    assert_eq!(seen(own("edge1", "dreaming")), "");
}

#[test]
fn an_edge_that_is_down_and_known_to_be_away_disagrees_with_nobody() {
    let known = vec![running("edge1"), running("edge2")];
    let mut away = scene(known, Truth::Down, own("edge2", "running"));
    away[0].1 = nodes("disconnected", "connected");
    assert_eq!(notes(&judge(Vec::new(), away)), ["", ""]);
}

#[test]
fn executions_of_others_are_nobodys_business() {
    let mut other = running("edge1");
    other.job_id = JobId("somebody-else".to_owned());
    let known = vec![running("edge2")];
    let end = scene(known, Truth::Runs(vec![other]), own("edge2", "running"));
    assert_eq!(notes(&judge(Vec::new(), end)), ["", ""]);
}

fn agreement(sweeps: Vec<(u64, Vec<(Topic, Answer)>)>) -> Part {
    let plan = ending(&[Invariant::EdgeAgrees]);
    let verdict = verdict(settled(plan, Vec::new(), sweeps), []);
    verdict.parts[1].clone()
}

#[test]
fn only_what_stands_for_the_last_two_heartbeats_counts() {
    let passing = vec![(15, well()), (18, zombie()), (19, well()), (20, zombie())];
    assert_eq!(agreement(passing).outcome, Outcome::Pass);
    let early = vec![(12, zombie()), (17, zombie()), (19, well()), (20, well())];
    assert_eq!(agreement(early).outcome, Outcome::Pass);
    let standing = vec![(12, well()), (15, zombie()), (17, zombie()), (19, zombie())];
    let part = agreement(standing);
    assert_eq!(part.outcome, Outcome::Fail);
    assert_eq!((part.since, part.decided), (Some(at(15)), at(19)));
    assert_eq!(part.readings.len(), 2, "the executions and the edge's word");
}

#[test]
fn sweeps_that_are_not_complete_say_nothing() {
    let broken = || {
        let mut broken = well();
        broken[2].1 = Answer::Failed("it is frozen".to_owned());
        broken
    };
    let part = agreement(vec![(18, zombie()), (19, broken()), (20, zombie())]);
    assert_eq!(part.outcome, Outcome::Fail);
    let part = agreement(vec![(12, well()), (19, broken()), (20, broken())]);
    assert_eq!(
        (part.outcome, part.note.as_str()),
        (Outcome::Unknown, "it is frozen")
    );
    let part = agreement(Vec::new());
    let words = "nothing was read at the end";
    assert_eq!(
        (part.outcome, part.note.as_str()),
        (Outcome::Unknown, words)
    );
    let mut unasked = well();
    unasked.truncate(3);
    let part = agreement(vec![(20, unasked)]);
    let words = "what edge2 runs was not asked for at the end";
    assert_eq!(
        (part.outcome, part.note.as_str()),
        (Outcome::Unknown, words)
    );
}

#[test]
fn a_run_that_did_not_settle_is_unknown() {
    let plan = ending(&[Invariant::EdgeAgrees]);
    let mut tape = met(plan.clone());
    tape.put(at(3), deployed(1));
    tape.sweep(at(4), well());
    let parts = verdict(tape, []).parts;
    let words = "the run was ended before it settled";
    assert_eq!(
        (parts[1].outcome, parts[1].note.as_str()),
        (Outcome::Unknown, words)
    );
    let mut short = met(plan.clone());
    short.put(at(3), deployed(1));
    let phase = |phase| Event::Phase { phase };
    short.put(at(10), phase(Phase::Settle));
    short.sweep(at(11), zombie());
    short.put(at(12), phase(Phase::Cleanup));
    let parts = verdict(short, []).parts;
    assert_eq!(
        (parts[1].outcome, parts[1].note.as_str()),
        (Outcome::Unknown, words)
    );
    let lost = Event::NotRestored {
        container: ContainerName("edge1".to_owned()),
        reason: "no such image".to_owned(),
    };
    let tape = settled(plan, vec![lost], vec![(20, zombie())]);
    let parts = verdict(tape, []).parts;
    let words = "edge1 could not be put back";
    assert_eq!(
        (parts[1].outcome, parts[1].note.as_str()),
        (Outcome::Unknown, words)
    );
}

#[test]
fn edges_that_say_nothing_hide_it_and_require_makes_that_unknown() {
    let known = || vec![running("edge1"), running("edge2")];
    let silent = || scene(known(), Truth::Silent, Truth::Silent);
    let part = agreement(vec![(19, silent()), (20, silent())]);
    assert_eq!(part.outcome, Outcome::Unobservable);
    let words = "edge1, edge2 serve no API that says what they run";
    assert_eq!(part.note, words);
    // One that speaks is still judged.
    let half = || {
        scene(
            vec![running("edge2")],
            own("edge1", "running"),
            Truth::Silent,
        )
    };
    let part = agreement(vec![(19, half()), (20, half())]);
    assert_eq!(part.outcome, Outcome::Fail);
    let mut plan = ending(&[Invariant::EdgeAgrees]);
    plan.require.insert(Observable::EdgeTruth);
    let parts = verdict(settled(plan, Vec::new(), vec![(20, silent())]), []).parts;
    assert_eq!(parts[1].outcome, Outcome::Unknown);
}

#[test]
fn a_target_changed_by_others_breaks_nothing_at_the_end() {
    let foreign = Event::Container {
        when: crate::clock::Timestamp(0),
        container: ContainerName("edge1".to_owned()),
        action: "die".to_owned(),
        exit: Some(137),
        ours: false,
    };
    let known = vec![running("edge1"), running("edge2")];
    let down = scene(known, Truth::Down, own("edge2", "running"));
    let parts = judge(vec![foreign], down);
    assert_eq!(parts[1].outcome, Outcome::Unknown);
    assert!(parts[1].note.contains("others had changed the target"));
}

#[test]
fn what_was_read_during_the_clean_up_does_not_count() {
    let plan = ending(&[Invariant::EdgeAgrees]);
    let mut tape = settled(plan, Vec::new(), vec![(19, zombie()), (20, zombie())]);
    tape.sweep(at(21), well());
    let parts = verdict(tape, []).parts;
    assert_eq!(parts[1].outcome, Outcome::Fail);
}
