//! A node on the wire.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::Wire;
use super::state::{StateForm, number, present};
use super::unknown::{Rest, unknown};
use crate::api::model::{Node, NodeId};

#[derive(Deserialize)]
pub(in crate::api) struct NodeForm {
    id: Option<String>,
    spec: Option<NodeSpec>,
    status: Option<NodeStatus>,
    #[serde(rename = "identity")]
    _identity: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
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
    updated_at: Option<String>,
    revision: Option<Value>,
    #[serde(rename = "disconnected_since")]
    _disconnected_since: Option<IgnoredAny>,
    #[serde(rename = "message")]
    _message: Option<IgnoredAny>,
    #[serde(rename = "last_edge_seq_num")]
    _last_edge_seq_num: Option<IgnoredAny>,
    #[serde(rename = "last_orchestrator_seq_num")]
    _last_orchestrator_seq_num: Option<IgnoredAny>,
    #[serde(rename = "resource_usage")]
    _resource_usage: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Rest,
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
            updated_at: present(status.updated_at),
            revision: number(status.revision),
            unknown: unknown(form.rest, status.rest),
        })
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.id.0))
    }
}
