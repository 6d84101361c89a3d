//! Searching for schedules of deploys and faults that break a deployment.
//!
//! A [`Schedule`] is drawn (`draw`, from what `state` allows), written as an ordinary playbook (`write`, with what
//! must hold by then from `facts`), run on the simulation and judged like any other ([`trial`]). How it failed is a
//! [`Symptom`]; the surest of the first schedules that show it is made as small as it can be ([`mod@shrink`]).
//! [`reach`] counts what the search came to see, [`hunt`] spreads it over the cores: a schedule depends on the seed
//! and its number alone, so that neither the number of cores nor the share of a machine changes what is found.
//! [`sweep`] is apart from all that: it goes through the values of one time and narrows down where what comes of them
//! changes.

mod draw;
mod facts;
pub mod hunt;
pub mod reach;
mod schedule;
pub mod shrink;
mod state;
pub mod sweep;
pub mod symptom;
#[cfg(test)]
mod tests;
pub mod trial;
mod write;

pub use draw::draw;
pub use schedule::{Act, Gap, Job, Move, Schedule, Whom};
pub use state::OF_EDGES as FAULTS;
pub use symptom::Symptom;
pub use write::{FILES, playbook};
