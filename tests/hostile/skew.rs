//! A server whose clock is wrong: every time that it says is off by the same.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use rejoin::clock::Timestamp;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let time = r#""(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)""#;
    Regex::new(time).unwrap_or_else(|error| panic!("{error}"))
});

/// A body in which every time is later by so many seconds, or earlier.
pub(crate) fn skewed(body: &[u8], seconds: i64) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let shifted = TIME.replace_all(&text, |found: &Captures<'_>| {
        let time = Timestamp::parse(&found[1]).unwrap_or(Timestamp(0));
        let time = Timestamp(time.0.saturating_add_signed(seconds * 1000));
        format!("\"{time}\"")
    });
    shifted.into_owned().into_bytes()
}

#[test]
fn every_time_is_off_by_the_same() {
    let body = br#"{"a":"2026-01-01T00:00:00.250Z","b":"x","c":["2026-01-01T00:00:01Z"]}"#;
    let later = skewed(body, 3600);
    let wanted = br#"{"a":"2026-01-01T01:00:00.250Z","b":"x","c":["2026-01-01T01:00:01.000Z"]}"#;
    assert_eq!(
        String::from_utf8_lossy(&later),
        String::from_utf8_lossy(wanted)
    );
}
