//! What can be said of schedules without a deployment; whole searches are in `tests/explore.rs`.

use super::schedule::{Act, Gap, Job, Move, Schedule, Whom};
use super::{Symptom, draw, playbook};
use crate::playbook::{FaultKind, Service};
use crate::settings::Timing;

#[test]
fn a_number_always_gives_the_same_schedule_and_it_is_sound() {
    let timing = Timing::default();
    for number in 0..500 {
        let schedule = draw(7, number, 2, &timing);
        assert_eq!(schedule, draw(7, number, 2, &timing));
        assert_eq!(schedule, schedule.sound(&timing), "{number}");
    }
    assert_ne!(draw(7, 1, 2, &timing), draw(7, 2, 2, &timing));
    assert_ne!(draw(7, 1, 2, &timing), draw(8, 1, 2, &timing));
}

#[test]
fn the_times_are_what_the_playbook_says() {
    use crate::playbook::TimeExpr;
    for name in Timing::PROFILES {
        let timing = Timing::profile(name).expect("a built-in profile");
        for gap in Gap::ALL {
            let expression = TimeExpr::parse(gap.expression()).expect("an expression");
            let time = expression.eval(&timing, &std::collections::BTreeMap::new());
            assert_eq!(time.ok(), Some(gap.time(&timing)), "{name}: {gap:?}");
        }
    }
}

#[test]
fn what_cannot_be_done_is_left_out() {
    let timing = Timing::default();
    let act = |act| Move {
        gap: Gap::None,
        act,
    };
    let edge = Whom::Edge(0);
    let schedule = Schedule {
        edges: 2,
        moves: vec![
            act(Act::Stop(Job::First)),
            act(Act::Fault(FaultKind::Kill, edge)),
            act(Act::Fault(FaultKind::Pause, edge)),
            act(Act::Deploy(Job::First)),
            act(Act::Restore(Whom::Edge(1))),
        ],
        rest: Gap::None,
    };
    let acts: Vec<Act> = schedule
        .sound(&timing)
        .moves
        .iter()
        .map(|it| it.act)
        .collect();
    assert_eq!(
        acts,
        [Act::Fault(FaultKind::Kill, edge), Act::Deploy(Job::First)]
    );
}

#[test]
fn a_playbook_says_what_is_done_and_what_must_hold() {
    let timing = Timing::default();
    let schedule = Schedule {
        edges: 2,
        moves: vec![
            Move {
                gap: Gap::None,
                act: Act::Fault(FaultKind::Kill, Whom::Edge(0)),
            },
            Move {
                gap: Gap::AfterDisconnect,
                act: Act::Deploy(Job::First),
            },
        ],
        rest: Gap::AfterWork,
    };
    let text = playbook(&schedule, &timing, "found", "Found", "one\ntwo");
    let wanted = [
        "# one\n# two\nrejoin: 1\n",
        "id: move-1\n    kill: { nodes: edge1 }\n",
        "expect: { nodes: { which: edge1, are: disconnected }, within: 0s }\n  - id: move-2\n    deploy: first\n",
        "expect: { executions: { job: first, nodes: edge2, observed: running }, within: 0s }\n  - restore: { nodes: [edge1] }\n",
        "deploy: probe\n",
    ];
    for words in wanted {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn an_edge_that_could_not_join_between_two_faults_was_away_all_the_time() {
    let timing = Timing::default();
    let kill = |whom| Act::Fault(FaultKind::Kill, whom);
    let edge = Whom::Edge(0);
    let says = |first: Act, between: Gap| {
        let step = |gap, act| Move { gap, act };
        let Act::Fault(_, hit) = first else {
            unreachable!("a fault")
        };
        let moves = vec![
            step(Gap::None, first),
            step(Gap::BeforeLost, Act::Restore(hit)),
            step(between, kill(edge)),
        ];
        let schedule = Schedule {
            edges: 2,
            moves,
            rest: Gap::AfterDisconnect,
        };
        let text = playbook(&schedule, &timing, "found", "Found", "");
        let (_, end) = text.split_once("id: move-3").expect("a third move");
        end.contains("are: disconnected")
    };
    for first in [edge, Whom::Service(Service::Nats)].map(kill) {
        assert!(!says(first, Gap::None), "it may be lost by now");
        assert!(says(first, Gap::AfterWork));
    }
    let wipe = Act::Fault(FaultKind::Wipe, edge);
    assert!(!says(wipe, Gap::None), "nobody knows who it is");
    assert!(says(wipe, Gap::AfterWork));
}

#[test]
fn around_a_timeout_nothing_is_asked_of_anybody() {
    let timing = Timing::default();
    let asks = |away: Gap| {
        let step = |gap, act| Move { gap, act };
        let moves = vec![
            step(Gap::None, Act::Deploy(Job::First)),
            step(Gap::AfterWork, Act::Fault(FaultKind::Kill, Whom::Edge(0))),
            step(away, Act::Deploy(Job::Second)),
        ];
        let schedule = Schedule {
            edges: 2,
            moves,
            rest: Gap::None,
        };
        let text = playbook(&schedule, &timing, "found", "Found", "");
        let (_, after) = text.split_once("id: move-2").expect("a second move");
        let (between, _) = after.split_once("id: move-3").expect("a third move");
        between.contains("nodes: edge2, observed: running")
    };
    for near in [Gap::BeforeDisconnect, Gap::BeforeLost] {
        assert!(!asks(near), "{near:?}");
    }
    for far in [Gap::AfterWork, Gap::AfterDisconnect, Gap::AfterLost] {
        assert!(asks(far), "{far:?}");
    }
}

#[test]
fn every_finding_is_documented() {
    let page = include_str!("../../docs/explore.md");
    for symptom in [
        Symptom::Pending,
        Symptom::HeldUp,
        Symptom::NotPlaced,
        Symptom::NotRunning,
        Symptom::NotNoticed,
        Symptom::NotConnected,
    ] {
        let row = format!("| `{}` | {} |", symptom.id(), symptom.about());
        assert!(page.contains(&row), "{row}");
    }
}
