//! The time axis: where it says what time it is.

use maud::{Markup, html};

use super::draw::n;
use super::mark::Moment;
use super::scale::{Knot, Scale};
use super::stages::Stage;
use crate::clock::Elapsed;

/// How far two labels are apart at the least.
const APART: f64 = 62.0;

/// Steps between round times, in milliseconds.
const ROUND: [u64; 20] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000,
    120_000, 300_000, 600_000, 3_600_000,
];

/// The places with a label: the beginnings of stages, and round times in long stretches between them.
pub(super) fn ticks(scale: &Scale, stages: &[Stage], right: f64) -> Vec<(f64, Elapsed)> {
    let mut ticks: Vec<(f64, Elapsed)> = Vec::new();
    let mut put = |x: f64, at: Elapsed| {
        let near = ticks.iter().any(|(other, _)| (other - x).abs() < APART);
        if !near && x <= right - APART * 0.6 {
            ticks.push((x, at));
        }
    };
    for stage in stages {
        put(scale.x(stage.from), stage.from.at);
    }
    for pair in scale.knots.windows(2) {
        let [before, after] = pair else { continue };
        for at in between(before, after) {
            let moment = Moment { at, seq: u64::MAX };
            put(scale.x(moment), at);
        }
    }
    ticks.sort_by(|one, other| one.0.total_cmp(&other.0));
    ticks
}

fn between(before: &Knot, after: &Knot) -> impl Iterator<Item = Elapsed> + use<> {
    let (from, to) = (before.moment.at.0, after.moment.at.0);
    let room = after.x - before.x;
    let fits = |every: &&u64| {
        let count = super::scale::number((to - from) / **every);
        count * APART <= room
    };
    let every = ROUND.iter().find(fits).copied().unwrap_or(u64::MAX);
    let first = (from / every).saturating_add(1).saturating_mul(every);
    let step = usize::try_from(every).unwrap_or(usize::MAX);
    (first..to).step_by(step).map(Elapsed)
}

/// Round times from `from` to `to`, so many at the most; in milliseconds.
pub(super) fn round(from: u64, to: u64, most: u64) -> impl Iterator<Item = u64> {
    let fits = |every: &u64| to.saturating_sub(from) / every <= most.saturating_sub(1).max(1);
    let hours = (1..).map(|hours| hours * 3_600_000);
    let every = ROUND.into_iter().chain(hours).find(fits);
    let every = every.unwrap_or(u64::MAX);
    let step = usize::try_from(every).unwrap_or(usize::MAX);
    (from.div_ceil(every).saturating_mul(every)..=to).step_by(step)
}

/// Labels at `y`, and below them a line down to `bottom`.
pub(super) fn axis(ticks: &[(f64, Elapsed)], y: f64, bottom: f64) -> Markup {
    html! {
        g class="axis" aria-hidden="true" {
            @for (x, at) in ticks {
                line x1=(n(*x)) x2=(n(*x)) y1=(n(y + 4.0)) y2=(n(bottom)) {}
                text x=(n(x + 3.0)) y=(n(y)) data-at=(at.0) { (at) }
            }
        }
    }
}
