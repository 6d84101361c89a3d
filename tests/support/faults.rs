//! Faults as a plan resolves them, for tests that call the hands themselves.

use rejoin::fault::{Fault, Inventory, Role};
use rejoin::playbook::FaultKind;

/// A fault of containers of this target; a partition cuts the networks that lead to NATS.
pub(crate) fn fault(kind: FaultKind, target: &Inventory) -> Fault {
    let nats = target.values().filter(|it| it.role == Role::Nats);
    let networks = nats.flat_map(|it| it.networks().map(str::to_owned));
    match kind {
        FaultKind::Partition => Fault {
            kind,
            networks: networks.collect(),
        },
        other => other.into(),
    }
}

/// A partition that cuts these networks.
pub(crate) fn cut(networks: &[&str]) -> Fault {
    Fault {
        kind: FaultKind::Partition,
        networks: networks.iter().map(ToString::to_string).collect(),
    }
}
