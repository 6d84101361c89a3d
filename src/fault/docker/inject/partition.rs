//! Cutting a container off the networks that it shares with NATS.

use std::collections::BTreeSet;

use bollard::models::NetworkDisconnectRequest;
use serde_json::Value;

use super::Injection;
use crate::fault::docker::proof::{proof, words};
use crate::fault::docker::recipe::described;
use crate::fault::docker::witness::{Seen, Witness};
use crate::fault::recreate::json::object;
use crate::fault::{FaultError, Faults, Proof, Role};

impl Injection<'_> {
    pub(super) async fn partition(&self) -> Result<Proof, FaultError> {
        let before = self.alive().await?;
        let shared = self.shared_with_nats(&before).await?;
        let mut seen = Vec::new();
        for network in &shared {
            seen.extend(self.leave(network, seen.is_empty()).await?);
        }
        let after = self.still_there().await?;
        if let Some(left) = networks(&after).intersection(&shared).next() {
            return Err(self.not_proven(&format!("an inspect still finds it in {left}")));
        }
        let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
        let inspect = format!("{}, not in {}", words(&after), shared.join(", "));
        Ok(proof(&seen, inspect))
    }

    /// The networks by which this container reaches NATS.
    async fn shared_with_nats(&self, inspect: &Value) -> Result<BTreeSet<String>, FaultError> {
        if self.container.role == Role::Nats {
            return Err(self.not_injected("NATS cannot be cut off from itself"));
        }
        let mut leads = None;
        for container in self.hands.inventory().await?.into_values() {
            if container.role != Role::Nats {
                continue;
            }
            let found = self.engine().plain.inspect(&container.id).await?;
            let found = found.filter(|it| described(self.hands, it).is_some());
            let all: &mut BTreeSet<String> = leads.get_or_insert_default();
            all.extend(found.as_ref().map(networks).unwrap_or_default());
        }
        let leads = leads.ok_or_else(|| {
            self.not_injected(
                "the target has no NATS container now, so nobody knows which network leads to NATS",
            )
        })?;
        let shared: BTreeSet<String> = networks(inspect).intersection(&leads).cloned().collect();
        if shared.is_empty() {
            return Err(self.not_injected("it shares no network with the target's NATS container"));
        }
        Ok(shared)
    }

    /// Disconnects it from one network.
    async fn leave(&self, network: &str, first: bool) -> Result<Vec<Seen>, FaultError> {
        let id = &self.container.id;
        let since = self.engine().now().await?;
        let witness = Witness::in_network(self.engine(), network, id, since);
        let request = NetworkDisconnectRequest {
            container: id.clone(),
            force: None,
        };
        let docker = &self.engine().docker;
        let request = docker.disconnect_network(network, request);
        let account = witness.through(request, &["disconnect"]).await;
        let account = account.map_err(|error| match self.refused(&error) {
            // Something was injected by now.
            FaultError::NotInjected { reason, .. } if !first => {
                self.not_proven(&format!("it could not be taken off {network}: {reason}"))
            }
            refusal => refusal,
        })?;
        account.map_err(|missing| self.not_proven(&missing))
    }
}

fn networks(inspect: &Value) -> BTreeSet<String> {
    let networks = object(inspect, "/NetworkSettings/Networks");
    networks
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}
