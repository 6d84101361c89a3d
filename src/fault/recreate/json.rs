//! Looking into the engine's JSON.

use serde_json::{Map, Value};

/// The text at this place; empty where there is none.
pub(in crate::fault) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The object at this place.
pub(in crate::fault) fn object<'a>(
    value: &'a Value,
    pointer: &str,
) -> Option<&'a Map<String, Value>> {
    value.pointer(pointer).and_then(Value::as_object)
}

/// Whether Go would call it the zero value: nothing was asked for.
pub(in crate::fault) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.iter().all(is_empty),
        Value::Object(fields) => fields.is_empty(),
    }
}
