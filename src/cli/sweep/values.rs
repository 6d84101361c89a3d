//! `--var NAME=FROM..TO`: which time of the playbook, and from where to where.

use std::slice;
use std::time::Duration;

use super::super::args::SweepArgs;
use super::super::{Refusal, files};
use crate::playbook::parse::{Problem, suggestion};
use crate::playbook::time::TimeError;
use crate::playbook::{Playbook, Position, TimeExpr};
use crate::report::swept::exact;
use crate::settings::Timing;

/// What stands there where it is not right.
const LIKE: &str = "it takes a var and two times, such as gap=0s..disconnect_timeout+1m";

/// A var and its ends, in milliseconds.
#[derive(Debug)]
pub(super) struct Values {
    /// The var's name.
    pub(super) name: String,
    /// Its first value.
    pub(super) from: u64,
    /// Its last value, above the first.
    pub(super) to: u64,
}

impl Values {
    /// Reads the argument, with the timings of the target and the other vars of the playbook.
    pub(super) fn read(
        args: &SweepArgs,
        playbook: &Playbook,
        timing: &Timing,
    ) -> Result<Self, Refusal> {
        let text = args.var.as_str();
        let no = |what: &str| Refusal::usage(format!("--var {text}: {what}"));
        let (name, range) = text.split_once('=').ok_or_else(|| no(LIKE))?;
        let (from, to) = range.split_once("..").ok_or_else(|| no(LIKE))?;
        let after = text.len() - to.len();
        let name = name.trim();
        if !playbook.vars.contains_key(name) {
            return Err(no(&unknown(name, playbook)));
        }
        let set = |set: &&String| set.split_once('=').is_some_and(|(it, _)| it.trim() == name);
        if let Some(set) = args.choice.sets.iter().find(set) {
            return Err(no(&format!(
                "--set {set} gives `{name}` one value, and a sweep many; leave one of them out"
            )));
        }
        let read = |part, at| time(text, part, at, name, playbook, timing).map_err(Refusal::usage);
        let values = Self {
            name: name.to_owned(),
            from: read(from, text.len() - range.len())?,
            to: read(to, after)?,
        };
        if values.from >= values.to {
            return Err(no(&format!(
                "it must go upwards, and goes from {} to {} with the timing profile `{}`",
                exact(values.from),
                exact(values.to),
                timing.name
            )));
        }
        // Times are sums, so that whatever can be run with both ends can be run with all between them.
        for end in [values.from, values.to] {
            let set = format!("{name}={}", exact(end));
            let sets: Vec<String> = args.choice.sets.iter().cloned().chain([set]).collect();
            files::load(slice::from_ref(&args.playbook), &sets, timing)?;
        }
        Ok(values)
    }

    /// The playbook with this value.
    pub(super) fn with(&self, playbook: &Playbook, at: u64) -> Result<Playbook, Refusal> {
        let value = TimeExpr::parse(&exact(at)).map_err(Refusal::internal)?;
        let mut playbook = playbook.clone();
        playbook.vars.insert(self.name.clone(), value);
        Ok(playbook)
    }
}

/// Whole milliseconds, the nearest.
pub(super) fn millis(time: Duration) -> u64 {
    let nearest = (time.as_nanos() + 500_000) / 1_000_000;
    u64::try_from(nearest).unwrap_or(u64::MAX)
}

fn unknown(name: &str, playbook: &Playbook) -> String {
    let known: Vec<&str> = playbook.vars.keys().map(String::as_str).collect();
    let path = playbook.path.display();
    match known.as_slice() {
        [] => format!(
            "{path} has no vars; declare one, such as `vars: {{ gap: 30s }}`, and use it: `wait: gap`"
        ),
        known => format!("{path} has no var `{name}`; it has {}", known.join(", ")),
    }
}

/// One end, that begins at this byte of the whole argument.
fn time(
    text: &str,
    part: &str,
    begins: usize,
    name: &str,
    playbook: &Playbook,
    timing: &Timing,
) -> Result<u64, Problem> {
    let column = text.get(..begins).unwrap_or_default().chars().count();
    let problem = |at: usize, message: String, hint: Option<String>| {
        let start = Position { line: 1, column: 1 };
        Problem::at("--var", text, start.right(column + at), message, hint)
    };
    let bad = format!("bad time `{}`", part.trim());
    let expr = TimeExpr::parse(part).map_err(|error| match error {
        TimeError::Syntax { at, message } => problem(at, bad, Some(message)),
        other => problem(0, bad, Some(other.to_string())),
    })?;
    let mut others = playbook.vars.clone();
    others.remove(name);
    let time = expr.eval(timing, &others).map_err(|error| {
        let TimeError::UnknownName { name: unknown } = &error else {
            return problem(0, error.to_string(), None);
        };
        let at = expr.names().find(|(it, _)| it == unknown);
        let at = at.map_or(0, |(_, at)| at);
        if unknown == name {
            return problem(at, format!("`{name}` cannot be made of itself"), None);
        }
        let known = others.keys().map(String::as_str);
        let hint = suggestion(unknown, known.chain(Timing::NAMES));
        problem(at, error.to_string(), Some(hint))
    })?;
    Ok(millis(time))
}
