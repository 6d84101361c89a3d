//! From words to edges, containers and deadlines.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::make::Site;
use super::{Action, Edge, PlanError, Prepared, Who, make};
use crate::fault::ContainerName;
use crate::playbook::parse::{self, Overrides};
use crate::settings::Timing;
use crate::target::{Kind, Subject};

fn edge(number: usize) -> Edge {
    Edge {
        name: format!("edge{number}"),
        container: ContainerName(format!("edge{number}-debug")),
        hostname: String::new(),
        node: None,
    }
}

fn site(edges: usize, seed: u64) -> Site {
    Site {
        subject: Subject {
            target: "local".to_owned(),
            kind: Kind::Docker,
            images: BTreeMap::new(),
            version: None,
            variant: None,
            timing: "default".to_owned(),
        },
        timing: Timing::default(),
        edges: (1..=edges).map(edge).collect(),
        seed,
        keep_names: false,
    }
}

/// The plan of these steps (with a job `late`) on that many edges.
fn plan_on(steps: &str, site: Site) -> Result<Prepared, PlanError> {
    let text = format!(
        "rejoin: 1\nname: made-up\ntitle: Made up\njobs: {{ late: ../fixtures/jobs/new-job.yaml }}\nvars: {{ gap: heartbeat }}\nsteps:\n{steps}"
    );
    let file = Path::new("playbooks/made-up.yaml");
    let playbook = parse::parse(file, &text, &Overrides::default(), &site.timing);
    make(
        &playbook.unwrap_or_else(|problems| panic!("{problems}")),
        site,
    )
}

fn planned(steps: &str) -> Prepared {
    plan_on(steps, site(3, 1)).unwrap_or_else(|error| panic!("{error}"))
}

fn hit(prepared: &Prepared, step: usize) -> &[String] {
    match &prepared.plan.steps[step].action {
        Action::Fault { edges, .. } | Action::Restore { edges } => edges,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_name_given_to_a_selection_means_the_same_edges_later() {
    let prepared = planned(
        "  - kill: { nodes: { pick: 2 }, as: victims }\n  - restore: { nodes: victims }\n  - assume: { nodes: { which: victims, are: connected } }\n",
    );
    assert_eq!(hit(&prepared, 0).len(), 2);
    assert_eq!(hit(&prepared, 0), hit(&prepared, 1));
    let Action::Claim {
        claim: super::Claim::Nodes { on, .. },
        ..
    } = &prepared.plan.steps[2].action
    else {
        panic!("a claim about nodes");
    };
    assert_eq!(*on, Who::These(hit(&prepared, 0).to_vec()));
}

#[test]
fn the_seed_decides_what_is_picked() {
    let pick = |seed| {
        let prepared = plan_on("  - kill: { nodes: { pick: 2 } }\n", site(9, seed));
        hit(&prepared.unwrap_or_else(|error| panic!("{error}")), 0).to_vec()
    };
    assert_eq!(pick(1), pick(1));
    let all: std::collections::BTreeSet<Vec<String>> = (1..20).map(pick).collect();
    assert!(all.len() > 5, "{all:?}");
}

#[test]
fn a_name_that_no_edge_has_is_refused_with_its_place_and_the_names_there_are() {
    let error = plan_on("  - kill: { nodes: [edge1, edge9] }\n", site(2, 1)).err();
    let said = error.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(
        said.starts_with("made-up.yaml:7:5: there is no node `edge9`"),
        "{said}"
    );
    assert!(said.contains("edge1, edge2"), "{said}");
    assert!(error.is_some_and(|error| !error.is_environment()));
}

#[test]
fn a_selection_cannot_take_the_name_of_a_node() {
    let error = plan_on("  - kill: { nodes: edge1, as: edge2 }\n", site(2, 1)).err();
    let said = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("`edge2` is the name of a node"), "{said}");
}

#[test]
fn too_few_edges_are_the_targets_fault() {
    for (steps, edges) in [
        ("  - kill: { nodes: { pick: 3 } }\n", 2),
        ("  - wait: 1s\n", 0),
    ] {
        let error = plan_on(steps, site(edges, 1)).err();
        assert!(error.is_some_and(|error| error.is_environment()), "{steps}");
    }
}

#[test]
fn times_are_resolved_with_the_targets_profile() {
    let prepared = planned("  - wait: gap + 2 * disconnect_timeout\n");
    let Action::Wait { time } = prepared.plan.steps[0].action else {
        panic!("a wait");
    };
    assert_eq!(time, Duration::from_secs(615));
    assert_eq!(
        prepared.plan.worst_case(),
        prepared.plan.ready.time + time + prepared.plan.settle.time
    );
}

#[test]
fn jobs_carry_the_runs_name_and_label_unless_they_keep_their_names() {
    let prepared = planned("  - deploy: late\n");
    let run = &prepared.plan.run.0;
    let name = format!("new-test-job-{run}");
    assert_eq!(prepared.plan.jobs["late"], name);
    assert_eq!(prepared.specs["late"]["name"], name);
    assert_eq!(prepared.specs["late"]["labels"]["rejoin.run"], run.as_str());
    let kept = plan_on(
        "  - deploy: late\n",
        Site {
            keep_names: true,
            ..site(1, 1)
        },
    );
    let kept = kept.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(kept.plan.jobs["late"], "new-test-job");
    assert_eq!(kept.specs["late"]["labels"]["rejoin.run"], run.as_str());
}

/// The deadline of the only claim, and the words it was computed from.
fn deadline(claim: &str) -> (Duration, String) {
    let prepared = planned(&format!("  - deploy: late\n  - {claim}\n"));
    match &prepared.plan.steps[1].action {
        Action::Claim { within, .. } => (within.time, within.from.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn deadlines_come_from_the_playbook_or_from_the_profile() {
    let cases = [
        (
            "expect: { nodes: { which: all, are: connected }, within: gap }",
            15,
            "gap",
        ),
        (
            "assume: { nodes: { which: all, are: connected } }",
            0,
            "an assume is judged at once",
        ),
        (
            "expect: { nodes: { which: all, are: lost } }",
            300 + 3600 + 30 + 5,
            "disconnect_timeout + lost_timeout + 2 * heartbeat + 5s",
        ),
        (
            "expect: { job: { late: running } }",
            30 + 30 + 30 + 30 + 5,
            "connect_grace + 2 * heartbeat + 2 * reevaluation_batch + housekeeping + reconcile + 5s",
        ),
    ];
    for (claim, seconds, from) in cases {
        assert_eq!(
            deadline(claim),
            (Duration::from_secs(seconds), from.to_owned()),
            "{claim}"
        );
    }
}

#[test]
fn settling_takes_as_long_as_the_slowest_thing_that_can_still_act() {
    assert_eq!(
        planned("  - wait: 1s\n").plan.settle.from,
        "reconcile + heartbeat"
    );
    let mut slow = site(1, 1);
    slow.timing.housekeeping = Duration::from_secs(60);
    let prepared = plan_on("  - wait: 1s\n", slow).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(prepared.plan.settle.from, "housekeeping + heartbeat");
    assert_eq!(prepared.plan.settle.time, Duration::from_secs(75));
}
