//! A sweep as data, in a documented shape (`docs/sweep.md`). Times are milliseconds.

use serde::Serialize;

use super::super::ending;
use super::{Point, Spread, Swept, spreads};
use crate::plan::About;
use crate::target::Subject;
use crate::verdict::Outcome;

/// The name and version of the shape. Within a version fields may be added, none removed or given another
/// meaning.
pub const SCHEMA: &str = "rejoin-sweep/1";

#[derive(Serialize)]
struct Sweep<'a> {
    schema: &'static str,
    playbook: &'a About,
    subject: &'a Subject,
    seed: u64,
    var: &'a str,
    from_ms: u64,
    to_ms: u64,
    points_asked: usize,
    within_ms: u64,
    verdict: &'static str,
    sentence: String,
    runs: Runs,
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_off: Option<&'a str>,
    windows: Vec<Window<'a>>,
    edges: Vec<EdgeData<'a>>,
    points: Vec<PointData<'a>>,
}

#[derive(Serialize)]
struct Runs {
    all: usize,
    passed: usize,
    failed: usize,
    unknown: usize,
}

/// How a run ended.
#[derive(Serialize)]
struct Ended<'a> {
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    symptom: Option<&'a str>,
}

#[derive(Serialize)]
struct Window<'a> {
    from_ms: u64,
    to_ms: u64,
    runs: usize,
    #[serde(flatten)]
    ended: Ended<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    recovery: Vec<Recovery>,
}

#[derive(Serialize)]
struct Recovery {
    job: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    median_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_ms: Option<u64>,
    runs: usize,
    never: usize,
}

#[derive(Serialize)]
struct EdgeData<'a> {
    below_ms: u64,
    above_ms: u64,
    before: Ended<'a>,
    after: Ended<'a>,
}

#[derive(Serialize)]
struct PointData<'a> {
    at_ms: u64,
    #[serde(flatten)]
    ended: Ended<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    exit: u8,
    run: &'a str,
    recoveries: Vec<Took<'a>>,
}

#[derive(Serialize)]
struct Took<'a> {
    job: &'a str,
    node: &'a str,
    #[serde(rename = "took_ms", skip_serializing_if = "Option::is_none")]
    after: Option<u64>,
}

/// The whole sweep.
pub(super) fn render(swept: &Swept) -> String {
    let sweep = Sweep {
        schema: SCHEMA,
        playbook: &swept.about,
        subject: &swept.subject,
        seed: swept.seed,
        var: &swept.var,
        from_ms: swept.from,
        to_ms: swept.to,
        points_asked: swept.asked,
        within_ms: swept.within,
        verdict: ending::word(swept.worst()),
        sentence: swept.sentence(),
        runs: Runs {
            all: swept.points.len(),
            passed: swept.count(Outcome::Pass),
            failed: swept.count(Outcome::Fail),
            unknown: swept.count(Outcome::Unknown),
        },
        complete: swept.cut_off.is_none(),
        cut_off: swept.cut_off.as_deref(),
        windows: swept.windows().filter_map(window).collect(),
        edges: swept
            .edges()
            .map(|edge| EdgeData {
                below_ms: edge.below.at,
                above_ms: edge.above.at,
                before: ended(edge.below),
                after: ended(edge.above),
            })
            .collect(),
        points: swept.points.iter().map(point).collect(),
    };
    serde_json::to_string_pretty(&sweep).unwrap_or_default()
}

fn ended(point: &Point) -> Ended<'_> {
    Ended {
        verdict: ending::word(point.ending.outcome),
        decided_by: point.ending.by.as_deref(),
        symptom: point.symptom.as_deref(),
    }
}

fn window(points: &[Point]) -> Option<Window<'_>> {
    let (first, last) = (points.first()?, points.last()?);
    Some(Window {
        from_ms: first.at,
        to_ms: last.at,
        runs: points.len(),
        ended: ended(first),
        note: &first.note,
        recovery: spreads(points).into_iter().map(recovery).collect(),
    })
}

fn recovery(spread: Spread) -> Recovery {
    Recovery {
        job: spread.job,
        min_ms: spread.took.map(|(min, _, _)| min),
        median_ms: spread.took.map(|(_, median, _)| median),
        max_ms: spread.took.map(|(_, _, max)| max),
        runs: spread.back + spread.never,
        never: spread.never,
    }
}

fn point(point: &Point) -> PointData<'_> {
    let took = point.recovered.iter().map(|one| Took {
        job: &one.job,
        node: &one.edge,
        after: one.took,
    });
    PointData {
        at_ms: point.at,
        ended: ended(point),
        note: &point.note,
        exit: point.exit.code(),
        run: &point.run,
        recoveries: took.collect(),
    }
}
