//! What is shown, what is left out, and what a hostile name cannot do.

use std::time::Duration;

use super::{Away, Snapshot, changes, page};
use crate::api::model::{Execution, ExecutionId, Job, JobId, Node, NodeId};
use crate::report::Style;

fn snapshot(states: &[&str]) -> Snapshot {
    let execution = |(number, state): (usize, &&str)| Execution {
        id: ExecutionId(format!("x{number}")),
        job_id: JobId("j".to_owned()),
        node_id: NodeId("n".to_owned()),
        desired: Some("running".into()),
        observed: Some((*state).into()),
        ..Execution::default()
    };
    Snapshot {
        nodes: vec![Node {
            id: NodeId("n".to_owned()),
            name: Some("edge1".to_owned()),
            state: Some("connected".into()),
            ..Node::default()
        }],
        jobs: vec![Job {
            id: JobId("j".to_owned()),
            name: "late".to_owned(),
            state: Some("deploying".into()),
            ..Job::default()
        }],
        executions: states.iter().enumerate().map(execution).collect(),
    }
}

#[test]
fn what_does_not_run_comes_first_and_what_has_no_room_is_counted() {
    let now = snapshot(&["running", "running", "running", "running", "pending"]);
    let shown = page("local", &now, None, Style::PLAIN, 12);
    let head =
        "local: 1 node (1 connected), 1 job (1 deploying), 5 executions (1 pending, 4 running)";
    assert_eq!(shown.lines().next(), Some(&head[..80]));
    let rows: Vec<&str> = shown
        .lines()
        .filter(|line| line.contains("edge1  running"))
        .collect();
    assert!(rows[0].ends_with("pending"), "{shown}");
    assert_eq!(rows.len(), 3, "{shown}");
    assert!(shown.ends_with("and 2 more"), "{shown}");
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
}

#[test]
fn an_orchestrator_that_is_away_is_said_and_what_it_last_showed_stays() {
    let away = Away {
        since: Duration::from_secs(72),
        reason: "connection refused".to_owned(),
    };
    let shown = page(
        "local",
        &snapshot(&["running"]),
        Some(&away),
        Style::PLAIN,
        40,
    );
    assert!(shown.starts_with("local: no answer for 1m12s: connection refused\n"));
    assert!(shown.contains("edge1"), "{shown}");
}

#[test]
fn only_what_changed_is_a_line() {
    let (before, now) = (snapshot(&["pending", "running"]), snapshot(&["running"]));
    assert_eq!(
        changes(Some(&before), &now),
        [
            "execution x0 of late on edge1: pending (desired running) -> running (desired running)",
            "execution x1 of late on edge1: gone",
        ]
    );
    assert_eq!(changes(Some(&now), &now), [""; 0]);
    let all = changes(None, &now);
    assert_eq!(all[0], "node edge1 (n): connected");
    assert_eq!(all.len(), 3);
}

#[test]
fn no_name_moves_the_cursor() {
    let mut now = snapshot(&["run\u{7}ning"]);
    now.nodes[0].name = Some("edge\u{1b}[2J\u{9b}1\n".to_owned());
    now.jobs[0].name = "late\r\u{8}".to_owned();
    let away = Away {
        since: Duration::ZERO,
        reason: "\u{1b}]0;title\u{7}".to_owned(),
    };
    let shown = page("local", &now, Some(&away), Style::PLAIN, 40);
    let lines = changes(None, &now).join("\n");
    for text in [shown, lines] {
        assert!(
            text.chars().all(|c| c == '\n' || !c.is_control()),
            "{text:?}"
        );
    }
}
