//! What the orchestrator answered, in one shape for every generation of its field names.
//!
//! These values are journalled, so they are serialisable; server times stay the strings that the
//! server sent, because they may only be compared with each other.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A job's id, made by the server.
    JobId
);
id!(
    /// A node's id; a new enrolment is a new id.
    NodeId
);
id!(
    /// An execution's id.
    ExecutionId
);
id!(
    /// An evaluation's id.
    EvaluationId
);

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A spelling that this version does not know, kept as it came.
            Other(String),
        }

        impl $name {
            /// The spellings that the API documents.
            pub const KNOWN: &'static [&'static str] = &[$($text),+];

            /// The API's spelling.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text $(| $alias)* => Self::$variant,)+
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
            }
        }
    };
}

states!(
    /// A job's state.
    JobState {
        /// Stored, not evaluated yet.
        Pending = "pending",
        /// No node to place it on.
        Queued = "queued",
        /// Being placed and started.
        Deploying = "deploying",
        /// All of it runs.
        Running = "running",
        /// The rollout waits for a person.
        RolloutPaused = "rollout_paused",
        /// The rollout failed.
        RolloutFailed = "rollout_failed",
        /// Some of it runs.
        Degraded = "degraded",
        /// Done.
        Completed = "completed",
        /// Failed.
        Failed = "failed",
        /// Stopped by a person.
        Stopped = "stopped",
        /// Deleted (softly).
        Deleted = "deleted",
    }
);
states!(
    /// An execution's state, desired or observed.
    ExecutionState {
        /// Created; the edge has not said anything.
        Pending = "pending",
        /// The edge starts it.
        Starting = "starting",
        /// The edge watches whether it stays up.
        Validating = "validating",
        /// It runs.
        Running = "running",
        /// It runs with errors.
        Degraded = "degraded",
        /// Done (generation A: `complete`).
        Completed = "completed" | "complete",
        /// Failed.
        Failed = "failed",
        /// Its node is lost.
        Lost = "lost",
        /// The edge stops it.
        Stopping = "stopping",
        /// Stopped.
        Stopped = "stopped",
    }
);
states!(
    /// A node's connection.
    NodeState {
        /// Handshake seen, not trusted yet.
        Connecting = "connecting",
        /// Connected.
        Connected = "connected",
        /// No heartbeat for the disconnect timeout.
        Disconnected = "disconnected",
        /// Gone for the lost timeout.
        Lost = "lost",
        /// Removed by a person.
        Deleted = "deleted",
    }
);
states!(
    /// An evaluation's state.
    EvaluationState {
        /// Waits for something else.
        Blocked = "blocked",
        /// Waits for the scheduler.
        Pending = "pending",
        /// The scheduler is done with it.
        Complete = "complete" | "completed",
        /// The scheduler failed.
        Failed = "failed",
        /// Cancelled.
        Canceled = "canceled",
    }
);

impl ExecutionState {
    /// Whether the scheduler never leaves this state.
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Lost | Self::Stopped
        )
    }
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// `spec.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `spec.hostname`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// `status.connection_state`; `None` where the server said nothing.
    pub state: Option<NodeState>,
    /// `status.connected_since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_since: Option<String>,
    /// `status.last_heartbeat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_heartbeat: Option<String>,
    /// `status.created_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// `status.updated_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// `status.revision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// What the server said besides, in fields that no documentation names: `status.NAME`, `NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, Value>,
}

/// A job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// `spec.name`.
    pub name: String,
    /// `spec.labels`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// `status.state.state_type`; `None` where the server said nothing.
    pub state: Option<JobState>,
    /// `status.state.message`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `status.version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// `status.revision`: grows with every change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// `status.updated_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// What the server said besides, in fields that no documentation names: `status.NAME`, `NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, Value>,
}

/// An execution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// Its id.
    pub id: ExecutionId,
    /// The job that it belongs to.
    pub job_id: JobId,
    /// The job's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_version: Option<u64>,
    /// The node it is placed on.
    pub node_id: NodeId,
    /// The evaluation that placed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eval_id: Option<EvaluationId>,
    /// `status.desired_state`; `None` where the server said nothing.
    pub desired: Option<ExecutionState>,
    /// `status.observed_state` (generation A: `compute_state`); `None` where the server said nothing.
    pub observed: Option<ExecutionState>,
    /// The message of the observed state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `status.revision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// `status.created_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// `status.updated_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// What the server said besides, in fields that no documentation names: `status.NAME`, `NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, Value>,
}

/// An evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Its id.
    pub id: EvaluationId,
    /// `triggered_by`, as the API spells it.
    pub trigger: String,
    /// `status.state`; `None` where the server said nothing.
    pub state: Option<EvaluationState>,
    /// `status.created_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// `status.updated_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// `status.revision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// What the server said besides, in fields that no documentation names: `status.NAME`, `NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub unknown: BTreeMap<String, Value>,
}

/// A change of an execution's state, as its history has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// `seq_num`: grows with every event of the whole server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// `timestamp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// `details.old_state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<ExecutionState>,
    /// `details.new_state`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<ExecutionState>,
}

/// What came of a rerun.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rerun {
    /// The version that the server says the job has; whether a rerun makes a new one is the server's way.
    pub version: Option<u64>,
    /// The server's warnings.
    pub warnings: Vec<String>,
}

/// `GET /status`, as far as the harness uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// `runtime.version`.
    pub version: Option<String>,
}

/// What came of a deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deployed {
    /// The orchestrator took it.
    Accepted {
        /// The job as stored.
        job: Box<Job>,
        /// Whether it was new.
        created: bool,
        /// The server's warnings.
        warnings: Vec<String>,
    },
    /// 422: the same specification is deployed already.
    Unchanged,
}
