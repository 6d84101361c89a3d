//! Judging a playbook as a whole: what it names must exist, in time.
//!
//! Apart from reading: each use alone is well-formed, and only the list of all of them shows a job
//! that nobody declared or nodes that are named before a fault has bound them.

mod jobs;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use super::parse::suggestion;
use super::time::TimeError;
use super::{Position, TimeExpr};
use crate::settings::Timing;

/// A name or a time that a step uses; in the order of the steps.
#[derive(Debug, Clone)]
pub(super) enum Use {
    /// A job, by its alias.
    Job {
        /// The alias.
        alias: String,
        /// Where.
        at: Position,
        /// What for.
        how: JobUse,
    },
    /// Nodes, by the name of an edge or of an earlier selection.
    Nodes {
        /// The name.
        name: String,
        /// Where.
        at: Position,
    },
    /// The nodes that were hit, spared or added, by the name of an earlier selection.
    Role {
        /// `hit`, `spared` or `added`.
        role: String,
        /// The name.
        name: String,
        /// Where.
        at: Position,
    },
    /// A name given to the nodes that a fault hits, or to edges that are added.
    Bind {
        /// The name.
        name: String,
        /// Where.
        at: Position,
        /// Whether `add` gives it.
        added: bool,
    },
    /// The end of a step.
    Step {
        /// Its id.
        id: String,
        /// Where it begins.
        at: Position,
        /// Whether it stands inside of a `repeat`.
        repeated: bool,
    },
    /// The id of a step that a claim counts from.
    After {
        /// The id.
        id: String,
        /// Where.
        at: Position,
    },
    /// A time.
    Time {
        /// The expression.
        expr: TimeExpr,
        /// Where its text begins.
        at: Position,
    },
}

/// What a step needs a job for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JobUse {
    /// It hands it to the orchestrator.
    Deploys,
    /// It looks at it, so an earlier step must have deployed or adopted it.
    Needs,
    /// It changes or ends it by this verb, so an earlier step must have deployed it.
    Changes(&'static str),
    /// It finds it as somebody else deployed it, and gives it the alias.
    Adopts,
    /// It takes its specification only.
    Names,
}

/// A time of `vars:` or of `--set`.
#[derive(Debug, Clone)]
pub(super) struct Var {
    /// Its value; `None` where it could not be read.
    pub(super) value: Option<TimeExpr>,
    /// Where its text begins in the file.
    pub(super) at: Position,
    /// The argument `--set` that it comes from, where it does.
    pub(super) set: Option<String>,
}

/// What a playbook declares at its top level.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The aliases under `jobs:`, also of files that could not be read.
    pub(super) jobs: BTreeSet<String>,
    /// The vars by name.
    pub(super) vars: BTreeMap<String, Var>,
}

/// A problem before it is put into its file.
pub(super) struct Finding {
    /// Where.
    pub(super) at: Position,
    /// The argument `--set` that it is in, where it is not in the file.
    pub(super) set: Option<String>,
    /// What is wrong.
    pub(super) message: String,
    /// What would be right.
    pub(super) hint: Option<String>,
}

/// Everything that is wrong with these uses.
pub(super) fn judge(uses: &[Use], declared: &Declared, timing: &Timing) -> Vec<Finding> {
    let mut findings = Vec::new();
    jobs::jobs(uses, declared, &mut findings);
    names::nodes(uses, &mut findings);
    names::steps(uses, &mut findings);
    times(uses, declared, timing, &mut findings);
    findings
}

fn finding(at: Position, message: String, hint: Option<String>) -> Finding {
    Finding {
        at,
        set: None,
        message,
        hint,
    }
}

/// Every time can be computed. One that is made of a broken var is not reported again.
fn times(uses: &[Use], declared: &Declared, timing: &Timing, findings: &mut Vec<Finding>) {
    let sound = vars(declared, timing, findings);
    let broken = |name: &str| declared.vars.contains_key(name) && !sound.contains_key(name);
    let known = || {
        let vars = sound.keys().map(String::as_str);
        Timing::NAMES.into_iter().chain(vars)
    };
    for used in uses {
        let Use::Time { expr, at } = used else {
            continue;
        };
        if expr.names().any(|(name, _)| broken(name)) {
            continue;
        }
        if let Err(error) = expr.eval(timing, &sound) {
            findings.push(bad_time(&error, expr, *at, known()));
        }
    }
}

/// The vars that can be computed; none is made of others.
fn vars(
    declared: &Declared,
    timing: &Timing,
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, TimeExpr> {
    let readable: BTreeMap<String, TimeExpr> = declared
        .vars
        .iter()
        .filter_map(|(name, var)| Some((name.clone(), var.value.clone()?)))
        .collect();
    let mut sound = readable.clone();
    for (name, var) in &declared.vars {
        let Some(expr) = &var.value else { continue };
        if let Err(error) = expr.eval_var(timing, &readable) {
            sound.remove(name);
            findings.push(Finding {
                set: var.set.clone(),
                ..bad_time(&error, expr, var.at, Timing::NAMES)
            });
        }
    }
    sound
}

fn bad_time<'a>(
    error: &TimeError,
    expr: &TimeExpr,
    at: Position,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let culprit = match error {
        TimeError::UnknownName { name } | TimeError::NestedVar { name } => Some(name),
        _ => None,
    };
    let column = culprit
        .and_then(|culprit| expr.names().find(|(name, _)| *name == culprit.as_str()))
        .map_or(0, |(_, column)| column);
    let hint = match error {
        TimeError::UnknownName { name } => Some(suggestion(name, known)),
        _ => None,
    };
    finding(at.right(column), error.to_string(), hint)
}
