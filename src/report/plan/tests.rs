//! What the page of a plan says before anything is touched.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::fault::{ContainerName, Role};
use crate::plan::make::{Site, make};
use crate::plan::{Edge, Guard, ServiceContainer};
use crate::playbook::parse::{self, Overrides};
use crate::settings::Timing;
use crate::target::{Kind, Subject};

fn page(rest: &str) -> String {
    let text = format!(
        "rejoin: 1\nname: x\njobs: {{ late: ../fixtures/jobs/new-job.yaml }}\nsteps:\n  - deploy: late\n{rest}"
    );
    let timing = Timing::default();
    let file = Path::new("playbooks/x.yaml");
    let playbook = parse::parse(file, text, &Overrides::default(), &timing);
    let container = |name: &str| ContainerName(format!("{name}-debug"));
    let site = Site {
        subject: Subject {
            target: "local".to_owned(),
            kind: Kind::Docker,
            images: BTreeMap::new(),
            version: None,
            variant: None,
            timing: "default".to_owned(),
        },
        timing,
        edges: vec![Edge {
            name: "edge1".to_owned(),
            container: container("edge1"),
            hostname: "edge1".to_owned(),
            node: None,
            added: false,
            volatile: false,
            enrols_by_token: false,
        }],
        services: vec![ServiceContainer {
            name: "nats".to_owned(),
            role: Role::Nats,
            container: container("nats"),
        }],
        networks: BTreeMap::new(),
        seed: 1,
        keep_names: false,
        guard: Guard::default(),
    };
    let playbook = playbook.unwrap_or_else(|problems| panic!("{problems}"));
    let prepared = make(&playbook, site).unwrap_or_else(|error| panic!("{error}"));
    let wide = Style {
        width: 200,
        colour: false,
    };
    render(&prepared.plan, &Inventory::new(), wide)
}

#[test]
fn services_and_edges_that_are_not_there_yet_are_shown() {
    let page = page("  - pause: { services: [nats] }\n  - add: { edges: 1, as: more }\n");
    assert!(page.contains("nats-debug"), "{page}");
    assert!(page.contains("added by the run"), "{page}");
    assert!(
        page.contains("added edges are removed at the end"),
        "{page}"
    );
    assert!(!page.contains("lasting"), "{page}");
}

#[test]
fn what_lasts_is_told_before_it_is_done() {
    let page = page(
        "  - remove: { nodes: edge1, wipe: true }\nrequire: [logs]\nalways: [nothing-stuck]\n",
    );
    assert!(
        page.contains("lasting, of edge1-debug: what the volumes held is lost"),
        "{page}"
    );
    assert!(page.contains("must be observable: logs"), "{page}");
    assert!(page.contains("while an execution is pending"), "{page}");
}

#[test]
fn every_claim_is_one_line_of_words() {
    let page = page(
        "  - { id: up, wait: 0s }
  - expect: { truth: { job: late, observed: running, count: 2 } }
  - expect: { evaluations: { job: late, after: up } }
  - expect: { history: { job: late, passed: [pending, running], never: [failed, lost] } }
  - expect: { logs: { services: [nats], pattern: a b } }
",
    );
    for words in [
        "expect edge truth of late on all: running, 2 of them",
        "expect evaluations of late: after step 2",
        "expect history of late on all: pending > running, never failed or lost",
        "expect logs of nats: a line like \"a b\"",
    ] {
        assert!(page.contains(words), "no {words}\n{page}");
    }
}

#[test]
fn what_others_have_to_do_and_what_is_theirs_is_told() {
    let page = page(
        "  - manual: { do: Deploy it\u{202e} now, within: 10m }
  - adopt: { job: theirs, name: billing }
  - rerun: late
",
    );
    for words in [
        "manual: Deploy it  now",
        "10m00s",
        "adopt billing as theirs",
        "rerun late",
        "needs a person at standard input: lines to confirm with, 1 in all",
        "of other hands, never changed and left as they are: billing (theirs)",
    ] {
        assert!(page.contains(words), "no {words}\n{page}");
    }
}
