//! Whose a container is at the moment of a fault.
//!
//! Between the plan and the fault minutes may pass, and a name is only a name: other hands may have given
//! it to another container. A fault hits what the plan saw, or what this run itself made since.

use super::Run;
use crate::fault::{Container, FaultError, Faults, PROTECT_LABEL, word};
use crate::playbook::FaultKind;
use crate::target::Target;

impl<T: Target> Run<'_, T> {
    /// Refuses a container that is not this run's to hit.
    pub(super) fn admit(&self, fault: FaultKind, container: &Container) -> Result<(), FaultError> {
        let planned = self.prepared.guard.ids.get(&container.name) == Some(&container.id);
        let reason = if container.is_protected() {
            format!("it is protected by its label {PROTECT_LABEL}")
        } else if planned || self.target.hands().made(&container.id) {
            return Ok(());
        } else {
            "it is not the container that the plan was made for: other hands exchanged it since, \
             and it was not touched; run the playbook again"
                .to_owned()
        };
        Err(FaultError::NotInjected {
            fault: word(fault).to_owned(),
            container: container.name.clone(),
            reason,
        })
    }
}
