//! What an engine cannot do, known before anything is touched. Pure.
//!
//! Sources: the manual of `docker pause` (the freezer of control groups; on Windows only Hyper-V
//! containers), and the ends of rootless engines without delegated control groups (podman#4006,
//! runc#2003). That a kernel has no freezer an engine does not tell: then the fault itself is refused.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::docker::Address;

    /// An engine: its system, whether it is rootless, control groups and what manages them, its address.
    type Row = (&'static str, bool, &'static str, &'static str, &'static str);

    fn facts((os, rootless, version, driver, host): Row) -> EngineFacts {
        EngineFacts {
            address: Address {
                host: host.to_owned(),
                source: "default".to_owned(),
            },
            id: "id".to_owned(),
            version: "27.0.1".to_owned(),
            api_version: "1.46".to_owned(),
            os: os.to_owned(),
            rootless,
            cgroup_version: version.to_owned(),
            cgroup_driver: driver.to_owned(),
        }
    }

    const HERE: &str = "unix:///var/run/docker.sock";

    #[test]
    fn what_an_engine_cannot_do_follows_from_what_it_says_of_itself() {
        let every = &ALL[..];
        let none: &[FaultKind] = &[];
        let pause = &[FaultKind::Pause][..];
        let table: [(Row, &[FaultKind], &str); 9] = [
            (("linux", false, "1", "cgroupfs", HERE), none, ""),
            (("linux", false, "2", "systemd", HERE), none, ""),
            (("linux", true, "2", "systemd", HERE), none, ""),
            (("linux", false, "2", "systemd", "tcp://far:2375"), none, ""),
            (("linux", false, "", "", HERE), none, ""),
            (
                ("linux", true, "1", "cgroupfs", HERE),
                pause,
                "rootless on cgroup v1",
            ),
            (
                ("linux", true, "1", "none", HERE),
                pause,
                "cgroup driver `none`",
            ),
            (
                ("linux", true, "2", "none", HERE),
                pause,
                "cgroup driver `none`",
            ),
            (
                ("windows", false, "", "", HERE),
                every,
                "Windows containers",
            ),
        ];
        for (row, cannot, words) in table {
            let facts = facts(row);
            let found = facts.impossible();
            let faults: Vec<FaultKind> = found.iter().map(|(fault, _)| *fault).collect();
            assert_eq!(faults, cannot, "{row:?}");
            for (_, reason) in found {
                assert!(reason.contains(words), "{row:?}: {reason}");
                assert!(
                    reason.contains("27.0.1") && reason.contains(row.4),
                    "{reason}"
                );
            }
        }
    }

    #[test]
    fn one_line_names_the_faults_and_the_reason() {
        let words = facts(("linux", true, "1", "none", HERE)).impossible_words();
        let words = words.unwrap_or_default();
        assert!(
            words.starts_with("not pause: the engine 27.0.1 at unix:"),
            "{words}"
        );
        assert_eq!(
            facts(("linux", true, "2", "systemd", HERE)).impossible_words(),
            None
        );
    }
}
