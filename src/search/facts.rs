//! What must hold by now, by what a schedule has done: work runs where nothing was disturbed for long enough, and
//! a node that has been away for long enough is known to be.
//!
//! Apart because this is the whole of what the search asks for besides the invariants, and it is only about time:
//! whatever an orchestrator is like inside, it must have come that far.

use std::time::Duration;

use super::schedule::{Gap, Job};
use super::state::{Life, Stand, State};
use crate::playbook::FaultKind;
use crate::settings::Timing;

/// Something that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// The job runs on the edge of this number.
    Runs(Job, usize),
    /// The job runs on the edge that was added.
    RunsOnAdded(Job),
    /// The node of this edge is not connected.
    Disconnected(usize),
    /// The node of this edge is given up.
    Lost(usize),
}

/// What must hold now.
pub(super) fn now(state: &State<'_>, timing: &Timing) -> Vec<Fact> {
    if state.edges.iter().any(|edge| turning(state, edge, timing)) {
        return Vec::new();
    }
    let quiet = state.disturbed.map(|at| state.since(at));
    let known = |long| state.services.is_empty() && quiet.is_none_or(|quiet| quiet >= long);
    let work = Gap::AfterWork.time(timing);
    let mut facts = Vec::new();
    for (index, edge) in state.edges.iter().enumerate() {
        facts.extend(away(state, edge, index, timing).filter(|_| known(Duration::ZERO)));
    }
    if !known(work) {
        return facts;
    }
    for (job, life) in &state.jobs {
        let Life::Runs(since) = life else { continue };
        if *job == Job::Finite || state.since(*since) < work {
            continue;
        }
        let rested = |edge: &Stand| edge.fault.is_none() && state.since(edge.since) >= work;
        let edges = state.edges.iter().enumerate();
        let edges = edges.filter(|(_, edge)| rested(edge));
        facts.extend(edges.map(|(index, _)| Fact::Runs(*job, index)));
        if state.added.is_some_and(|added| state.since(added) >= work) {
            facts.push(Fact::RunsOnAdded(*job));
        }
    }
    facts
}

/// Whether an edge has been away for about as long as one of the timeouts. What depends on that, be it about another
/// edge, would be asked before it on one target and after it on another, where every act takes longer.
fn turning(state: &State<'_>, edge: &Stand, timing: &Timing) -> bool {
    let disconnect = timing.disconnect_timeout;
    let margin = Gap::AfterDisconnect.time(timing).saturating_sub(disconnect);
    let near = |away: Duration| {
        let ends = [disconnect, disconnect + timing.lost_timeout];
        ends.iter().any(|end| away.abs_diff(*end) < margin)
    };
    let away = [edge.fault.map(|_| edge.since), edge.away];
    away.into_iter()
        .flatten()
        .any(|then| near(state.since(then)))
}

/// What must be known of an edge that is away: nothing where an orchestrator that was
/// itself disturbed meanwhile began to count anew, nothing of one that comes back as
/// somebody else, and nothing of one that a restart policy may bring back.
fn away(state: &State<'_>, edge: &Stand, index: usize, timing: &Timing) -> Option<Fact> {
    let fault = edge.fault;
    let fault = fault.filter(|kind| *kind != FaultKind::Crash && !edge.wiped);
    let long = state.since(edge.since);
    let longest = state.since(edge.away.unwrap_or(edge.since));
    if fault.is_none() || state.disturbed.is_some_and(|at| at >= edge.since) {
        None
    } else if long >= Gap::AfterLost.time(timing) {
        Some(Fact::Lost(index))
    } else if long >= Gap::AfterDisconnect.time(timing) && longest < Gap::BeforeLost.time(timing) {
        Some(Fact::Disconnected(index))
    } else {
        None
    }
}
