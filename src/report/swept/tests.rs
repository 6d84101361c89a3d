//! Sweeps that were made up, told.

use std::collections::BTreeMap;

use super::{Point, Swept, Took, exact, render, spreads};
use crate::exit::Exit;
use crate::plan::About;
use crate::playbook::TimeExpr;
use crate::report::Style;
use crate::report::ending::Ending;
use crate::report::formats::Format;
use crate::settings::Timing;
use crate::target::{Kind, Subject};
use crate::verdict::Outcome;

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m & \"more\"";

fn point(at: u64, outcome: Outcome, took: &[Option<u64>]) -> Point {
    let by = (outcome != Outcome::Pass).then(|| "late-runs".to_owned());
    let took = took.iter().enumerate();
    Point {
        at,
        ending: Ending { outcome, by },
        symptom: (outcome == Outcome::Fail).then(|| "pending".to_owned()),
        note: match outcome {
            Outcome::Pass => String::new(),
            _ => HOSTILE.to_owned(),
        },
        exit: Exit::Passed,
        run: "abc".to_owned(),
        recovered: took
            .map(|(index, took)| Took {
                job: "late".to_owned(),
                edge: format!("edge{index}"),
                took: *took,
            })
            .collect(),
    }
}

/// Four windows: fail, unknown, pass, and a fail of one value.
fn swept() -> Swept {
    let points = vec![
        point(0, Outcome::Fail, &[None, Some(5)]),
        point(100, Outcome::Fail, &[None, None]),
        point(150, Outcome::Unknown, &[]),
        point(200, Outcome::Pass, &[Some(1_000), Some(2_500)]),
        point(61_234, Outcome::Pass, &[Some(1_500), Some(1_000)]),
        point(90_000, Outcome::Fail, &[None]),
    ];
    Swept {
        about: About {
            file: "a.yaml".to_owned(),
            name: HOSTILE.to_owned(),
            title: HOSTILE.to_owned(),
            scenario: Some(HOSTILE.to_owned()),
            issue: None,
        },
        subject: Subject {
            target: "sim".to_owned(),
            kind: Kind::Sim,
            images: BTreeMap::new(),
            version: None,
            variant: Some("issue-395".to_owned()),
            timing: "default".to_owned(),
        },
        seed: 7,
        var: "gap".to_owned(),
        from: 0,
        to: 90_000,
        asked: 3,
        within: 50,
        points,
        windows: vec![0..2, 2..3, 3..5, 5..6],
        cut_off: Some("there was no more".to_owned()),
        again: format!("rejoin run {HOSTILE}"),
    }
}

#[test]
fn a_time_is_read_as_it_is_written() {
    for (millis, text) in [
        (0, "0s"),
        (7, "7ms"),
        (1_000, "1s"),
        (1_050, "1.05s"),
        (60_000, "1m"),
        (297_213, "4m57.213s"),
        (300_001, "5m0.001s"),
        (3_600_000, "1h"),
        (3_900_100, "1h5m0.1s"),
    ] {
        assert_eq!(exact(millis), text);
        let read =
            TimeExpr::parse(text).and_then(|it| it.eval(&Timing::default(), &BTreeMap::new()));
        assert_eq!(read.map(|time| time.as_millis()), Ok(millis.into()));
    }
}

#[test]
fn recovery_is_that_of_the_slowest_execution_of_each_run() {
    let all = swept();
    let of = |window: usize| all.windows().nth(window).map(spreads).unwrap_or_default();
    let [pass] = &of(2)[..] else {
        panic!("{:?}", of(2));
    };
    assert_eq!(pass.took, Some((1_500, 2_000, 2_500)));
    assert_eq!((pass.back, pass.never), (2, 0));
    let [fail] = &of(0)[..] else {
        panic!("{:?}", of(0));
    };
    assert_eq!((fail.took, fail.back, fail.never), (None, 0, 2));
    assert_eq!(of(1), []);
}

#[test]
fn the_table_fits_the_page_and_calls_unknown_unknown() {
    let page = render(Format::Table, &swept(), Style::PLAIN);
    for line in page.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(page.contains("unknown: late-runs"), "{page}");
    assert!(page.contains("2 passed, 3 failed, 1 unknown"), "{page}");
    assert!(page.contains("there was no more"), "{page}");
    assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page}");
}

#[test]
fn the_page_needs_nobody_and_escapes_everything() {
    let page = render(Format::Html, &swept(), Style::PLAIN);
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page}");
    for outside in ["http:", "https:", "src=", "url(", "@import", "onload"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let policy = "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';";
    assert!(page.contains(policy), "{page}");
    for words in [
        "aria-labelledby=\"chart-title chart-desc\"",
        "unknown: late-runs",
        "between 100ms and 150ms: fail: late-runs (pending) becomes unknown: late-runs",
        "gap = 1m1.234s: late came back after 1.5s; pass",
        "gap = 0s: late never came back; fail: late-runs (pending)",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

#[test]
fn the_data_has_every_point_window_and_edge() -> Result<(), serde_json::Error> {
    let text = render(Format::Json, &swept(), Style::PLAIN);
    let data: serde_json::Value = serde_json::from_str(&text)?;
    let count = |key: &str| data[key].as_array().map(Vec::len);
    assert_eq!(data["schema"], "rejoin-sweep/1");
    assert_eq!(data["complete"], false);
    assert_eq!(count("points"), Some(6));
    assert_eq!(count("windows"), Some(4));
    assert_eq!(count("edges"), Some(3));
    assert_eq!(data["windows"][2]["recovery"][0]["median_ms"], 2_000);
    assert_eq!(data["edges"][1]["after"]["verdict"], "pass");
    assert_eq!(data["points"][2]["verdict"], "unknown");
    Ok(())
}

#[test]
fn where_nothing_changes_that_is_said() {
    let mut all = swept();
    all.points.truncate(2);
    all.windows.truncate(1);
    let page = render(Format::Table, &all, Style::PLAIN);
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "FAIL nothing changes: fail: late-runs (pending) for every gap from 0s to 1m30s";
    assert!(words.contains(said), "{page}");
    assert!(!page.contains("it changes between"), "{page}");
}
