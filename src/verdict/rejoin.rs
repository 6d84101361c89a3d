//! Whether a node came back: the only question that a state alone cannot answer, because inside the
//! disconnect window the API never stops saying `connected`.

use crate::api::model::Node;
use crate::clock::Elapsed;
use crate::journal::Topic;
use crate::plan::{Action, Edge, Plan};
use crate::target::matching;

use super::look::View;
use super::record::Record;

/// When the last restore of this edge before step `before` began.
pub(super) fn last_restore(
    plan: &Plan,
    record: &Record,
    edge: Option<&str>,
    before: usize,
) -> Option<Elapsed> {
    let restores = |index: usize| match &plan.steps.get(index)?.action {
        Action::Restore { edges } if edge.is_none_or(|edge| edges.iter().any(|e| e == edge)) => {
            record.started.get(&index).copied()
        }
        _ => None,
    };
    (0..before).rev().find_map(restores)
}

/// Whether the server has heard of the node since its edge was restored: its last heartbeat or the
/// start of its connection differs from the last reading before. Server times are compared with
/// server times only. Where the server has neither, a handshake in the orchestrator's log decides.
pub(super) fn seen_since_restore(
    record: &Record,
    edge: &Edge,
    node: &Node,
    view: &View<'_>,
) -> Result<bool, String> {
    let restored = last_restore(view.plan, record, Some(&edge.name), view.step)
        .ok_or_else(|| format!("{} was not restored in this run", edge.name))?;
    let before = record
        .usable_until(&Topic::Nodes, restored)
        .and_then(|seen| record.nodes(seen))
        .and_then(|nodes| matching::node_of(edge, nodes));
    let Some(before) = before else {
        // Not listed before, listed now: it must have come since.
        return Ok(true);
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
        line.seen >= restored
            && line.text.contains("HANDSHAKE: Node handshake completed")
            && line.text.contains(&node.id.0)
    }))
}
