//! Whether a node came back: the only question that a state alone cannot answer, because inside the
//! disconnect window the API never stops saying `connected`.

use crate::api::model::{Node, NodeId, NodeState};
use crate::fault::ContainerName;
use crate::journal::{Phase, ReadingId, Topic};
use crate::plan::{Edge, Plan};
use crate::playbook::FaultKind;
use crate::target::matching;

use super::record::{Hit, Record, Return};

/// The line with which the orchestrator greets a node.
const HANDSHAKE: &str = "HANDSHAKE: Node handshake completed";

/// The last time that the run brought this container back; of any, where none is named.
pub fn last_return<'a>(
    record: &'a Record,
    container: Option<&ContainerName>,
) -> Option<&'a Return> {
    let mine = |back: &&Return| container.is_none_or(|name| back.container == *name);
    record.returns.iter().rev().find(mine)
}

/// An edge that came back as another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed<'a> {
    /// Its name.
    pub edge: &'a str,
    /// The node that it was in the first reading.
    pub was: &'a NodeId,
    /// The node that it is in the last one.
    pub is: &'a NodeId,
}

/// The edges that have another identity now than before the first step.
pub fn renamed<'a>(plan: &'a Plan, record: &'a Record) -> Vec<Renamed<'a>> {
    let readings = record.readings(&Topic::Nodes);
    let first = readings.iter().find_map(|seen| record.nodes(seen));
    let last = readings.iter().rev().find_map(|seen| record.nodes(seen));
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let found = plan.edges.iter().filter_map(|edge| {
        Some(Renamed {
            edge: &edge.name,
            was: &matching::node_of(edge, first)?.id,
            is: &matching::node_of(edge, last)?.id,
        })
    });
    found.filter(|edge| edge.was != edge.is).collect()
}

/// Whether an edge that lost its identity by a fault of this run, and was brought back, has not joined anew:
/// it still has to enrol, which is not the orchestrator's to do. `node` is who it is taken for.
pub(super) fn not_enrolled(record: &Record, edge: &Edge, node: &Node) -> bool {
    let lost = |hit: &&Hit| match hit.fault {
        FaultKind::Wipe => true,
        FaultKind::Remove => edge.volatile,
        _ => false,
    };
    let mut hits = record.hits.iter().filter(|hit| hit.on == edge.name);
    let Some(hit) = hits.rfind(lost) else {
        return false;
    };
    let returns = record.returns.iter();
    let mut returns = returns.filter(|back| back.container == edge.container);
    // The first one: what it came back from later, it survived as whom it had enrolled by then.
    let Some(back) = returns.find(|back| back.at >= hit.seen) else {
        return false; // it is away, and who it was is what can be said of it
    };
    let before = record.usable_up_to(&Topic::Nodes, back.alive);
    let was = before.and_then(|seen| matching::node_of(edge, record.nodes(seen)?));
    was.is_some_and(|was| was.id == node.id)
}

/// Whether the server has heard again of every edge that healing brought back, as far as the last reading
/// tells; where it cannot tell, nobody has to wait for it.
pub fn all_back(plan: &Plan, record: &Record) -> bool {
    let Some(healed) = record.phases.get(&Phase::Heal) else {
        return true;
    };
    let mut returns = record.returns.iter().filter(|back| back.at >= *healed);
    let Some(last) = record.last(&Topic::Nodes) else {
        return returns.next().is_none();
    };
    returns.all(|back| {
        let edge = plan
            .edges
            .iter()
            .find(|edge| edge.container == back.container);
        let Some(edge) = edge.filter(|_| last.id > back.after) else {
            return edge.is_none();
        };
        let nodes = record.nodes(last).unwrap_or_default();
        matching::node_of(edge, nodes).is_some_and(|node| {
            let connected = node.state == Some(NodeState::Connected);
            connected && seen_since_return(record, edge, node).unwrap_or(true)
        })
    })
}

/// Whether the server has heard of the node since its edge was brought back: its last heartbeat or the
/// start of its connection differs from what it was. Server times are compared with server times only.
/// Where the server has neither, a handshake in the orchestrator's log decides.
pub(super) fn seen_since_return(record: &Record, edge: &Edge, node: &Node) -> Result<bool, String> {
    let back = last_return(record, Some(&edge.container)).ok_or_else(|| {
        format!(
            "{} was neither restored nor restarted in this run",
            edge.name
        )
    })?;
    let Some(baseline) = baseline(record, back) else {
        if back.restarted {
            return Ok(false); // its first reading is still to come
        }
        return Err(format!(
            "nothing could be read between the fault of {} and its restore",
            edge.name
        ));
    };
    let Some(before) = at(record, baseline, edge) else {
        return Ok(true); // not listed then, listed now
    };
    if before.id != node.id {
        return Ok(true);
    }
    let said = [
        (&before.last_heartbeat, &node.last_heartbeat),
        (&before.connected_since, &node.connected_since),
    ];
    if said.iter().any(|(was, is)| is.is_some() && was != is) {
        return Ok(true);
    }
    if said.iter().any(|(was, is)| was.is_some() && is.is_some()) {
        return Ok(false);
    }
    if record.lines.is_empty() {
        return Err(format!(
            "the server gives neither last_heartbeat nor connected_since of {}, and there is no log",
            edge.name
        ));
    }
    Ok(record.lines.iter().any(|line| {
        line.seen >= back.at && line.text.contains(HANDSHAKE) && line.text.contains(&node.id.0)
    }))
}

/// The reading that "differs" is measured against. A restored edge was dead from its fault on, so a
/// reading between the two will do; a restarted one was alive up to its fault, so only what changes
/// after the first reading behind it is its new life.
fn baseline(record: &Record, back: &Return) -> Option<ReadingId> {
    let readings = record.readings(&Topic::Nodes).iter();
    let usable = |id: &ReadingId| record.nodes_in(*id).is_some();
    let mut ids = readings.map(|seen| seen.id).filter(usable);
    if back.restarted {
        ids.find(|id| *id > back.after)
    } else {
        ids.take_while(|id| *id <= back.after)
            .filter(|id| *id > back.alive)
            .last()
    }
}

fn at<'a>(record: &'a Record, id: ReadingId, edge: &Edge) -> Option<&'a Node> {
    matching::node_of(edge, record.nodes_in(id)?)
}
