//! What is done: jobs, services, rounds, edges that are not there yet.

use std::time::Duration;

use super::super::{Action, Plan, Prepared, RunId};
use super::{hit, plan_on, planned, refused, site};
use crate::fault::{ContainerName, Role};
use crate::plan::make::Site;
use crate::playbook::{FaultKind, Invariant, Observable};
use crate::target::Kind;

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

#[test]
fn a_job_can_become_another_and_end() {
    let prepared = planned(
        "  - deploy: late\n  - update: { job: late, to: newer }\n  - stop: late\n  - delete: late\n",
    );
    let job = || "late".to_owned();
    let to = "newer".to_owned();
    let actions: Vec<&Action> = prepared.plan.steps.iter().map(|s| &s.action).collect();
    assert_eq!(actions[1], &Action::Update { job: job(), to });
    assert_eq!(actions[2], &Action::Stop { job: job() });
    assert_eq!(actions[3], &Action::Delete { job: job() });
    assert!(prepared.specs.contains_key("newer"));
}

#[test]
fn services_are_found_by_what_they_do() {
    let prepared = planned(
        "  - kill: { services: [nats, orchestrator] }\n  - restore: { services: [nats] }\n  - remove: { nodes: edge2, wipe: true }\n",
    );
    assert_eq!(hit(&prepared, 0), ["bus", "orchestrator"]);
    assert_eq!(hit(&prepared, 1), ["bus"]);
    assert_eq!(
        prepared.plan.container("bus"),
        Some(&ContainerName("bus-debug".to_owned()))
    );
    assert!(matches!(
        prepared.plan.steps[2].action,
        Action::Fault {
            fault: FaultKind::Wipe,
            ..
        }
    ));
    let touched = prepared.plan.touched();
    let name = |name: &str| ContainerName(name.to_owned());
    assert!(touched.contains(&name("bus-debug")) && touched.contains(&name("edge1-debug")));
    assert!(
        !planned("  - wait: 1s\n")
            .plan
            .touched()
            .contains(&name("bus-debug"))
    );
}

#[test]
fn a_target_without_its_own_services_is_not_touched() {
    let mut bare = site(2, 1);
    bare.services.retain(|service| service.role == Role::Nats);
    let (said, environment) = refused("  - kill: { services: [nats, orchestrator] }\n", bare);
    assert!(
        said.starts_with("made-up.yaml:7:5: target `local` has no orchestrator container"),
        "{said}"
    );
    assert!(said.contains("edge1, edge2, bus"), "{said}");
    assert!(environment);
    let mut alone = site(2, 1);
    alone.services.clear();
    let (said, environment) = refused("  - partition: { nodes: edge1 }\n", alone);
    assert!(said.contains("has no nats container"), "{said}");
    assert!(environment);
}

#[test]
fn an_added_edge_is_called_after_the_run_and_stands_last() {
    let plan = planned(
        "  - add: { edges: 2, as: more, labels: { site: b } }\n  - add: { edges: 1, as: again }\n",
    )
    .plan;
    let names: Vec<&str> = plan.edges.iter().map(|edge| edge.name.as_str()).collect();
    assert_eq!(
        names,
        ["edge1", "edge2", "edge3", "more-1", "more-2", "again-1"]
    );
    let more = plan.edge("more-2").unwrap_or_else(|| panic!("{names:?}"));
    let RunId(run) = &plan.run;
    assert!(more.added && !plan.edges[0].added);
    assert_eq!(more.container.0, format!("rejoin-{run}-more-2"));
    assert_eq!(more.hostname, more.container.0);
    let Action::Add { edges, labels } = &plan.steps[0].action else {
        panic!("{:?}", plan.steps[0]);
    };
    assert_eq!(edges, &["more-1", "more-2"]);
    assert_eq!(labels["site"], "b");
}

/// The ids and names of the steps.
fn called(plan: &Plan) -> Vec<(&str, Option<&str>)> {
    let steps = plan.steps.iter();
    steps
        .map(|step| (step.id.as_str(), step.name.as_deref()))
        .collect()
}

#[test]
fn the_rounds_of_a_repeat_are_written_out() {
    let prepared = planned(
        "  - name: flapping
    repeat:
      times: 2
      steps:
        - { id: hit, kill: { nodes: { pick: 1 }, as: it } }
        - { name: back, restore: { nodes: it } }
  - wait: 1s
",
    );
    let flapping = Some("flapping");
    assert_eq!(
        called(&prepared.plan),
        [
            ("hit.1", flapping),
            ("step-1-2.1", Some("back")),
            ("hit.2", flapping),
            ("step-1-2.2", Some("back")),
            ("step-2", None),
        ]
    );
    // Each round draws anew and restores whom it hit.
    assert_eq!(hit(&prepared, 0), hit(&prepared, 1));
    assert_eq!(hit(&prepared, 2), hit(&prepared, 3));
    assert_eq!(prepared.plan.steps[0].at, prepared.plan.steps[2].at);
}

#[test]
fn what_is_required_and_always_true_is_handed_on() {
    let plan = planned("  - wait: 1s\nrequire: [logs, edge-truth]\nalways: [edge-agrees]\n").plan;
    let required: Vec<Observable> = plan.require.into_iter().collect();
    assert_eq!(required, [Observable::EdgeTruth, Observable::Logs]);
    assert_eq!(plan.invariants, [Invariant::EdgeAgrees]);
}

/// The networks that the step cuts.
fn cut(prepared: &Prepared, step: usize) -> Vec<&str> {
    match &prepared.plan.steps[step].action {
        Action::Fault { networks, .. } => networks.iter().map(String::as_str).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_partition_cuts_what_leads_to_nats_or_what_it_names() {
    let prepared = planned(
        "  - partition: { nodes: edge1 }\n  - partition: { nodes: edge2, networks: [control] }\n  - partition: { services: [nats], networks: [shop_data] }\n  - kill: { nodes: edge3 }\n",
    );
    assert_eq!(cut(&prepared, 0), ["shop_data"]);
    assert_eq!(cut(&prepared, 1), ["shop_control"]);
    assert_eq!(cut(&prepared, 2), ["shop_data"]);
    assert_eq!(cut(&prepared, 3), [""; 0]);
}

#[test]
fn a_partition_that_could_cut_nothing_is_refused() {
    let (said, environment) = refused(
        "  - partition: { nodes: edge1, networks: [date] }\n",
        site(2, 1),
    );
    let words = "made-up.yaml:7:5: there is no network `date`, or not only one, that these containers are in; \
                 their networks are: shop_control, shop_data";
    assert_eq!((said.as_str(), environment), (words, false));

    // Two that end alike: only the whole name says which is meant.
    let mut two = site(1, 1);
    for networks in two.networks.values_mut() {
        networks.insert("other_data".to_owned());
    }
    let (said, _) = refused("  - partition: { nodes: edge1, networks: [data] }\n", two);
    assert!(said.contains("not only one"), "{said}");

    let mut apart = site(2, 1);
    let edge2 = ContainerName("edge2-debug".to_owned());
    let control = ["shop_control".to_owned()];
    apart.networks.insert(edge2, control.into());
    let (said, environment) = refused("  - partition: { nodes: all }\n", apart);
    let words = "edge2 is in none of the networks that the partition would cut (shop_data); its own are: shop_control";
    assert!(said.ends_with(words), "{said}");
    assert!(environment);
}

#[test]
fn a_job_of_others_keeps_its_name_and_has_no_specification() {
    let prepared = planned(
        "  - deploy: late\n  - rerun: late\n  - adopt: { job: theirs, name: billing }\n  - adopt: { job: more, name: mail, within: 2 * heartbeat }\n",
    );
    let plan = &prepared.plan;
    assert_eq!(
        plan.steps[1].action,
        Action::Rerun {
            job: "late".to_owned()
        }
    );
    assert_eq!(plan.jobs["theirs"], "billing");
    assert!(!prepared.specs.contains_key("theirs"));
    assert_eq!(
        plan.adopted(),
        [("theirs", "billing"), ("more", "mail")].into()
    );
    let longest = |step: usize| plan.steps[step].action.longest();
    assert_eq!(
        (longest(2), longest(3)),
        (Duration::ZERO, Duration::from_secs(30))
    );
}

#[test]
fn a_person_is_asked_only_where_there_can_be_one() {
    let steps = "  - manual: { do: Deploy it, within: 4 * gap }\n";
    let plan = planned(steps).plan;
    assert_eq!(plan.steps[0].action.longest(), Duration::from_mins(1));
    let mut simulation = site(1, 1);
    simulation.subject.kind = Kind::Sim;
    simulation.subject.target = "sim".to_owned();
    let (said, environment) = refused(steps, simulation);
    assert!(
        said.contains("made-up.yaml:7:5: `manual` waits for a person, and target `sim`"),
        "{said}"
    );
    assert!(!environment);
}
