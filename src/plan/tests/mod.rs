//! From words to edges, containers and deadlines.

mod budgets;
mod claims;
mod cloud;
mod guard;
mod selections;
mod steps;

use std::collections::BTreeMap;
use std::path::Path;

use super::make::Site;
use super::networks::Networks;
use super::{Action, Claim, Edge, Guard, PlanError, Prepared, ServiceContainer, make};
use crate::fault::{ContainerName, Role};
use crate::playbook::parse::{self, Overrides};
use crate::settings::Timing;
use crate::target::{Kind, Subject};

fn edge(number: usize) -> Edge {
    Edge {
        name: format!("edge{number}"),
        container: ContainerName(format!("edge{number}-debug")),
        hostname: String::new(),
        node: None,
        added: false,
        volatile: false,
        enrols_by_token: false,
    }
}

fn service(name: &str, role: Role) -> ServiceContainer {
    ServiceContainer {
        name: name.to_owned(),
        role,
        container: ContainerName(format!("{name}-debug")),
    }
}

/// As in the debug stack: messages over `data`, ports over `control`.
fn networks(edges: usize) -> Networks {
    let container = |name: String, networks: &[&str]| {
        let networks = networks.iter().map(ToString::to_string).collect();
        (ContainerName(format!("{name}-debug")), networks)
    };
    let both = &["shop_control", "shop_data"];
    let edges = (1..=edges).map(|number| container(format!("edge{number}"), both));
    let services = [
        container("bus".to_owned(), &["shop_data"]),
        container("orchestrator".to_owned(), both),
    ];
    edges.chain(services).collect()
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
        services: vec![
            service("bus", Role::Nats),
            service("orchestrator", Role::Orchestrator),
        ],
        networks: networks(edges),
        seed,
        keep_names: false,
        guard: Guard::default(),
    }
}

/// The plan of these steps (with jobs `late` and `newer`) on that many edges.
fn plan_on(steps: &str, site: Site) -> Result<Prepared, PlanError> {
    let text = format!(
        "rejoin: 1\nname: made-up\ntitle: Made up\njobs: {{ late: ../fixtures/jobs/new-job.yaml, newer: ../fixtures/jobs/test-job.yaml }}\nvars: {{ gap: heartbeat }}\nsteps:\n{steps}"
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

/// What the plan of these steps is refused with, and whether the target is to blame.
fn refused(steps: &str, site: Site) -> (String, bool) {
    match plan_on(steps, site) {
        Ok(prepared) => panic!("accepted: {:?}", prepared.plan.steps),
        Err(error) => (error.to_string(), error.is_environment()),
    }
}

/// Whom the step touches.
fn hit(prepared: &Prepared, step: usize) -> &[String] {
    match &prepared.plan.steps[step].action {
        Action::Fault { on: names, .. }
        | Action::Restore { on: names, .. }
        | Action::Add { edges: names, .. } => names,
        other => panic!("{other:?}"),
    }
}

/// What the step claims.
fn claim(prepared: &Prepared, step: usize) -> &Claim {
    match &prepared.plan.steps[step].action {
        Action::Claim { claim, .. } => claim,
        other => panic!("{other:?}"),
    }
}
