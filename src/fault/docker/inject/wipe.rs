//! Removal with the volumes: whoever comes back is somebody else.

use super::Injection;
use crate::fault::docker::volumes;
use crate::fault::{FaultError, Proof};

impl Injection<'_> {
    /// Removes the container by force, then every volume that it mounts. One that another container
    /// uses, too, is not the container's own to lose.
    pub(super) async fn wipe(&self) -> Result<Proof, FaultError> {
        let inspect = self.running().await?;
        if let Some(folder) = volumes::host_folder(&inspect) {
            return Err(self.not_injected(&format!(
                "it writes to {folder} of the host, which no undo could bring back"
            )));
        }
        let names = volumes::names(&inspect);
        for name in &names {
            let id = &self.container.id;
            if let Some(other) = volumes::other_user(self.engine(), name, id).await? {
                return Err(self.not_injected(&format!("{other} uses its volume {name}, too")));
            }
        }
        let mut proof = self.remove().await?;
        for name in &names {
            let removed = volumes::remove(self.engine(), name).await;
            removed
                .map_err(|error| self.not_proven(&format!("the container is gone, but {error}")))?;
        }
        if !names.is_empty() {
            proof.inspect = format!("{}; 404: {}", proof.inspect, names.join(", "));
        }
        Ok(proof)
    }
}
