//! What `rejoin heal` says, and how it ends.

use std::collections::BTreeMap;

use super::*;
use crate::clock::Timestamp;
use crate::fault::{Container, ContainerName, Recipe, Role, RunState};
use crate::playbook::FaultKind;

fn debt(stood: bool) -> Debt {
    let name = ContainerName("edge1".to_owned());
    let container = Container {
        name: name.clone(),
        service: "edge1".to_owned(),
        role: Role::Edge,
        hostname: String::new(),
        id: String::new(),
        image: String::new(),
        image_id: String::new(),
        state: RunState::Running,
        identity: BTreeMap::new(),
        labels: BTreeMap::new(),
        enrols_by_token: false,
    };
    Debt {
        run: "r1".to_owned(),
        target: "local".to_owned(),
        fault: stood.then_some(FaultKind::Pause),
        before: stood.then_some(container),
        recipe: Recipe {
            container: name,
            body: serde_json::Value::Null,
        },
    }
}

fn proof() -> Proof {
    Proof {
        at: Timestamp(0),
        events: vec!["unpause".to_owned()],
        inspect: "running pid=7".to_owned(),
    }
}

#[test]
fn each_end_is_said_and_only_what_is_left_names_what_mends_it() {
    for (stood, end, said) in [
        (
            true,
            End::Mended(proof()),
            "edge1: put back (unpause, running pid=7); pause of run r1",
        ),
        (
            false,
            End::Mended(proof()),
            "edge1: taken away (unpause, running pid=7); add of run r1",
        ),
        (
            true,
            End::AsBefore,
            "edge1: was already as before; pause of run r1",
        ),
        (
            false,
            End::AsBefore,
            "edge1: was gone already; add of run r1",
        ),
        (
            true,
            End::Left("no space".to_owned()),
            "edge1: NOT put back: no space; bring it back with `rejoin up --target local`; pause of run r1",
        ),
        (
            false,
            End::Left("no space".to_owned()),
            "edge1: NOT put back: no space; remove it and its volumes with `rejoin down --target local`; add of run r1",
        ),
    ] {
        assert_eq!(line(&debt(stood), &end), said);
    }
}

#[test]
fn a_signal_weighs_more_than_what_is_left_and_that_more_than_nothing() {
    let recovery = |end: End, signal| Recovery {
        ends: vec![(debt(true), End::AsBefore), (debt(true), end)],
        signal,
    };
    let left = || End::Left(String::new());
    assert_eq!(exit(&recovery(End::MadeAnew, None)), Exit::Passed);
    assert_eq!(exit(&recovery(left(), None)), Exit::NotRestored);
    for (reason, code) in [
        (Reason::Interrupt, Exit::Interrupted),
        (Reason::Terminate, Exit::Terminated),
    ] {
        assert_eq!(exit(&recovery(left(), Some(reason))), code);
        assert_eq!(exit(&recovery(End::AsBefore, Some(reason))), code);
    }
}
