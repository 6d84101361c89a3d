//! A node on the wire.

use serde::Deserialize;

use super::Wire;
use super::state::{StateForm, present};
use crate::api::model::{Node, NodeId};

#[derive(Deserialize)]
pub(in crate::api) struct NodeForm {
    id: Option<String>,
    spec: Option<NodeSpec>,
    status: Option<NodeStatus>,
}

#[derive(Deserialize, Default)]
struct NodeSpec {
    name: Option<String>,
    hostname: Option<String>,
}

#[derive(Deserialize, Default)]
struct NodeStatus {
    connection_state: Option<StateForm>,
    connected_since: Option<String>,
    last_heartbeat: Option<String>,
    created_at: Option<String>,
}

impl Wire for Node {
    type Form = NodeForm;
    const WRAPPER: &'static str = "node";

    fn from_form(form: NodeForm) -> Option<Self> {
        let spec = form.spec.unwrap_or_default();
        let status = form.status.unwrap_or_default();
        Some(Self {
            id: NodeId(present(form.id)?),
            name: present(spec.name),
            hostname: present(spec.hostname),
            state: StateForm::state(status.connection_state),
            connected_since: present(status.connected_since),
            last_heartbeat: present(status.last_heartbeat),
            created_at: present(status.created_at),
        })
    }
}
