//! A YAML document as a tree that knows where everything stands.
//!
//! Apart because it is the only place that knows the YAML library. Reading into a tree first, instead
//! of straight into the playbook's types, lets the checks go on after the first mistake.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Error, Options, Spanned};

use super::super::Position;

/// How deep lists and mappings may stand in each other.
const DEPTH: usize = 40;
/// How many lists, mappings and values a file may have.
const NODES: usize = 50_000;
/// How many pieces all aliases of a file together may stand for.
const ALIASED: usize = 5_000;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

/// A value, with the difference between text and numbers that YAML makes.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; keys may repeat.
    Map(Vec<(Node, Node)>),
}

impl Value {
    /// What it is, in words.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Why a text is no YAML document: where, what, and what to do.
pub(super) struct NotYaml {
    pub(super) at: Option<Position>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Node, NotYaml> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| explain(&error))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: DEPTH,
            max_nodes: NODES,
            max_events: 4 * NODES,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: ALIASED },
        // Handed through, so that they are reported with everything else.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

fn explain(error: &Error) -> NotYaml {
    let at = error
        .location()
        .map(|location| position(location.line(), location.column()));
    let text = error.to_string();
    // The library ends its messages with the place, which is shown in its own way here.
    let text = text.split(" at line ").next().unwrap_or(&text);
    let mut hint = None;
    let message = match error.without_snippet() {
        _ if text.contains("replay") || text.contains("alias expansion") => {
            hint = Some("write the repeated parts out".to_owned());
            "the aliases of this file stand for too much".to_owned()
        }
        Error::Budget { .. } if text.contains("Depth") => {
            format!("nested too deeply: more than {DEPTH} levels")
        }
        Error::Budget { .. } => format!("too large: more than {NODES} values, or too many aliases"),
        Error::MultipleDocuments { .. } => "a second document (`---`); one file is one".to_owned(),
        _ if text.contains("tabs ") || text.contains("a tab") => {
            hint = Some("indent with spaces".to_owned());
            format!("not YAML: {text}")
        }
        _ => format!("not YAML: {text}"),
    };
    NotYaml { at, message, hint }
}

/// A place; beyond four billion lines they all look the same.
fn position(line: u64, column: u64) -> Position {
    let narrow = |n| u32::try_from(n).unwrap_or(u32::MAX).max(1);
    Position {
        line: narrow(line),
        column: narrow(column),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(from)?;
        let place = spanned.referenced;
        Ok(Self {
            at: position(place.line(), place.column()),
            value: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValueVisitor)
    }
}

/// Takes whatever stands there.
struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        Value::deserialize(from)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Value::Map(map))
    }
}
