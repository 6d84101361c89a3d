//! What an engine cannot do, known before anything is touched. Pure.
//!
//! Sources: the manual of `docker pause` (the freezer of control groups; on Windows only Hyper-V
//! containers), and the ends of rootless engines without delegated control groups (podman#4006,
//! runc#2003). That a kernel has no freezer an engine does not tell: then the fault itself is refused.

#[cfg(test)]
mod tests;

use super::engine::EngineFacts;
use crate::fault::catalogue::{ALL, word};
use crate::playbook::FaultKind;

impl EngineFacts {
    /// The faults that this engine cannot inject, each with a reason that names the engine.
    pub fn impossible(&self) -> Vec<(FaultKind, String)> {
        let reason = |fault| {
            let reason = impossible(self, fault)?;
            let (version, host) = (&self.version, &self.address.host);
            Some((fault, format!("the engine {version} at {host} {reason}")))
        };
        ALL.into_iter().filter_map(reason).collect()
    }

    /// What this engine cannot inject, in one line; `None` where it can inject everything.
    pub fn impossible_words(&self) -> Option<String> {
        let all = self.impossible();
        let reason = all.first().map(|(_, reason)| reason.clone())?;
        let same = all.iter().all(|(_, other)| *other == reason);
        let faults: Vec<&str> = all.iter().map(|(fault, _)| word(*fault)).collect();
        let more = if same { "" } else { ", among other reasons" };
        Some(format!("not {}: {reason}{more}", faults.join(", ")))
    }
}

/// Why an engine like this cannot inject the fault.
fn impossible(facts: &EngineFacts, fault: FaultKind) -> Option<&'static str> {
    if facts.os.eq_ignore_ascii_case("windows") {
        return Some(
            "runs Windows containers, which this version cannot put back; use one that runs Linux containers",
        );
    }
    match fault {
        FaultKind::Pause => no_freezer(facts),
        // Requests of the API alone: an engine on another machine (tcp://) can do them, too.
        FaultKind::Kill
        | FaultKind::Crash
        | FaultKind::Terminate
        | FaultKind::Remove
        | FaultKind::Wipe
        | FaultKind::Partition
        | FaultKind::Restart => None,
    }
}

fn no_freezer(facts: &EngineFacts) -> Option<&'static str> {
    if facts.cgroup_driver == "none" {
        return Some(
            "manages no control groups (cgroup driver `none`), and without them no container can be frozen; \
             a rootless engine needs cgroup v2 and systemd for that",
        );
    }
    (facts.rootless && facts.cgroup_version == "1").then_some(
        "is rootless on cgroup v1, where no container can be frozen; use cgroup v2 with systemd, or an engine with root's rights",
    )
}
