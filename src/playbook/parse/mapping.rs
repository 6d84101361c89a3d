//! Mappings: known keys, each at most once, exactly one of several.
//!
//! Apart from the other types because strictness about keys is what makes a typo an error.

use super::super::Position;
use super::problem::suggestion;
use super::reader::{Read, Reader, Reported};
use super::shapes::Shape;
use super::tree::{Node, Value};
use crate::settings::nearest;

/// The entries of a mapping, every key once.
pub(super) struct Mapping<'a> {
    /// Where it stands.
    pub(super) at: Position,
    /// In the order of the file.
    pub(super) entries: Vec<Entry<'a>>,
    /// What its refused keys were meant to be: that those are missing is the same problem again.
    meant: Vec<Meant>,
}

/// What a refused key was meant to be.
enum Meant {
    /// This key, going by its spelling.
    Key(&'static str),
    /// Nothing near it; perhaps one of several that would do.
    Unclear,
}

/// A key with its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) at: Position,
    pub(super) node: &'a Node,
}

impl<'a> Mapping<'a> {
    /// Reads a mapping of this shape. Keys that do not belong there are reported and left out, so
    /// that the rest is read too.
    pub(super) fn read(reader: &mut Reader, node: &'a Node, shape: &Shape) -> Read<Self> {
        if !matches!(node.value, Value::Map(_)) {
            let found = node.value.describe();
            let message = format!("{} must be a mapping, not {found}", shape.what);
            return Err(reader.report(node.at, message, shape.like()));
        }
        let mut mapping = Self::named(reader, node, shape.what)?;
        let (known, refused): (Vec<_>, Vec<_>) = mapping
            .entries
            .into_iter()
            .partition(|entry| shape.known.contains(&entry.key));
        mapping.entries = known;
        for entry in refused {
            let key = entry.key;
            let message = format!("unknown key `{key}` in {}", shape.what);
            let hint = suggestion(key, shape.known.iter().copied());
            reader.report(entry.at, message, hint);
            let near = nearest(key, shape.known.iter().copied());
            mapping.meant.push(near.map_or(Meant::Unclear, Meant::Key));
        }
        Ok(mapping)
    }

    /// Reads a mapping whose keys are the author's own names.
    pub(super) fn named(reader: &mut Reader, node: &'a Node, what: &str) -> Read<Self> {
        let Value::Map(pairs) = &node.value else {
            return Err(reader.mistyped(node, what, "a mapping"));
        };
        let mut mapping = Self {
            at: node.at,
            entries: Vec::new(),
            meant: Vec::new(),
        };
        for (key, node) in pairs {
            let Value::Text(name) = &key.value else {
                reader.mistyped(key, "a key", "text");
                continue;
            };
            if let Some(first) = mapping.entry(name) {
                let hint = format!("it stands on line {} already", first.at.line);
                reader.report(key.at, format!("duplicate key `{name}`"), hint);
                continue;
            }
            mapping.entries.push(Entry {
                key: name,
                at: key.at,
                node,
            });
        }
        Ok(mapping)
    }

    pub(super) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        self.entries.iter().copied().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.entry(key).map(|entry| entry.node)
    }

    /// Whether one of these keys is there.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        self.entries.iter().any(|entry| keys.contains(&entry.key))
    }

    /// Whether a refused key was meant to be one of these.
    fn meant(&self, keys: &[&str]) -> bool {
        self.meant.iter().any(|meant| match meant {
            Meant::Key(meant) => keys.contains(meant),
            Meant::Unclear => keys.len() > 1,
        })
    }

    /// Reports that none of these keys is there, unless a refused key was meant to be one.
    pub(super) fn missing(
        &self,
        reader: &mut Reader,
        keys: &[&str],
        message: String,
        hint: impl Into<Option<String>>,
    ) -> Reported {
        if self.meant(keys) {
            return Reported;
        }
        reader.report(self.at, message, hint)
    }

    /// The value of a key that must be there.
    pub(super) fn require(&self, reader: &mut Reader, key: &str, what: &str) -> Read<&'a Node> {
        self.get(key)
            .ok_or_else(|| self.missing(reader, &[key], format!("{what} needs `{key}`"), None))
    }

    /// The one entry among these keys.
    pub(super) fn one_of(&self, reader: &mut Reader, keys: &[&str], what: &str) -> Read<Entry<'a>> {
        let mut found = self
            .entries
            .iter()
            .filter(|entry| keys.contains(&entry.key));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(*one),
            (Some(first), Some(second)) => {
                let (a, b) = (first.key, second.key);
                let message = format!("{what} takes one of `{a}` and `{b}`, not both");
                Err(reader.report(second.at, message, None))
            }
            (None, _) => {
                let hint = format!("one of: {}", keys.join(", "));
                Err(self.missing(reader, keys, format!("{what} says nothing"), hint))
            }
        }
    }
}
