//! Time expressions: `gap`, `30s`, `2 * heartbeat + 1.5s`, `disconnect_timeout - 5s`.
//!
//! Apart because a playbook stays free of any one deployment's timings: the expression is kept as it
//! was written and becomes a duration only where a timing profile and the vars are known.

mod scan;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::settings::Timing;

/// The longest time that an expression may come to. Nobody waits longer for a verdict, and every sum
/// of a few such times still fits the clocks.
pub const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// A time expression, kept with its source text; serialised as that text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeExpr {
    text: String,
    terms: Vec<Term>,
}

/// `[+|-] [N *] (duration | name)`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    negative: bool,
    /// The factor in billionths, so that decimals stay exact.
    billionths: u64,
    atom: Atom,
}

/// What is multiplied.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    /// A duration, in nanoseconds.
    Nanos(u64),
    /// A name and where it stands in the text (in characters, from 0).
    Name(String, usize),
}

/// What is wrong with a time expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// It is not written as one.
    #[error("{message}")]
    Syntax {
        /// Where in the text, in characters, counted from 0.
        at: usize,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// A name is neither a var nor in the timing profile.
    #[error("unknown time `{name}`")]
    UnknownName {
        /// The name.
        name: String,
    },
    /// A var uses another var.
    #[error("a var is made of durations and timing names; `{name}` is a var itself")]
    NestedVar {
        /// The var that is used.
        name: String,
    },
    /// It is less than nothing.
    #[error("`{text}` is negative with the timing profile `{profile}`")]
    Negative {
        /// The expression.
        text: String,
        /// The profile's name.
        profile: String,
    },
    /// It is longer than [`LONGEST`].
    #[error("`{text}` is longer than a year with the timing profile `{profile}`")]
    TooLong {
        /// The expression.
        text: String,
        /// The profile's name.
        profile: String,
    },
}

impl TimeExpr {
    /// Reads an expression.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        Ok(Self {
            text: text.trim().to_owned(),
            terms: scan::terms(text)?,
        })
    }

    /// The names that it uses, each with its place in the text (in characters, from 0).
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.terms.iter().filter_map(|term| match &term.atom {
            Atom::Name(name, at) => Some((name.as_str(), *at)),
            Atom::Nanos(_) => None,
        })
    }

    /// The duration that it comes to with these timings and vars; nanoseconds are cut off below.
    pub fn eval(
        &self,
        timing: &Timing,
        vars: &BTreeMap<String, TimeExpr>,
    ) -> Result<Duration, TimeError> {
        self.sum(
            &|name| match (timing.get(name), vars.get(name)) {
                (Some(time), _) => Ok(time),
                (None, Some(var)) => var.eval_var(timing, vars),
                (None, None) => Err(TimeError::UnknownName {
                    name: name.to_owned(),
                }),
            },
            &timing.name,
        )
    }

    /// As [`TimeExpr::eval`], for the value of a var: no var may stand in it, so none can stand in
    /// itself.
    pub(super) fn eval_var(
        &self,
        timing: &Timing,
        vars: &BTreeMap<String, TimeExpr>,
    ) -> Result<Duration, TimeError> {
        self.sum(
            &|name| match timing.get(name) {
                Some(time) => Ok(time),
                None if vars.contains_key(name) => Err(TimeError::NestedVar {
                    name: name.to_owned(),
                }),
                None => Err(TimeError::UnknownName {
                    name: name.to_owned(),
                }),
            },
            &timing.name,
        )
    }

    fn sum(
        &self,
        time_of: &dyn Fn(&str) -> Result<Duration, TimeError>,
        profile: &str,
    ) -> Result<Duration, TimeError> {
        let too_long = || TimeError::TooLong {
            text: self.text.clone(),
            profile: profile.to_owned(),
        };
        // In billionths of nanoseconds. A factor and a duration may each fill 64 bits, so every
        // operation is checked.
        let mut sum: i128 = 0;
        for term in &self.terms {
            let nanos = match &term.atom {
                Atom::Nanos(nanos) => i128::from(*nanos),
                Atom::Name(name, _) => {
                    i128::try_from(time_of(name)?.as_nanos()).map_err(|_| too_long())?
                }
            };
            let product = nanos
                .checked_mul(term.billionths.into())
                .ok_or_else(too_long)?;
            let signed = if term.negative { -product } else { product };
            sum = sum.checked_add(signed).ok_or_else(too_long)?;
        }
        if sum < 0 {
            return Err(TimeError::Negative {
                text: self.text.clone(),
                profile: profile.to_owned(),
            });
        }
        u64::try_from(sum / i128::from(scan::BILLION))
            .map(Duration::from_nanos)
            .ok()
            .filter(|time| *time <= LONGEST)
            .ok_or_else(too_long)
    }
}

impl fmt::Display for TimeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl TryFrom<String> for TimeExpr {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        Self::parse(&text)
    }
}

impl From<TimeExpr> for String {
    fn from(expr: TimeExpr) -> Self {
        expr.text
    }
}
