//! Timing profiles: how long the parts of a deployment take to notice things.
//!
//! Apart because three rooms lean on the same names: playbooks compute with them, plans make their
//! default deadlines from them, reports print them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The timings of one deployment, as configured or assumed; serialised as `5m`, `15s`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// The profile's name, also the value of the label `rejoin.timing`.
    pub name: String,
    /// How often a node says that it lives.
    #[serde(with = "human")]
    pub heartbeat: Duration,
    /// Silence after which a node counts as disconnected.
    #[serde(with = "human")]
    pub disconnect_timeout: Duration,
    /// Time in `disconnected` after which a node counts as lost.
    #[serde(with = "human")]
    pub lost_timeout: Duration,
    /// How long the reevaluator collects joins and leaves before it acts on them.
    #[serde(with = "human")]
    pub reevaluation_batch: Duration,
    /// How often the scheduler looks after itself.
    #[serde(with = "human")]
    pub housekeeping: Duration,
    /// How often edge and orchestrator compare their states, where they do.
    #[serde(with = "human")]
    pub reconcile: Duration,
    /// Time in `connecting` before a node counts as connected.
    #[serde(with = "human")]
    pub connect_grace: Duration,
    /// Time after a restart of the orchestrator in which no node is called disconnected.
    #[serde(with = "human")]
    pub restart_grace: Duration,
}

impl Timing {
    /// The names that time expressions may use.
    pub const NAMES: [&'static str; 8] = [
        "heartbeat",
        "disconnect_timeout",
        "lost_timeout",
        "reevaluation_batch",
        "housekeeping",
        "reconcile",
        "connect_grace",
        "restart_grace",
    ];

    /// The names of the built-in profiles.
    pub const PROFILES: [&'static str; 4] = ["default", "current", "fast", "tiny"];

    /// A built-in profile; `None` where there is none of that name.
    ///
    /// `default` are the timings of the orchestrator at the time of issue 395 (December 2025),
    /// `current` those that its documentation names since; `fast` and `tiny` are for stand-ins.
    pub fn profile(name: &str) -> Option<Timing> {
        // In the order of NAMES, in milliseconds.
        let millis = match name {
            "default" => return Some(Timing::default()),
            "current" => [
                15_000, 90_000, 3_600_000, 15_000, 30_000, 30_000, 30_000, 90_000,
            ],
            "fast" => [1_000, 6_000, 15_000, 1_000, 1_000, 1_000, 1_000, 1_000],
            "tiny" => [100, 600, 5_000, 100, 100, 100, 100, 100],
            _ => return None,
        };
        Some(Timing::of(name, millis))
    }

    fn of(name: &str, millis: [u64; 8]) -> Timing {
        let [
            heartbeat,
            disconnect_timeout,
            lost_timeout,
            reevaluation_batch,
            housekeeping,
            reconcile,
            connect_grace,
            restart_grace,
        ] = millis.map(Duration::from_millis);
        Timing {
            name: name.to_owned(),
            heartbeat,
            disconnect_timeout,
            lost_timeout,
            reevaluation_batch,
            housekeeping,
            reconcile,
            connect_grace,
            restart_grace,
        }
    }

    /// The timing of this name; `None` where there is none (see [`Timing::NAMES`]).
    pub fn get(&self, name: &str) -> Option<Duration> {
        Some(match name {
            "heartbeat" => self.heartbeat,
            "disconnect_timeout" => self.disconnect_timeout,
            "lost_timeout" => self.lost_timeout,
            "reevaluation_batch" => self.reevaluation_batch,
            "housekeeping" => self.housekeeping,
            "reconcile" => self.reconcile,
            "connect_grace" => self.connect_grace,
            "restart_grace" => self.restart_grace,
            _ => return None,
        })
    }
}

impl Default for Timing {
    fn default() -> Self {
        Timing::of(
            "default",
            [15_000, 300_000, 3_600_000, 15_000, 30_000, 30_000, 0, 0],
        )
    }
}

/// Durations as people write them.
mod human {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&humantime::format_duration(*time))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        humantime::parse_duration(&text).map_err(D::Error::custom)
    }
}
