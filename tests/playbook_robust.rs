//! Whatever is in the file, reading it ends with a playbook or with problems, never with a panic.

use std::path::Path;

use proptest::prelude::*;
use rejoin::playbook::TimeExpr;
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::Timing;

const CASCADE: &str = include_str!("../playbooks/cascade.yaml");

/// Every verb, claim and selection, which the shipped ones need not have.
const WIDE: &str = r#"rejoin: 1
name: wide
require: [edge-truth, logs]
jobs: { late: ../fixtures/jobs/new-job.yaml, newer: ../fixtures/jobs/test-job.yaml }
vars: { gap: 1s }
steps:
  - { id: first, deploy: late }
  - update: { job: late, to: newer }
  - remove: { nodes: { pick: 1 }, wipe: true, as: gone }
  - partition: { nodes: { spared: gone }, as: cut }
  - add: { edges: 2, as: more, labels: { site: b } }
  - terminate: { services: [orchestrator, nats] }
  - restore: { services: [orchestrator] }
  - { id: flap, repeat: { times: 3, steps: [ { pause: { nodes: { added: more } } }, { wait: gap } ] } }
  - expect: { truth: { job: late, nodes: { hit: gone }, observed: running, count: 2 } }
  - expect: { evaluations: { job: late, trigger: node-join, state: complete, after: flap } }
  - expect: { history: { job: late, passed: [pending, running], never: [lost] } }
  - expect: { logs: { services: [nats], pattern: "a.*${exec.late.edge1}", count: 0, after: first }, hold: 2s }
  - stop: late
  - delete: late
always: [stopped-runs-nowhere, edge-agrees, nothing-stuck]
"#;

/// Reads the text and shows what is wrong with it.
fn read(text: &str) {
    let path = Path::new("playbooks/mutated.yaml");
    let overrides = Overrides::from_args(["gap=1s"]).expect("NAME=TIME");
    if let Err(problems) = parse::parse(path, text, &overrides, &Timing::default()) {
        assert!(!problems.0.is_empty());
        for problem in &problems.0 {
            let shown = problem.to_string();
            let escapes = shown.chars().any(|c| c.is_control() && c != '\n');
            assert!(!escapes, "control characters in {shown:?}");
        }
    }
}

/// Pieces that bend YAML and the language.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[-:{}\\[\\]#&*!|>'\"%@`,? \n\t]{1,4}",
        "[a-z]{1,8}",
        "[0-9.]{1,8}[a-zM]{0,2}",
        "\\PC{1,4}",
        Just("99999999999999999999999999".to_owned()),
        Just("<<: *a".to_owned()),
        Just("&a ".to_owned()),
        Just("heartbeat".to_owned()),
        Just("\u{0}".to_owned()),
        Just("\u{feff}".to_owned()),
    ]
}

#[test]
fn what_is_bent_is_sound_before() {
    for whole in [CASCADE, WIDE] {
        let path = Path::new("playbooks/whole.yaml");
        let none = Overrides::default();
        if let Err(problems) = parse::parse(path, whole, &none, &Timing::default()) {
            panic!("{problems}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("any.yaml");
        std::fs::write(&path, bytes).expect("a file");
        let _ = parse::load(&path, &Overrides::default(), &Timing::default());
    }

    #[test]
    fn arbitrary_text_does_not_panic(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn a_bent_playbook_does_not_panic(
        whole in prop_oneof![Just(CASCADE), Just(WIDE)],
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, piece()), 1..6)
    ) {
        let mut text = whole.to_owned();
        for (at, length, piece) in cuts {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary((start + length).min(text.len())).max(start);
            text.replace_range(start..end, &piece);
        }
        read(&text);
    }

    #[test]
    fn a_bent_time_does_not_panic(text in "[0-9.]{0,22}[ *+-]{0,3}[a-zM_]{0,12}[ *+-]{0,3}[0-9.]{0,22}[a-z]{0,2}") {
        if let Ok(expr) = TimeExpr::parse(&text) {
            for profile in Timing::PROFILES {
                let timing = Timing::profile(profile).expect("a profile");
                let _ = expr.eval(&timing, &std::collections::BTreeMap::new());
            }
        }
    }
}
