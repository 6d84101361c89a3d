//! Which fields a deployment serves: the documented ones, and others. Names only, never what they hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// The documented fields of each record (types-node, types-job, types-execution, types-evaluation and
/// types-historyevent of the public reference; `compute_state`, `deployment_id` and `deployment` of its
/// crawl of December 2025).
const KNOWN: [(&str, &str); 5] = [
    (
        "node",
        "id identity spec spec.name spec.hostname spec.os spec.arch spec.agent_version spec.hardware_fingerprint spec.labels spec.capabilities status status.connection_state status.connected_since status.disconnected_since status.last_heartbeat status.created_at status.updated_at status.message status.revision status.last_edge_seq_num status.last_orchestrator_seq_num status.resource_usage",
    ),
    (
        "job",
        "id spec spec.name spec.type spec.description spec.namespace spec.labels spec.meta spec.priority spec.restart_policy spec.selector spec.rollout spec.deployment spec.config status status.state status.version status.revision status.created_at status.updated_at status.rollout",
    ),
    (
        "execution",
        "id job_id job_version job_type job_spec node_id eval_id namespace deployment_id status status.desired_state status.observed_state status.compute_state status.details status.previous_execution_id status.next_execution_id status.revision status.stable_at status.created_at status.updated_at",
    ),
    (
        "evaluation",
        "id job_id namespace priority type triggered_by deployment_id status status.state status.message status.revision status.wait_until status.created_at status.updated_at",
    ),
    (
        "history",
        "seq_num timestamp message job_id execution_id job_version details details.old_state details.new_state details.node_id details.error_code",
    ),
];

/// The fields of one kind of record, as some records have them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Fields {
    /// How many records were looked at.
    pub(super) records: usize,
    /// Documented fields that at least one record fills.
    pub(super) filled: BTreeSet<String>,
    /// Documented fields that are there, and `null` in all of them.
    pub(super) null: BTreeSet<String>,
    /// Documented fields that none of them has.
    pub(super) absent: BTreeSet<String>,
    /// Fields that no documentation names.
    pub(super) unknown: BTreeSet<String>,
}

/// What these records have.
pub(super) fn of(kind: &str, records: &[Value]) -> Fields {
    let known = KNOWN
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or("", |(_, known)| known);
    let known: BTreeSet<&str> = known.split_whitespace().collect();
    let mut seen: BTreeMap<String, bool> = BTreeMap::new();
    for record in records {
        walk(record, "", &known, &mut seen);
    }
    let mut fields = Fields {
        records: records.len(),
        ..Fields::default()
    };
    for field in &known {
        let place = match seen.get(*field) {
            Some(true) => &mut fields.filled,
            Some(false) => &mut fields.null,
            None => &mut fields.absent,
        };
        place.insert((*field).to_owned());
    }
    let unknown = seen
        .into_keys()
        .filter(|field| !known.contains(field.as_str()));
    fields.unknown = unknown.collect();
    fields
}

/// Notes each field, and whether anything but `null` is in it; looks into those whose own fields are
/// documented.
fn walk(value: &Value, at: &str, known: &BTreeSet<&str>, seen: &mut BTreeMap<String, bool>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        let path = if at.is_empty() {
            name.clone()
        } else {
            format!("{at}.{name}")
        };
        *seen.entry(path.clone()).or_default() |= !inner.is_null();
        let prefix = format!("{path}.");
        if known.iter().any(|field| field.starts_with(&prefix)) {
            walk(inner, &path, known, seen);
        }
    }
}
