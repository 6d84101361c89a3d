//! What the page does where a record is empty, too large, or has much at one moment. Whole pages are looked at in
//! `tests/record.rs` (the same bytes, a killed run) and in a browser (`tests/browser`).

use super::mark::{Group, Lane, MOST_MARKS, Mark, Moment, Shape, Tone};
use super::render;
use super::scale::Scale;
use crate::clock::Elapsed;

fn moment(at: u64, seq: u64) -> Moment {
    let at = Elapsed(at);
    Moment { at, seq }
}

fn bar(from: Moment, to: Moment) -> Mark {
    Mark {
        shape: Shape::Bar,
        tone: Tone::Good,
        from,
        to,
        label: String::new(),
        says: Vec::new(),
    }
}

#[test]
fn a_record_without_a_header_has_no_page() {
    assert_eq!(render(&[]), "");
}

#[test]
fn a_lane_shows_its_first_marks_and_counts_the_others() {
    let here = moment(0, 1);
    let lane = Lane::of("edge1".to_owned(), vec![bar(here, here); MOST_MARKS + 7]);
    assert_eq!((lane.marks.len(), lane.more), (MOST_MARKS, 7));
    let lane = Lane::of("edge1".to_owned(), vec![bar(here, here)]);
    assert_eq!((lane.marks.len(), lane.more), (1, 0));
}

#[test]
fn time_never_runs_backwards_and_one_millisecond_keeps_its_order() {
    let ends = [(0, 1), (5, 2), (5, 3), (5, 4), (600_000, 5), (600_001, 6)];
    let ends = ends.map(|(at, seq)| moment(at, seq));
    let marks = ends.windows(2).map(|pair| bar(pair[0], pair[1])).collect();
    let groups = [Group {
        name: "Nodes",
        lanes: vec![Lane::of("edge1".to_owned(), marks)],
        more: 0,
    }];
    let scale = Scale::new(&[], &groups, (ends[0], ends[5]), (100.0, 900.0));
    let places: Vec<f64> = ends.iter().map(|end| scale.x(*end)).collect();
    assert!(
        places.windows(2).all(|pair| pair[0] < pair[1]),
        "{places:?}"
    );
    let whole = [places[0], places[5]].map(f64::round);
    assert!(
        whole.map(f64::to_bits) == [100.0, 900.0].map(f64::to_bits),
        "{places:?}"
    );
    let (before, after) = (scale.x(moment(0, 0)), scale.x(moment(700_000, 9)));
    assert!(
        before >= 100.0 && after <= 900.0,
        "outside the picture: {before} {after}"
    );
}

#[test]
fn a_run_of_a_single_moment_has_a_place() {
    let here = moment(0, 1);
    let x = Scale::new(&[], &[], (here, here), (100.0, 900.0)).x(here);
    assert!(x.is_finite() && (100.0..=900.0).contains(&x), "{x}");
}
