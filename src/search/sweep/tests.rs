//! Sweeps over what is known beforehand.

use std::convert::Infallible;

use super::{End, Sweep, Swept, spread, windows};

fn sweep(from: u64, to: u64, points: usize, within: u64) -> Sweep {
    Sweep {
        from,
        to,
        points,
        within,
        most: 1_000,
    }
}

/// Sweeps with a judge who knows it: from each of these values on the next letter.
fn of(sweep: Sweep, changes: &[u64]) -> Swept<usize> {
    let judge = |values: &[u64]| -> Result<Vec<usize>, Infallible> {
        let letter = |value: &u64| changes.iter().filter(|change| *change <= value).count();
        Ok(values.iter().map(letter).collect())
    };
    sweep
        .run(|one, other| one == other, judge)
        .unwrap_or_else(|never| match never {})
}

/// The two sides of every change.
fn edges(swept: &Swept<usize>) -> Vec<(u64, u64)> {
    let pairs = swept.points.windows(2);
    let changed = pairs.filter(|pair| pair[0].1 != pair[1].1);
    changed.map(|pair| (pair[0].0, pair[1].0)).collect()
}

#[test]
fn points_are_evenly_spaced_with_both_ends_among_them() {
    assert_eq!(sweep(0, 100, 2, 1).grid(), [0, 100]);
    assert_eq!(sweep(0, 100, 5, 1).grid(), [0, 25, 50, 75, 100]);
    assert_eq!(sweep(10, 20, 4, 1).grid(), [10, 13, 17, 20]); // 13.33 and 16.67
    assert_eq!(sweep(0, 1, 3, 1).grid(), [0, 1]); // no value twice
    let far = sweep(0, u64::MAX, 3, 1).grid();
    assert_eq!(far, [0, u64::MAX / 2 + 1, u64::MAX]);
}

#[test]
fn an_edge_is_found_within_what_was_asked_for_wherever_it_is() {
    for change in [1, 24, 25, 26, 500, 999, 1_000] {
        for within in [1, 7, 50] {
            let swept = of(sweep(0, 1_000, 5, within), &[change]);
            let edges = edges(&swept);
            let [(below, above)] = edges[..] else {
                panic!("{change}: {edges:?}");
            };
            assert!(below < change && change <= above, "{change}: {edges:?}");
            assert!(above - below <= within, "{change}: {edges:?}");
            assert_eq!(swept.end, None);
        }
    }
}

#[test]
fn an_edge_on_a_point_is_no_finer_than_a_millisecond() {
    let swept = of(sweep(0, 10, 2, 0), &[6]);
    assert_eq!(edges(&swept), [(5, 6)]);
    assert_eq!(swept.end, None);
}

#[test]
fn several_windows_are_found() {
    let swept = of(sweep(0, 1_000, 21, 1), &[40, 60, 700, 800]);
    let wanted = [(39, 40), (59, 60), (699, 700), (799, 800)];
    assert_eq!(edges(&swept), wanted);
    let stretches = windows(&swept.points, |one, other| one == other);
    assert_eq!(stretches.len(), 5);
    for (letter, stretch) in stretches.iter().enumerate() {
        let all = &swept.points[stretch.clone()];
        assert!(all.iter().all(|(_, it)| *it == letter), "{all:?}");
    }
    assert_eq!(stretches.last().map(|it| it.end), Some(swept.points.len()));
}

#[test]
fn a_window_is_seen_where_a_point_falls_into_it() {
    let inside = |value: &u64| (210..230).contains(value);
    let judge = |values: &[u64]| -> Result<Vec<bool>, Infallible> {
        Ok(values.iter().map(inside).collect())
    };
    for (points, seen) in [(11, false), (51, true)] {
        let swept = sweep(0, 1_000, points, 1).run(|one, other| one == other, judge);
        let swept = swept.unwrap_or_else(|never| match never {});
        let any = swept.points.iter().any(|(_, inside)| *inside);
        assert_eq!(any, seen, "{points} points");
    }
}

#[test]
fn a_third_outcome_between_two_gets_two_edges() {
    let swept = of(sweep(0, 1_000, 2, 1), &[480, 520]);
    assert_eq!(edges(&swept), [(479, 480), (519, 520)]);
}

#[test]
fn where_nothing_changes_only_the_points_are_tried() {
    let swept = of(sweep(5, 1_000, 40, 1), &[]);
    assert_eq!(swept.points.len(), 40);
    let stretches = windows(&swept.points, |one, other| one == other);
    assert_eq!(stretches, vec![0..40]);
    assert_eq!(swept.end, None);
}

#[test]
fn it_ends_with_the_most_that_may_be_tried_and_says_so() {
    let tight = Sweep {
        most: 12,
        ..sweep(0, 1_000_000, 10, 1)
    };
    let swept = of(tight, &[123_456, 654_321]);
    assert_eq!(swept.points.len(), 12);
    assert_eq!(swept.end, Some(End::Most));
    // The points are tried in any case.
    let swept = of(Sweep { most: 3, ..tight }, &[500]);
    assert_eq!((swept.points.len(), swept.end), (10, Some(End::Most)));
    // Just enough is enough.
    let swept = of(Sweep { most: 10, ..tight }, &[]);
    assert_eq!((swept.points.len(), swept.end), (10, None));
}

#[test]
fn what_was_judged_before_somebody_gave_up_counts() {
    let mut waves = 0;
    let swept = sweep(0, 100, 5, 1).run(
        |one: &bool, other| one == other,
        |values| -> Result<_, Infallible> {
            waves += 1;
            let all = values.iter().map(|value| *value > 30);
            Ok(all.take(if waves == 2 { 0 } else { 5 }).collect())
        },
    );
    let swept = swept.unwrap_or_else(|never| match never {});
    assert_eq!((swept.points.len(), swept.end), (5, Some(End::GivenUp)));
    assert_eq!(waves, 2);
}

#[test]
fn a_judge_who_cannot_judge_ends_it() {
    let judge = |_: &[u64]| -> Result<Vec<bool>, &str> { Err("no") };
    let ended = sweep(0, 100, 5, 1).run(|one, other| one == other, judge);
    assert_eq!(ended, Err("no"));
}

#[test]
fn many_at_a_time_come_back_in_order() {
    let items: Vec<u64> = (0..100).collect();
    for jobs in [0, 1, 3, 200] {
        let doubled = spread(jobs, &items, |item| item * 2);
        let wanted: Vec<u64> = items.iter().map(|item| item * 2).collect();
        assert_eq!(doubled, wanted);
    }
    assert_eq!(spread(4, &[] as &[u64], |item| *item), [0u64; 0]);
}
