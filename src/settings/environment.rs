//! The process environment, read once.
//!
//! Apart so that nothing else asks the operating system: a test hands in its own variables.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::SettingsError;

/// The environment variables and the current folder.
///
/// Holds every variable, since a target may name the one that holds its token; so `Debug` shows no
/// values.
#[derive(Clone, Default)]
pub struct Environment {
    folder: PathBuf,
    vars: BTreeMap<String, String>,
    /// Those that come from a compose `.env` file.
    from_dotenv: BTreeSet<String>,
}

impl Environment {
    /// Reads the process environment; variables that are not UTF-8 are left out.
    pub fn read() -> Self {
        let folder = std::env::current_dir().unwrap_or_default();
        let vars = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self::of(folder, vars)
    }

    /// An environment made of this folder and these variables.
    pub fn of<N: Into<String>, V: Into<String>>(
        folder: impl Into<PathBuf>,
        vars: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        Self {
            folder: folder.into(),
            vars: vars
                .into_iter()
                .map(|(n, v)| (n.into(), v.into()))
                .collect(),
            from_dotenv: BTreeSet::new(),
        }
    }

    /// The current folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A variable; one that is empty counts as not set, as in compose's `${NAME:-default}`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Where a variable is set, for people.
    pub fn origin(&self, name: &str) -> &'static str {
        if self.from_dotenv.contains(name) {
            ".env"
        } else {
            "the environment"
        }
    }

    /// `REJOIN_TARGET`: the target to use where no flag names one.
    pub fn target(&self) -> Option<&str> {
        self.get("REJOIN_TARGET")
    }

    /// `REJOIN_CONFIG`: the config file to use where no flag names one.
    pub fn config(&self) -> Option<PathBuf> {
        self.get("REJOIN_CONFIG").map(|path| self.folder.join(path))
    }

    /// `NO_COLOR`, set to anything at all (<https://no-color.org>).
    pub fn no_color(&self) -> bool {
        self.get("NO_COLOR").is_some()
    }

    /// `COLUMNS`: the width of the terminal, in characters.
    pub fn columns(&self) -> Option<usize> {
        self.get("COLUMNS")?
            .parse()
            .ok()
            .filter(|columns| *columns > 0)
    }

    /// `REJOIN_CRASH_AT`: the crash point at which to die, for tests.
    pub fn crash_at(&self) -> Option<&str> {
        self.get("REJOIN_CRASH_AT")
    }

    /// Where ledgers, locks and inventories live: `$XDG_STATE_HOME/rejoin`, else
    /// `$HOME/.local/state/rejoin`; `None` where neither is an absolute path.
    pub fn state_dir(&self) -> Option<PathBuf> {
        let absolute = |name| {
            self.get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        absolute("XDG_STATE_HOME")
            .or_else(|| Some(absolute("HOME")?.join(".local/state")))
            .map(|base| base.join("rejoin"))
    }

    /// This environment with these variables in it, whatever they were before.
    #[must_use]
    pub fn with(mut self, variables: &Variables) -> Self {
        self.from_dotenv
            .retain(|name| !variables.0.contains_key(name));
        self.vars.extend(variables.0.clone());
        self
    }

    /// This environment with what a compose `.env` file says added; variables that are set win.
    #[must_use]
    pub fn with_dotenv(mut self, text: &str) -> Self {
        for (name, value) in text.lines().filter_map(dotenv_line) {
            if let Entry::Vacant(free) = self.vars.entry(name.to_owned()) {
                free.insert(value.to_owned());
                self.from_dotenv.insert(name.to_owned());
            }
        }
        self
    }
}

/// Variables of an env file, to bring a stack up with. They may hold secrets, so `Debug` shows no values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// What they are called.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// Reads a file as compose reads `.env`: `NAME=value` lines, comments, quotes; nothing is expanded.
    /// Strict: a line that is none of these would be a variable that silently is not there.
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(file).map_err(|error| SettingsError::Unreadable {
            file: file.to_owned(),
            reason: error.to_string(),
        })?;
        let mut variables = BTreeMap::new();
        for (line, number) in text.lines().zip(1..) {
            if line.trim().is_empty() || line.trim().starts_with('#') {
                continue;
            }
            let (name, value) = dotenv_line(line).ok_or_else(|| SettingsError::Value {
                file: file.to_owned(),
                line: number,
                message: format!("`{}` is no NAME=value", line.trim()),
            })?;
            variables.insert(name.to_owned(), value.to_owned());
        }
        Ok(Self(variables))
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// One `NAME=value` of a `.env` file: comments, `export` and quotes taken off, nothing expanded.
fn dotenv_line(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let quoted = ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
    let value = match quoted {
        Some((inner, _)) => inner,
        // An unquoted `#` begins a comment only after a space; at the start there is no value.
        None if value.starts_with('#') => "",
        None => value.split(" #").next().unwrap_or(value).trim_end(),
    };
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain.then_some((name, value))
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("folder", &self.folder)
            .field("variables", &self.vars.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
