//! What must hold all the time: judged over the readings of the run up to its clean-up.
//!
//! `transitions` and `doubles` look at every reading, `ending` and `stuck` at what stands at the end, once
//! everything was put back and left alone for a while.

mod doubles;
mod ending;
mod standing;
mod story;
mod stuck;
mod transitions;

use super::record::{Record, Seen};
use super::{Outcome, Part, What};
use crate::clock::Elapsed;
use crate::journal::ReadingId;
use crate::plan::Plan;
use crate::playbook::{Invariant, Observable};

use story::Story;

pub use stuck::settle_until;
pub use transitions::next;

/// What was seen that breaks an invariant.
struct Breach {
    readings: Vec<ReadingId>,
    since: Elapsed,
    at: Elapsed,
    what: String,
}

impl Breach {
    /// Seen in this reading for the first time.
    fn at(seen: &Seen, what: String) -> Self {
        Self {
            readings: vec![seen.id],
            since: seen.received,
            at: seen.received,
            what,
        }
    }
}

/// What can be said of an invariant.
enum Judged {
    Held,
    Broken(Breach),
    Unknown(String),
    Hidden(String),
}

impl From<Option<Breach>> for Judged {
    fn from(breach: Option<Breach>) -> Self {
        breach.map_or(Judged::Held, Judged::Broken)
    }
}

/// What it needs that not every target can show.
fn observable(invariant: Invariant) -> Option<Observable> {
    match invariant {
        Invariant::StoppedRunsNowhere | Invariant::EdgeAgrees => Some(Observable::EdgeTruth),
        Invariant::OneExecutionPerNode | Invariant::LegalTransitions | Invariant::NothingStuck => {
            None
        }
    }
}

/// Whether it compares what is left at the end with the containers as this run put them back.
pub(super) fn of_the_end(invariant: Invariant) -> bool {
    match invariant {
        Invariant::OneExecutionPerNode | Invariant::LegalTransitions => false,
        Invariant::StoppedRunsNowhere | Invariant::EdgeAgrees | Invariant::NothingStuck => true,
    }
}

/// Judges one invariant; without a single execution seen it is unknown.
pub(super) fn judge(invariant: Invariant, plan: &Plan, record: &Record, decided: Elapsed) -> Part {
    let story = Story::of(plan, record);
    let judged = match invariant {
        Invariant::OneExecutionPerNode => doubles::judge(&story).into(),
        Invariant::LegalTransitions => transitions::judge(&story).into(),
        Invariant::StoppedRunsNowhere => ending::judge(&story, ending::unwanted),
        Invariant::EdgeAgrees => ending::judge(&story, ending::disagreements),
        Invariant::NothingStuck => stuck::judge(&story),
    };
    let judged = match judged {
        Judged::Held if !story.saw_any() => {
            Judged::Unknown("no execution was ever seen".to_owned())
        }
        judged => judged,
    };
    let required = observable(invariant).is_some_and(|what| plan.require.contains(&what));
    let part = |outcome, note| Part {
        what: What::Invariant(invariant),
        outcome,
        reached: true,
        note,
        readings: Vec::new(),
        since: None,
        decided,
        evidence: Vec::new(),
    };
    match judged {
        Judged::Held => part(Outcome::Pass, String::new()),
        Judged::Unknown(why) => part(Outcome::Unknown, why),
        Judged::Hidden(why) if required => part(Outcome::Unknown, why),
        Judged::Hidden(why) => part(Outcome::Unobservable, why),
        Judged::Broken(breach) => Part {
            readings: breach.readings,
            since: Some(breach.since),
            decided: breach.at,
            ..part(Outcome::Fail, breach.what)
        },
    }
}
