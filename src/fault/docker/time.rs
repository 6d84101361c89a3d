//! The engine's clock: its moments as it writes them, and as it wants to be asked about them.
//!
//! Apart because it is not the harness's clock: a remote engine, or one in a virtual machine, may differ,
//! and what happened since a moment can only be asked for in the engine's own time.

use std::time::{Duration, UNIX_EPOCH};

use crate::clock::Timestamp;

/// A moment of the engine's clock, in nanoseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EngineTime(pub(super) u64);

impl EngineTime {
    /// Before everything that an engine remembers. Not zero, which means no limit at all.
    pub(super) const EVER: Self = Self(1_000_000_000);

    /// Reads RFC 3339 in UTC or with an offset (`SystemTime` has the one of the engine's machine);
    /// `None` for what is none, and for Go's zero time, which means never.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let date = "0000-00-00".len();
        let zone = text.rfind(['+', '-']).filter(|at| *at >= date);
        let (local, zone) = text.split_at(zone.unwrap_or(text.len()));
        let passed = humantime::parse_rfc3339_weak(local).ok()?;
        let nanos = passed.duration_since(UNIX_EPOCH).ok()?.as_nanos();
        let utc = i128::try_from(nanos).ok()? - offset(zone)?;
        u64::try_from(utc).ok().map(Self)
    }

    /// That much earlier.
    pub(super) fn earlier(self, by: Duration) -> Self {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        Self(self.0.saturating_sub(by)).max(Self::EVER)
    }

    /// As the `since` of a request: `seconds.nanoseconds`.
    pub(super) fn since(self) -> String {
        format!("{}.{:09}", self.0 / 1_000_000_000, self.0 % 1_000_000_000)
    }

    /// For the record.
    pub(super) const fn timestamp(self) -> Timestamp {
        Timestamp(self.0 / 1_000_000)
    }
}

/// `+01:30` in nanoseconds; nothing is UTC.
fn offset(zone: &str) -> Option<i128> {
    let Some(sign) = zone.chars().next() else {
        return Some(0);
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let number = |text: &str| text.parse::<u8>().ok().map(i128::from);
    let minutes = number(hours)? * 60 + number(minutes)?;
    let nanos = minutes * 60 * 1_000_000_000;
    Some(if sign == '-' { -nanos } else { nanos })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_however_it_is_written() {
        for text in [
            "2026-11-22T03:12:51.096995291Z",
            "2026-11-22T04:42:51.096995291+01:30",
            "2026-11-21T22:12:51.096995291-05:00",
        ] {
            let since = EngineTime::parse(text).map(EngineTime::since);
            assert_eq!(since.as_deref(), Some("1795317171.096995291"), "{text}");
        }
        for text in [
            "",
            "soon",
            "0001-01-01T00:00:00Z",
            "2026-11-22T04:42:51+x",
            "2026-11-22T04:42:51+é:é",
            "2026-11-22T04:42:51+9999:00",
        ] {
            assert_eq!(EngineTime::parse(text), None, "{text}");
        }
    }
}
