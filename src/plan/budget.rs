//! Deadlines: how long a claim may take to come true, from the target's own timings.
//!
//! A default is an expression over the timing profile, so that one playbook fits every target and
//! the report can say where a deadline came from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Claim, Mode};
use crate::clock::millis;
use crate::playbook::{NodeIs, TimeExpr};
use crate::settings::Timing;

/// A duration and the words it was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// How long.
    #[serde(with = "millis")]
    pub time: Duration,
    /// The expression, as written in the playbook or as the default has it.
    pub from: String,
    /// Whether the playbook was silent and this is the default.
    pub default: bool,
}

impl Budget {
    /// What the playbook says.
    pub fn given(expr: &TimeExpr, time: Duration) -> Self {
        Self {
            time,
            from: expr.to_string(),
            default: false,
        }
    }

    fn sum(timing: &Timing, terms: &[(u32, Term)]) -> Self {
        let time = terms.iter().map(|(n, term)| term.time(timing) * *n).sum();
        let words: Vec<String> = terms
            .iter()
            .map(|(n, term)| match n {
                1 => term.word(),
                n => format!("{n} * {}", term.word()),
            })
            .collect();
        Self {
            time,
            from: words.join(" + "),
            default: true,
        }
    }
}

/// A timing of the target, or time for the machine that runs it.
#[derive(Clone, Copy)]
enum Term {
    Of(&'static str, fn(&Timing) -> Duration),
    /// Starting containers and processes, answering requests: not the subject's timings.
    Machine(u64),
}

impl Term {
    fn time(self, timing: &Timing) -> Duration {
        match self {
            Term::Of(_, get) => get(timing),
            Term::Machine(seconds) => Duration::from_secs(seconds),
        }
    }

    fn word(self) -> String {
        match self {
            Term::Of(name, _) => name.to_owned(),
            Term::Machine(seconds) => format!("{seconds}s"),
        }
    }
}

const HEARTBEAT: Term = Term::Of("heartbeat", |t| t.heartbeat);
const GRACE: Term = Term::Of("connect_grace", |t| t.connect_grace);
const DISCONNECT: Term = Term::Of("disconnect_timeout", |t| t.disconnect_timeout);
const LOST: Term = Term::Of("lost_timeout", |t| t.lost_timeout);
const BATCH: Term = Term::Of("reevaluation_batch", |t| t.reevaluation_batch);
const HOUSEKEEPING: Term = Term::Of("housekeeping", |t| t.housekeeping);
const RECONCILE: Term = Term::Of("reconcile", |t| t.reconcile);

/// The deadline of a claim whose playbook gives none. An assumption is judged at once: waiting for
/// a precondition would hide that it does not hold.
pub fn of_claim(claim: &Claim, mode: Mode, timing: &Timing) -> Budget {
    if mode == Mode::Assume {
        return at_once("an assume is judged at once");
    }
    match claim {
        Claim::Nodes { are, .. } => match are {
            NodeIs::Connected | NodeIs::Reconnected => of_connecting(timing),
            NodeIs::Disconnected => Budget::sum(
                timing,
                &[(1, DISCONNECT), (2, HEARTBEAT), (1, Term::Machine(5))],
            ),
            NodeIs::Lost => Budget::sum(
                timing,
                &[
                    (1, DISCONNECT),
                    (1, LOST),
                    (2, HEARTBEAT),
                    (1, Term::Machine(5)),
                ],
            ),
        },
        Claim::Executions { .. }
        | Claim::Job { .. }
        | Claim::Truth { .. }
        | Claim::Evaluations { .. }
        | Claim::History { .. }
        | Claim::Logs { .. } => of_work(timing),
    }
}

/// How long a job of other hands may take to appear where the playbook says nothing: like an assumption it
/// is there, or the playbook means nothing.
pub fn of_adopt() -> Budget {
    at_once("an adopt looks at once")
}

fn at_once(why: &str) -> Budget {
    Budget {
        time: Duration::ZERO,
        from: why.to_owned(),
        default: true,
    }
}

/// How long work may take to be where it belongs, once nothing hinders it; whatever is pending longer
/// on a connected node is stuck.
pub fn of_work(timing: &Timing) -> Budget {
    Budget::sum(
        timing,
        &[
            (1, GRACE),
            (2, HEARTBEAT),
            (2, BATCH),
            (1, HOUSEKEEPING),
            (1, RECONCILE),
            (1, Term::Machine(5)),
        ],
    )
}

/// How long a node may take to connect.
pub fn of_connecting(timing: &Timing) -> Budget {
    Budget::sum(
        timing,
        &[(1, GRACE), (2, HEARTBEAT), (1, Term::Machine(10))],
    )
}

/// How long a re-evaluation may take to come: the handshake, the batch that it waits for, and the
/// batch after it.
pub fn of_await(timing: &Timing) -> Budget {
    Budget::sum(
        timing,
        &[
            (1, GRACE),
            (2, HEARTBEAT),
            (3, BATCH),
            (1, Term::Machine(5)),
        ],
    )
}

/// How long to watch at the end: the longest thing in the profile that can still act once every
/// node is back.
pub fn of_settling(timing: &Timing) -> Budget {
    let two_batches = (2, BATCH);
    let longest = [two_batches, (1, HOUSEKEEPING), (1, RECONCILE)]
        .into_iter()
        .max_by_key(|(n, term)| term.time(timing) * *n)
        .unwrap_or(two_batches);
    Budget::sum(timing, &[longest, (1, HEARTBEAT)])
}
