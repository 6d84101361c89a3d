//! Engines of every sort, and what they cannot do.

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
