//! How long is waited between two tries.

use super::*;

#[test]
fn pauses_grow_are_jittered_and_come_to_an_end() {
    let patience = Patience::new();
    let pauses = || {
        let mut pauses = patience.pauses();
        std::iter::from_fn(move || pauses.next(None)).collect::<Vec<_>>()
    };
    let (one, two) = (pauses(), pauses());
    assert_eq!(one.len(), 3);
    assert_ne!(one, two, "two requests do not come back together");
    for (pause, full) in one.iter().zip([100, 200, 400]) {
        let full = Duration::from_millis(full);
        assert!((full / 2..=full).contains(pause), "{pause:?} of {full:?}");
    }
}

#[test]
fn a_server_may_ask_for_patience_within_reason() {
    let asked = |seconds| {
        let asked = Duration::from_secs(seconds);
        Patience::new().pauses().next(Some(asked))
    };
    assert_eq!(asked(1), Some(Duration::from_secs(1)));
    assert_eq!(asked(3600), Some(LONGEST_PAUSE));
    assert!(asked(0) >= Some(FIRST_PAUSE / 2), "never at once");
}
