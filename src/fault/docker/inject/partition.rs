//! Cutting a container off networks.

use std::collections::BTreeSet;

use bollard::models::NetworkDisconnectRequest;
use serde_json::Value;

use super::Injection;
use crate::fault::docker::proof::{proof, words};
use crate::fault::docker::witness::{Seen, Witness};
use crate::fault::recreate::json::object;
use crate::fault::{FaultError, Proof};

impl Injection<'_> {
    /// Takes the container off those of the networks that it is in.
    pub(super) async fn partition(&self, cut: &BTreeSet<String>) -> Result<Proof, FaultError> {
        let before = self.alive().await?;
        let own: BTreeSet<String> = networks(&before).intersection(cut).cloned().collect();
        if own.is_empty() {
            let cut: Vec<&str> = cut.iter().map(String::as_str).collect();
            let reason = format!("it is in none of the networks {}", cut.join(", "));
            return Err(self.not_injected(&reason));
        }
        let mut seen = Vec::new();
        for network in &own {
            seen.extend(self.leave(network, seen.is_empty()).await?);
        }
        let after = self.still_there().await?;
        if let Some(left) = networks(&after).intersection(&own).next() {
            return Err(self.not_proven(&format!("an inspect still finds it in {left}")));
        }
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let inspect = format!("{}, not in {}", words(&after), own.join(", "));
        Ok(proof(&seen, inspect))
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
