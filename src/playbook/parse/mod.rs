//! Reading a playbook from YAML, strictly, with every problem at once.
//!
//! The way of a playbook through this room: `text` (bounded) -> `tree` (YAML with places) ->
//! `document` and `jobs`, `step` (with `fault`, `add`, `hands`), `claim` (with `happened`, `look`), `select` ->
//! `check` (the whole).

mod add;
mod claim;
mod document;
mod fault;
mod hands;
mod happened;
mod jobs;
mod look;
mod mapping;
mod problem;
mod reader;
mod schema;
mod select;
mod shapes;
mod step;
mod text;
mod tree;
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use super::check::{self, Declared, Var};
use super::{Playbook, TimeExpr};
use crate::settings::Timing;
pub(crate) use problem::suggestion;
pub use problem::{Problem, Problems};
use reader::Reader;
pub use schema::schema;
use tree::Value;

/// Values of vars from the command line (`--set NAME=TIME`), by name; for a var that is set twice the
/// last counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides(pub BTreeMap<String, String>);

impl Overrides {
    /// Reads the arguments of `--set`; the problem names the first that is not `NAME=TIME`.
    pub fn from_args<A: AsRef<str>>(args: impl IntoIterator<Item = A>) -> Result<Self, Problem> {
        let mut values = BTreeMap::new();
        for arg in args {
            let arg = arg.as_ref();
            let (name, value) = arg.split_once('=').ok_or_else(|| {
                let hint = "like `--set gap=30s`".to_owned();
                Problem::whole(format!("--set {arg}"), "is not NAME=TIME", Some(hint))
            })?;
            values.insert(name.trim().to_owned(), value.trim().to_owned());
        }
        Ok(Self(values))
    }
}

/// The invariants, by their names in playbooks.
pub fn invariants() -> &'static [(&'static str, super::Invariant)] {
    words::INVARIANTS
}

/// Reads and checks a playbook and its job files. `timing` are the target's timings: a time that
/// comes out negative with them is a problem.
pub fn load(path: &Path, overrides: &Overrides, timing: &Timing) -> Result<Playbook, Problems> {
    let file = path.display().to_string();
    match text::read(path) {
        Ok(text) => parse(path, text, overrides, timing),
        Err(reason) => Err(Problems(vec![Problem::whole(file, reason, None)])),
    }
}

/// The same for a text that is in memory; `path` names it and is where its job files are found from.
pub fn parse(
    path: &Path,
    text: impl Into<String>,
    overrides: &Overrides,
    timing: &Timing,
) -> Result<Playbook, Problems> {
    let mut reader = Reader::new(path.display().to_string(), text);
    let mut declared = Declared::default();
    // Without a mapping there is nothing that the rest could be judged by.
    let root = match tree::read(&reader.text) {
        Ok(root) => root,
        Err(error) => {
            reader.not_yaml(error);
            return Err(Problems(reader.problems));
        }
    };
    let playbook = document::playbook(&mut reader, &root, path, &mut declared);
    if matches!(root.value, Value::Map(_)) {
        set(&mut reader, &mut declared, overrides);
    }
    for finding in check::judge(&reader.uses, &declared, timing) {
        match finding.set {
            Some(arg) => {
                let problem = Problem::whole(arg, finding.message, finding.hint);
                reader.problems.push(problem);
            }
            None => {
                reader.report(finding.at, finding.message, finding.hint);
            }
        }
    }
    match playbook {
        Ok(mut playbook) if reader.problems.is_empty() => {
            let vars = declared.vars.into_iter();
            playbook.vars = vars
                .filter_map(|(name, var)| Some((name, var.value?)))
                .collect();
            Ok(playbook)
        }
        _ => Err(in_order(reader)),
    }
}

/// Puts the overrides over the declared vars.
fn set(reader: &mut Reader, declared: &mut Declared, overrides: &Overrides) {
    for (name, value) in &overrides.0 {
        let arg = format!("--set {name}={value}");
        let mut refuse = |message: String, hint| {
            reader
                .problems
                .push(Problem::whole(&*arg, message, Some(hint)));
        };
        let Some(var) = declared.vars.get_mut(name) else {
            let known = declared.vars.keys().map(String::as_str);
            refuse(
                format!("the playbook has no var `{name}`"),
                suggestion(name, known),
            );
            continue;
        };
        *var = Var {
            value: match TimeExpr::parse(value) {
                Ok(value) => Some(value),
                Err(error) => {
                    refuse(format!("bad time `{value}`"), error.to_string());
                    None
                }
            },
            set: Some(arg),
            ..*var
        };
    }
}

/// The problems in the order of the source: the playbook's own first, then its job files', then the
/// arguments'.
fn in_order(reader: Reader) -> Problems {
    let mut problems = reader.problems;
    let own = reader.file;
    problems.sort_by_key(|problem| {
        let rank = if problem.file == own {
            0
        } else {
            1 + u8::from(problem.at.is_none())
        };
        (
            rank,
            problem.file.clone(),
            problem.at.map(|at| (at.line, at.column)),
        )
    });
    problems.dedup();
    Problems(problems)
}

/// What can trigger an evaluation, as far as anybody documented it.
pub const fn triggers() -> &'static [&'static str] {
    words::TRIGGERS
}
