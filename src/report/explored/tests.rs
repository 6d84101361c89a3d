//! Searches that were made up, told.

use super::{Axes, Explored, Replay, Row, render};
use crate::report::Style;

fn told(replays: &[Replay]) -> String {
    let row = |symptom: &str| Row {
        symptom: symptom.to_owned(),
        number: 7,
        seen: 3,
        moves: (5, 2),
        odds: (4, 5),
    };
    let explored = Explored {
        ran: 10,
        passed: 7,
        findings: ["pending", "not-placed"].map(row).to_vec(),
        folder: "found".to_owned(),
        confirmed: (!replays.is_empty()).then(|| ("local".to_owned(), replays.to_vec())),
        axes: Axes {
            faults: vec!["kill".to_owned()],
            states: vec!["pending".to_owned()],
            gaps: vec!["at once".to_owned()],
        },
        ..Explored::default()
    };
    let page = render(&explored, Style::PLAIN);
    for line in page.lines() {
        assert!(line.len() <= 80, "{line}");
    }
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_target_that_was_not_asked_is_not_named() {
    let page = told(&[]);
    assert!(
        page.contains("pending 3 7 2 of 5 4 of 5 not-placed"),
        "{page}"
    );
    assert!(!page.contains("local"), "{page}");
}

#[test]
fn a_target_that_agrees_is_said_to() {
    for (other, words) in [
        (Replay::Undecided, "4 of 5 unknown"),
        (Replay::Chance, "4 of 5 passes this time"),
    ] {
        let page = told(&[Replay::Same, other]);
        for words in ["4 of 5 the same", words, "are in found/runs"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("a finding of its own"), "{page}");
    }
}

#[test]
fn a_target_that_disagrees_is_a_finding_of_its_own() {
    let otherwise = Replay::Otherwise("edge-agrees".to_owned());
    for (replays, words) in [
        (
            [Replay::Same, Replay::Passes],
            ["4 of 5 PASSES", "otherwise: 1 of 2"],
        ),
        (
            [otherwise, Replay::Passes],
            ["4 of 5 FAILS: edge-agrees", "otherwise: 2 of 2"],
        ),
    ] {
        let page = told(&replays);
        for words in words.into_iter().chain(["a finding of its own"]) {
            assert!(page.contains(words), "{words}: {page}");
        }
    }
}

#[test]
fn a_search_that_saw_nothing_pending_says_so() {
    assert!(told(&[]).contains("no execution was ever seen pending"));
}
