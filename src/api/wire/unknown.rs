//! Fields that no documentation names: kept, because they may be what explains a verdict.

use std::collections::BTreeMap;

use serde_json::Value;

/// What was left over of an object.
pub(super) type Rest = BTreeMap<String, Value>;

/// What is left over of a record and of its status, under one roof. What a record's specification holds
/// besides belongs to who wrote it, and may be secret: it is not kept.
pub(super) fn unknown(record: Rest, status: Rest) -> BTreeMap<String, Value> {
    let said = |(_, value): &(String, Value)| !value.is_null();
    let status = status
        .into_iter()
        .map(|(name, value)| (format!("status.{name}"), value));
    record.into_iter().chain(status).filter(said).collect()
}
