//! Taking a tree apart: text, words, numbers, times, lists.
//!
//! Apart so that the shapes of the language (`step`, `claim`) read like the language.

use std::ops::RangeInclusive;

use super::super::time::TimeError;
use super::super::{Position, TimeExpr};
use super::problem::{Problem, suggestion};
use super::tree::{Node, NotYaml, Value};
use crate::playbook::check::{JobUse, Use};

/// Something could not be read, and the reader's list says why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

/// A part of the playbook, or the word that its problem is reported.
///
/// Whoever reads several parts reads them all before the first `?`, so that one problem does not
/// hide another.
pub(super) type Read<T> = Result<T, Reported>;

/// A file that is being read, and what was found in it.
pub(super) struct Reader {
    /// The file as given.
    pub(super) file: String,
    /// Its text.
    pub(super) text: String,
    /// What is wrong with it.
    pub(super) problems: Vec<Problem>,
    /// What it names, in order; judged as a whole at the end.
    pub(super) uses: Vec<Use>,
}

impl Reader {
    pub(super) fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            text: text.into(),
            problems: Vec::new(),
            uses: Vec::new(),
        }
    }

    /// Reports a problem.
    pub(super) fn report(
        &mut self,
        at: Position,
        message: impl Into<String>,
        hint: impl Into<Option<String>>,
    ) -> Reported {
        let problem = Problem::at(&*self.file, &self.text, at, message, hint.into());
        self.problems.push(problem);
        Reported
    }

    /// Reports that the text is no YAML.
    pub(super) fn not_yaml(&mut self, error: NotYaml) -> Reported {
        let Some(at) = error.at else {
            let problem = Problem::whole(&*self.file, error.message, error.hint);
            self.problems.push(problem);
            return Reported;
        };
        self.report(at, error.message, error.hint)
    }

    /// Reports that something of another type should stand here.
    pub(super) fn mistyped(&mut self, node: &Node, what: &str, wanted: &str) -> Reported {
        let scalar = matches!(node.value, Value::Bool(_) | Value::Int(_) | Value::Float(_));
        let hint = (scalar && wanted == "text").then(|| "put it in quotes".to_owned());
        let found = node.value.describe();
        self.report(
            node.at,
            format!("{what} must be {wanted}, not {found}"),
            hint,
        )
    }

    /// A list with something in it.
    pub(super) fn list<'a>(&mut self, node: &'a Node, what: &str) -> Read<&'a [Node]> {
        match &node.value {
            Value::List(items) if !items.is_empty() => Ok(items),
            Value::List(_) => Err(self.report(node.at, format!("{what} must not be empty"), None)),
            _ => Err(self.mistyped(node, what, "a list")),
        }
    }

    /// One line of text.
    pub(super) fn line<'a>(&mut self, node: &'a Node, what: &str) -> Read<&'a str> {
        let Value::Text(text) = &node.value else {
            return Err(self.mistyped(node, what, "text"));
        };
        if text.trim().is_empty() || text.chars().any(char::is_control) {
            return Err(self.report(node.at, format!("{what} must be one line of text"), None));
        }
        Ok(text)
    }

    /// A name that other parts of the playbook, or files, are called by.
    pub(super) fn name(&mut self, node: &Node, what: &str) -> Read<String> {
        let name = self.line(node, what)?;
        self.fit_name(name, node.at, what)
    }

    /// The same, where the text is known already.
    pub(super) fn fit_name(&mut self, name: &str, at: Position, what: &str) -> Read<String> {
        const LONGEST: usize = 64;
        let fits = name.len() <= LONGEST
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if fits {
            return Ok(name.to_owned());
        }
        let hint = format!("letters, digits, `-` and `_`, at most {LONGEST}");
        Err(self.report(at, format!("{what} cannot be `{name}`"), hint))
    }

    /// One of the known words.
    pub(super) fn word(&mut self, node: &Node, what: &str, known: &[&str]) -> Read<String> {
        let word = self.line(node, what)?;
        if known.contains(&word) {
            return Ok(word.to_owned());
        }
        let hint = suggestion(word, known.iter().copied());
        Err(self.report(node.at, format!("{what} cannot be `{word}`"), hint))
    }

    /// What one of the known words stands for.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        known: &[(&str, T)],
    ) -> Read<T> {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let word = self.word(node, what, &words)?;
        let found = known.iter().find(|(known, _)| *known == word);
        found.map(|(_, value)| *value).ok_or(Reported)
    }

    /// What several of the known words stand for; each word at most once.
    pub(super) fn choices<T: Copy + PartialEq>(
        &mut self,
        node: &Node,
        what: &str,
        each: &str,
        known: &[(&str, T)],
    ) -> Read<Vec<T>> {
        let items = self.list(node, what)?;
        let mut all = Vec::new();
        let mut sound = Ok(());
        for item in items {
            match self.choice(item, each, known) {
                Ok(found) if all.contains(&found) => {
                    let word = known.iter().find(|(_, value)| *value == found);
                    let word = word.map_or("this", |(word, _)| word);
                    let message = format!("`{word}` stands here already");
                    sound = Err(self.report(item.at, message, None));
                }
                Ok(found) => all.push(found),
                Err(reported) => sound = Err(reported),
            }
        }
        sound.map(|()| all)
    }

    /// `true` or `false`.
    pub(super) fn yes(&mut self, node: &Node, what: &str) -> Read<bool> {
        match node.value {
            Value::Bool(yes) => Ok(yes),
            _ => Err(self.mistyped(node, what, "true or false")),
        }
    }

    /// A whole number.
    pub(super) fn count(&mut self, node: &Node, what: &str, least: u32) -> Read<u32> {
        /// More edges or executions than any target has.
        const MOST: u32 = 100_000;
        self.number(node, what, least..=MOST)
    }

    /// A whole number within limits.
    pub(super) fn number(
        &mut self,
        node: &Node,
        what: &str,
        limits: RangeInclusive<u32>,
    ) -> Read<u32> {
        let Value::Int(number) = &node.value else {
            return Err(self.mistyped(node, what, "a whole number"));
        };
        let (least, most) = (limits.start(), limits.end());
        let message = format!("{what} must be {least} to {most}");
        u32::try_from(*number)
            .ok()
            .filter(|count| limits.contains(count))
            .ok_or_else(|| self.report(node.at, message, None))
    }

    /// The alias of a job; whether there is such a job is judged at the end.
    pub(super) fn job(&mut self, node: &Node, how: JobUse) -> Read<String> {
        let alias = self.line(node, "the job")?.to_owned();
        self.uses.push(Use::Job {
            alias: alias.clone(),
            at: node.at,
            how,
        });
        Ok(alias)
    }

    /// A time expression; its names and its value are judged at the end.
    pub(super) fn time(&mut self, node: &Node, what: &str) -> Read<TimeExpr> {
        let expr = self.time_text(node, what)?;
        self.uses.push(Use::Time {
            expr: expr.clone(),
            at: self.inside(node.at),
        });
        Ok(expr)
    }

    /// A time expression of which only the spelling is judged.
    pub(super) fn time_text(&mut self, node: &Node, what: &str) -> Read<TimeExpr> {
        let Value::Text(text) = &node.value else {
            let found = node.value.describe();
            let hint = "a number with its unit, like `30s`".to_owned();
            let message = format!("{what} must be a time, not {found}");
            return Err(self.report(node.at, message, hint));
        };
        TimeExpr::parse(text).map_err(|error| {
            let column = match error {
                TimeError::Syntax { at, .. } => at,
                _ => 0,
            };
            let at = self.inside(node.at).right(column);
            let hint = error.to_string();
            self.report(at, format!("{what}: bad time `{}`", text.trim()), hint)
        })
    }

    /// Where the text of a scalar begins: after its quote, if it has one.
    pub(super) fn inside(&self, at: Position) -> Position {
        let index = |n: u32| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
        let line = self.text.lines().nth(index(at.line));
        let first = line.and_then(|line| line.chars().nth(index(at.column)));
        at.right(usize::from(matches!(first, Some('"' | '\''))))
    }
}
