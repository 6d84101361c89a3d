//! Times as a sweep says them: where a verdict changes is known to the millisecond, and such a time is given to
//! `--set` again.

use std::fmt::Write;

/// A time to the millisecond, as playbooks write it: `0s`, `250ms`, `4m57.213s`, `1h5m`.
pub fn exact(millis: u64) -> String {
    if millis == 0 {
        return "0s".to_owned();
    }
    let (seconds, rest) = (millis / 1_000, millis % 1_000);
    if seconds == 0 {
        return format!("{rest}ms");
    }
    let mut text = String::new();
    for (unit, count) in [("h", seconds / 3_600), ("m", seconds / 60 % 60)] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    let seconds = seconds % 60;
    match rest {
        0 if seconds > 0 => drop(write!(text, "{seconds}s")),
        0 => {}
        rest => {
            let decimals = format!("{rest:03}");
            let _ = write!(text, "{seconds}.{}s", decimals.trim_end_matches('0'));
        }
    }
    text
}
