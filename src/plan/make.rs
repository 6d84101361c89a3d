//! Building a plan: every name, time and selection of the playbook resolved, or an error that says
//! where.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::networks::Networks;
use super::resolve::Resolver;
use super::{
    About, Action, Edge, Guard, Plan, PlanError, Prepared, RunId, ServiceContainer, budget,
};
use crate::fault::{ContainerName, Inventory, Role};
use crate::playbook::Playbook;
use crate::settings::Timing;
use crate::target::{Subject, Target, matching};

/// What a plan is made for, besides the playbook.
#[derive(Debug, Clone)]
pub struct Site {
    /// What is under test.
    pub subject: Subject,
    /// Its timings.
    pub timing: Timing,
    /// Its edges, as they stand now.
    pub edges: Vec<Edge>,
    /// Its other containers: [`services`] of its inventory.
    pub services: Vec<ServiceContainer>,
    /// The networks of its containers: [`networks`](super::networks()) of its inventory.
    pub networks: Networks,
    /// The seed of every choice.
    pub seed: u64,
    /// Whether jobs keep the names of their files.
    pub keep_names: bool,
    /// What the plan must keep to.
    pub guard: Guard,
}

impl Site {
    /// A target as it stands, with nothing asked for but what its containers themselves ask for.
    pub fn of<T: Target>(target: &T, containers: &Inventory, subject: Subject, seed: u64) -> Self {
        Self {
            subject,
            timing: target.timing().clone(),
            edges: matching::edges(containers, target.node_names()),
            services: services(containers),
            networks: super::networks(containers),
            seed,
            keep_names: false,
            guard: Guard::of(containers),
        }
    }
}

/// The containers that are no edges, in the order of their names.
pub fn services(containers: &Inventory) -> Vec<ServiceContainer> {
    let mut services: Vec<ServiceContainer> = containers
        .values()
        .filter(|container| container.role != Role::Edge)
        .map(|container| ServiceContainer {
            name: container.service.clone(),
            role: container.role,
            container: container.name.clone(),
        })
        .collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    services
}

/// Makes the plan. Pure: looks at nothing, touches nothing.
pub fn make(playbook: &Playbook, site: Site) -> Result<Prepared, PlanError> {
    let file = playbook
        .path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    own_names(&site)?;
    let run = run_id(site.seed, &playbook.name);
    let mut resolver = Resolver::new(playbook, &site, &run, &file);
    resolver.enough_edges(playbook.needs.edges.max(1))?;
    let steps = resolver.steps(&playbook.steps)?;
    let added = resolver.added;
    let (mut jobs, specs) = name_jobs(playbook, &run, site.keep_names);
    for step in &steps {
        if let Action::Adopt { job, name, .. } = &step.action {
            jobs.insert(job.clone(), name.clone());
        }
    }
    let plan = Plan {
        playbook: About {
            file,
            name: playbook.name.clone(),
            title: playbook.title.clone(),
            scenario: playbook.scenario.clone(),
            issue: playbook.issue.clone(),
        },
        subject: site.subject,
        run,
        seed: site.seed,
        ready: budget::of_connecting(&site.timing),
        settle: budget::of_settling(&site.timing),
        timing: site.timing,
        edges: [site.edges, added].concat(),
        services: site.services,
        jobs,
        steps,
        invariants: playbook.always.clone(),
        require: playbook.require.clone(),
    };
    site.guard.over(plan, specs)
}

/// Two containers under one name cannot be told apart by a playbook.
fn own_names(site: &Site) -> Result<(), PlanError> {
    let mut seen: BTreeMap<&str, &ContainerName> = BTreeMap::new();
    for edge in &site.edges {
        if let Some(other) = seen.insert(&edge.name, &edge.container) {
            return Err(PlanError::SameName {
                name: edge.name.clone(),
                one: other.to_string(),
                two: edge.container.to_string(),
            });
        }
    }
    Ok(())
}

/// The same seed and playbook give the same id: that is what makes a simulated run repeatable.
fn run_id(seed: u64, name: &str) -> RunId {
    let hash = Sha256::digest(format!("{seed}/{name}"));
    let [first, second, third, ..]: [u8; 32] = hash.into();
    RunId(format!("{first:02x}{second:02x}{third:02x}"))
}

type Named = (
    BTreeMap<String, String>,
    BTreeMap<String, serde_json::Value>,
);

/// Renames and labels every job for this run, so that it is never mistaken for somebody else's.
fn name_jobs(playbook: &Playbook, run: &RunId, keep_names: bool) -> Named {
    let mut jobs = BTreeMap::new();
    let mut specs = BTreeMap::new();
    for (alias, job) in &playbook.jobs {
        let name = if keep_names {
            job.name.clone()
        } else {
            format!("{}-{run}", job.name)
        };
        let mut spec = job.spec.clone();
        spec["name"] = name.clone().into();
        if !spec["labels"].is_object() {
            spec["labels"] = serde_json::json!({});
        }
        spec["labels"][crate::target::RUN_LABEL] = run.0.clone().into();
        jobs.insert(alias.clone(), name);
        specs.insert(alias.clone(), spec);
    }
    (jobs, specs)
}
