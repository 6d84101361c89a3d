//! The answers of every generation, and what is made of them.

use std::path::Path;

use serde_json::Value;

use super::ask::{Answer, Answers};
use super::decide::{Can, word};
use super::headers::Headers;
use super::{report, shown};
use crate::playbook::parse::{self, Overrides};
use crate::playbook::{Invariant, Verb};
use crate::settings::Timing;

fn answers(generation: &str) -> Answers {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/api")
        .join(generation);
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).ok()?;
        let json: Option<Value> = serde_json::from_str(&text).ok();
        Some(Answer::Came(200, json, text))
    };
    let pairs = [
        ("/status", "status"),
        ("/nodes", "nodes"),
        ("/jobs", "jobs"),
        ("/jobs/{id}", "job"),
        ("/executions", "executions"),
        ("/jobs/{id}/evaluations", "evaluations"),
        ("/executions/{id}/history", "history"),
    ];
    pairs
        .into_iter()
        .filter_map(|(name, file)| Some((name, read(file)?)))
        .collect()
}

#[test]
fn every_generation_is_told_apart_and_nothing_of_it_is_new() {
    for (generation, name) in [("a", "A"), ("b", "B"), ("c", "C")] {
        let report = report(
            &answers(generation),
            Headers::default(),
            Can::No,
            Can::No,
            None,
        );
        assert_eq!(report.generation, name, "{:?}", report.because);
        for (kind, fields) in &report.fields {
            assert!(fields.unknown.is_empty(), "{generation} {kind}: {fields:?}");
        }
        let vocabulary = &report.vocabulary;
        for words in [
            &vocabulary.nodes,
            &vocabulary.jobs,
            &vocabulary.observed,
            &vocabulary.triggers,
        ] {
            assert!(words.new.is_empty() && !words.seen.is_empty(), "{words:?}");
        }
        let can = |what: &str| {
            report
                .claims
                .iter()
                .find(|it| it.what == what)
                .map(|it| it.can)
        };
        assert_eq!(can("executions"), Some(Can::Yes));
        assert_eq!(can("history"), Some(Can::Yes));
        assert_eq!(can("truth"), Some(Can::No));
        let page = shown(&report);
        assert!(
            page.lines().all(|line| line.chars().count() <= 80),
            "{page}"
        );
    }
}

#[test]
fn a_server_that_shows_less_decides_less() {
    let mut answers = answers("b");
    answers.insert(
        "/executions/{id}/history",
        Answer::Came(404, None, "404 page not found".to_owned()),
    );
    answers.remove("/jobs/{id}/evaluations");
    answers.insert(
        "/nodes",
        Answer::Came(
            200,
            serde_json::from_str(r#"{"items":[{"id":"n","status":{"mood":"x"}}]}"#).ok(),
            String::new(),
        ),
    );
    let report = report(&answers, Headers::default(), Can::NotSeen, Can::Yes, None);
    let can = |what: &str| {
        report
            .claims
            .iter()
            .find(|it| it.what == what)
            .map(|it| it.can)
    };
    assert_eq!(can("history"), Some(Can::No));
    assert_eq!(can("evaluations"), Some(Can::NotSeen));
    assert_eq!(can("nodes"), Some(Can::No));
    assert_eq!(can("reconnected"), Some(Can::No));
    assert!(report.fields["node"].unknown.contains("status.mood"));
}

/// Every claim of every shipped playbook, and every invariant, has its row.
#[test]
fn everything_that_a_playbook_can_claim_has_a_row() {
    let report = report(&answers("c"), Headers::default(), Can::Yes, Can::Yes, None);
    let row = |what: &str| report.claims.iter().any(|it| it.what == what);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
    let mut seen = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let Ok(playbook) = parse::parse(
            &entry.path(),
            &text,
            &Overrides::default(),
            &Timing::default(),
        ) else {
            continue; // a folder
        };
        for step in &playbook.steps {
            if let Verb::Expect(it) | Verb::Assume(it) = &step.verb {
                seen.insert(word(&it.claim));
            }
        }
    }
    assert_eq!(seen.len(), 7, "{seen:?}");
    assert!(seen.iter().all(|what| row(what)), "{seen:?}");
    assert_eq!(report.invariants.len(), Invariant::ALL.len());
}

#[test]
fn nothing_private_is_in_the_report() {
    let report = report(&answers("c"), Headers::default(), Can::Yes, Can::Yes, None);
    let json = serde_json::to_string(&report).expect("JSON");
    for private in ["edge1", "3a1e0c52", "SHA256:zzzz", "tick", "5f5c85"] {
        assert!(!json.contains(private), "{private} is in {json}");
    }
}
