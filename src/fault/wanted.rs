//! What a container has to be while some of its faults are still wanted. Pure.
//!
//! Undoing is no replay: a container is brought to where it was, minus what remains. Apart from the hands
//! because the real ones and the simulated ones must mean the same by it.

use std::collections::BTreeSet;

use super::{Container, Fault, NETWORK, RunState};
use crate::playbook::FaultKind;

/// What remains of the faults of one container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The networks that it stays off.
    pub off: BTreeSet<String>,
    /// The state that it stays in; as recorded where that is `None`.
    pub state: Option<RunState>,
    /// Whether it stays removed; then the rest is moot.
    pub gone: bool,
}

impl Wanted {
    /// With these faults still wanted.
    pub fn with(still: &[Fault]) -> Self {
        let mut wanted = Self::default();
        for fault in still {
            match fault.kind {
                FaultKind::Kill | FaultKind::Crash | FaultKind::Terminate => {
                    wanted.state = Some(RunState::Exited);
                }
                FaultKind::Pause => wanted.state = Some(RunState::Paused),
                FaultKind::Remove | FaultKind::Wipe => wanted.gone = true,
                FaultKind::Partition => wanted.off.extend(fault.networks.iter().cloned()),
                FaultKind::Restart => {}
            }
        }
        wanted
    }

    /// What the container has to look like, if it was this.
    pub fn expected(&self, before: &Container) -> Container {
        let mut expected = before.clone();
        expected.state = self.state.unwrap_or(before.state);
        expected.identity.retain(|field, _| {
            let network = field.strip_prefix(NETWORK);
            network.is_none_or(|network| !self.off.contains(network))
        });
        expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(network: &str) -> Fault {
        Fault {
            kind: FaultKind::Partition,
            networks: [network.to_owned()].into(),
        }
    }

    #[test]
    fn what_remains_is_the_sum_of_the_faults_that_remain() {
        assert_eq!(Wanted::with(&[]), Wanted::default());
        let both = Wanted::with(&[cut("data"), FaultKind::Pause.into(), cut("more")]);
        let off: Vec<&str> = both.off.iter().map(String::as_str).collect();
        assert_eq!(
            (off, both.state),
            (vec!["data", "more"], Some(RunState::Paused))
        );
        for death in [FaultKind::Kill, FaultKind::Crash, FaultKind::Terminate] {
            assert_eq!(Wanted::with(&[death.into()]).state, Some(RunState::Exited));
        }
        for removal in [FaultKind::Remove, FaultKind::Wipe] {
            assert!(Wanted::with(&[cut("data"), removal.into()]).gone);
        }
        assert_eq!(
            Wanted::with(&[FaultKind::Restart.into()]),
            Wanted::default()
        );
    }
}
