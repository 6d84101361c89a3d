//! What the progress shows, and what it keeps from the terminal.

use super::glance::Glance;
use super::*;
use crate::api::model::{Node, NodeId, NodeState};
use crate::clock::{Elapsed, Timestamp};
use crate::journal::{Answer, Reading, ReadingId, Topic};

#[test]
fn a_question_moves_no_cursor_and_turns_no_letters_around() {
    let mut shown = Vec::new();
    let text = "Deploy it\u{1b}[2J\r\n\u{202e}IU eht ni".to_owned();
    Live::to(&mut shown).entry(&Entry {
        seq: 1,
        at: Timestamp(0),
        elapsed: Elapsed(0),
        event: Event::Asked { text },
    });
    let shown = String::from_utf8_lossy(&shown);
    let line = shown.trim_start().trim_end_matches('\n');
    let words = "DO THIS NOW, then press Enter: Deploy it [2J   IU eht ni";
    assert!(line.ends_with(words), "{line:?}");
}

#[test]
fn a_glance_is_never_wider_than_the_terminal_and_says_what_does_not_answer() {
    let mut glance = Glance::default();
    let sweep = |answer| Entry {
        seq: 1,
        at: Timestamp(0),
        elapsed: Elapsed(0),
        event: Event::Sweep {
            every: 1,
            readings: vec![Reading {
                id: ReadingId(1),
                of: Topic::Nodes,
                sent: Elapsed(0),
                answer,
            }],
        },
    };
    let node = Node {
        id: NodeId("n-1".to_owned()),
        name: Some("edge1\u{1b}[2J".to_owned()),
        state: Some(NodeState::Connected),
        ..Node::default()
    };
    glance.take(&sweep(Answer::Nodes(vec![node])));
    glance.take(&sweep(Answer::Failed("refused ".repeat(30))));
    let lines = glance.lines("12s left", 40);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.chars().count() <= 40),
        "{lines:?}"
    );
    assert!(lines[0].ends_with("12s left"), "{lines:?}");
    assert!(lines[1].starts_with("no answer: refused") && lines[1].ends_with("..."));
    assert_eq!(lines[2], "nodes: edge1 [2J connected");
}
