//! Time: timestamps of the record and the clock that makes them.
//!
//! Apart from everything else so that wall time enters the program in one place, and so that the
//! simulation can run on a virtual clock without any other room knowing.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// A moment, in milliseconds since the Unix epoch; printed as RFC 3339 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no RFC 3339 time")))
    }
}

/// The time since a run began, in milliseconds; printed as `+12.3s` or `+2m05s`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Elapsed(pub u64);

impl Elapsed {
    /// The time from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Elapsed) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// This moment and `more` time.
    #[must_use]
    pub fn plus(self, more: Duration) -> Elapsed {
        let more = u64::try_from(more.as_millis()).unwrap_or(u64::MAX);
        Elapsed(self.0.saturating_add(more))
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("+{}", brief(Duration::from_millis(self.0))))
    }
}

/// A duration as people read it: `250ms`, `12.3s`, `2m05s`, `1h02m`.
pub fn brief(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0 if time.is_zero() => "0s".to_owned(),
        0 => format!("{}ms", time.as_millis()),
        1..=59 => format!("{:.1}s", time.as_secs_f64()),
        60..=3599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Durations in records are whole milliseconds.
pub mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes milliseconds.
    pub fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    /// Reads milliseconds.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

impl Timestamp {
    /// The time that passed from `earlier` to this moment; zero if `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Reads an RFC 3339 timestamp (`2026-01-01T00:00:00Z`); `None` where it is none.
    pub fn parse(text: &str) -> Option<Timestamp> {
        let time = humantime::parse_rfc3339_weak(text).ok()?;
        Some(Timestamp::from(time))
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // humantime refuses what lies past the year 9999; a hostile number must not panic here.
        const LATEST: u64 = 253_402_300_799_000;
        let time = UNIX_EPOCH + Duration::from_millis(self.0.min(LATEST));
        write!(f, "{}", humantime::format_rfc3339_millis(time))
    }
}

/// Where timestamps come from: the wall clock, or a fixed epoch plus the runtime's own time.
///
/// Both advance with tokio's monotonic clock, so a step of the wall clock never moves a record
/// backwards, and a paused runtime gives the same timestamps in every run.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Timestamp,
    started: Instant,
}

impl Clock {
    /// A clock that reads the wall now and then counts monotonically.
    pub fn wall() -> Self {
        Self {
            origin: Timestamp::from(SystemTime::now()),
            started: Instant::now(),
        }
    }

    /// A clock that stands at `epoch` now and advances with the (paused) runtime.
    pub fn virtual_from(epoch: Timestamp) -> Self {
        Self {
            origin: epoch,
            started: Instant::now(),
        }
    }

    /// A clock of the same time whose count begins now.
    #[must_use]
    pub fn restarted(&self) -> Self {
        Self {
            origin: self.now(),
            started: Instant::now(),
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        let passed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.origin.0.saturating_add(passed))
    }

    /// The moment of the runtime's clock at which this clock was made.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The time since this clock was made.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
