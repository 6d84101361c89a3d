//! What a run writes: over every shipped playbook, only its own jobs are changed, and only records of nodes
//! that it made go. Somebody else's job stands beside it all the time.

#[path = "support/through.rs"]
mod through;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::transport::{Method, Request, Response, Transport, TransportError};
use rejoin::journal::Event;
use rejoin::playbook::FaultKind;
use rejoin::target::sim::SimTransport;
use rejoin::target::{RUN_LABEL, Target};
use serde_json::{Value, json};
use through::Through;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Both ways through the playbooks: what is stuck, and what comes back.
const VARIANTS: [&str; 2] = ["issue-395", "reconcile"];

/// A write, and what came of it.
#[derive(Debug, Clone)]
struct Write {
    method: Method,
    path: String,
    body: Value,
    answer: Value,
}

/// A transport that keeps every write.
#[derive(Debug)]
struct Recording {
    way: SimTransport,
    writes: Rc<RefCell<Vec<Write>>>,
}

impl Transport for Recording {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let asked = request.clone();
        let response = self.way.send(request).await?;
        if asked.method != Method::Get {
            let (path, _) = asked
                .path_and_query
                .split_once('?')
                .unwrap_or((&asked.path_and_query, ""));
            self.writes.borrow_mut().push(Write {
                method: asked.method,
                path: path.to_owned(),
                body: asked.body.unwrap_or_default(),
                answer: serde_json::from_slice(&response.body).unwrap_or_default(),
            });
        }
        Ok(response)
    }

    fn base(&self) -> &str {
        self.way.base()
    }
}

/// What one run wrote, and what was there before it.
struct Observed {
    run: String,
    /// The nodes that there were, by id, with the name of each.
    nodes: BTreeMap<String, String>,
    /// The edges whose volume the run took.
    wiped: BTreeSet<String>,
    writes: Vec<Write>,
}

impl Observed {
    /// The first write that is on something that is not the run's.
    fn trespass(&self) -> Option<String> {
        let mut own = BTreeSet::new();
        for write in &self.writes {
            let parts: Vec<&str> = write.path.trim_start_matches('/').split('/').collect();
            let allowed = match (write.method, &parts[..]) {
                (Method::Put, ["jobs"]) => {
                    own.extend(id(&write.answer));
                    self.is_own(&write.body["spec"])
                }
                (Method::Delete, ["jobs", id])
                | (Method::Post, ["jobs", id, "stop"])
                | (Method::Put, ["jobs", id, "rerun"]) => own.contains(*id),
                (Method::Delete, ["nodes", id]) => self.is_passing(id),
                _ => false,
            };
            if !allowed {
                return Some(format!("{write:?}"));
            }
        }
        None
    }

    fn is_own(&self, spec: &Value) -> bool {
        let name = spec["name"].as_str().unwrap_or_default();
        spec["labels"][RUN_LABEL] == self.run && name.ends_with(&format!("-{}", self.run))
    }

    /// Whether there is a record of this node only because of the run, or not any more because of it.
    fn is_passing(&self, id: &str) -> bool {
        self.nodes
            .get(id)
            .is_none_or(|edge| self.wiped.contains(edge))
    }
}

fn id(answer: &Value) -> Option<String> {
    answer["job"]["id"].as_str().map(str::to_owned)
}

/// Runs a playbook beside somebody else's job, which must be there afterwards.
async fn observe(playbook: &str, variant: &str) -> Result<Observed> {
    let writes = Rc::new(RefCell::new(Vec::new()));
    let kept = writes.clone();
    let mut theirs = String::new();
    let target = Through::start(variant, "default", true, async |way| {
        theirs = deploy_theirs(&way).await?;
        Ok(Client::new(Recording { way, writes: kept }))
    });
    let target = target.await?;
    let eyes = target.eyes();
    let nodes = eyes.nodes().await?.into_iter();
    let nodes = nodes
        .map(|node| (node.id.0, node.name.unwrap_or_default()))
        .collect();
    let prepared = target.prepare(playbook, 1).await?;
    let run = prepared.plan.run.0.clone();
    let entries = target.run(prepared).await??;
    let jobs = eyes.jobs().await?;
    let there = jobs.iter().any(|job| job.id.0 == theirs);
    assert!(there, "{playbook} on {variant}: the other job is gone");
    let wiped = entries.into_iter().filter_map(|entry| match entry.event {
        Event::Injected {
            fault: FaultKind::Wipe,
            on,
            ..
        } => Some(on),
        _ => None,
    });
    Ok(Observed {
        run,
        nodes,
        wiped: wiped.collect(),
        writes: writes.take(),
    })
}

/// A job of other hands, on every node; returns its id.
async fn deploy_theirs(way: &SimTransport) -> Result<String> {
    let spec = json!({"name": "somebody-elses", "type": "pipeline",
        "config": {"input": {"generate": {"interval": "5s"}}}});
    let put = Request {
        method: Method::Put,
        path_and_query: "/jobs".to_owned(),
        body: Some(json!({"spec": spec})),
    };
    let answer = way.send(put).await?;
    let answer: Value = serde_json::from_slice(&answer.body)?;
    // Until it runs: a target with work that is not at rest is refused.
    tokio::time::sleep(Duration::from_secs(60)).await;
    Ok(id(&answer).ok_or_else(|| format!("not deployed: {answer}"))?)
}

/// The names of the shipped playbooks.
fn playbooks() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/playbooks"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".yaml").map(str::to_owned));
    }
    Ok(names)
}

#[test]
fn every_write_of_every_playbook_is_on_what_the_run_made() -> Result {
    let (mut runs, mut writes, mut deletes) = (0, 0, 0);
    for playbook in &playbooks()? {
        for variant in VARIANTS {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()?;
            let observed = runtime.block_on(observe(playbook, variant))?;
            let trespass = observed.trespass();
            assert_eq!(trespass, None, "{playbook} on {variant}");
            assert!(
                !observed.writes.is_empty() || playbook == "all-connected",
                "{playbook} writes nothing"
            );
            let of_nodes = observed
                .writes
                .iter()
                .filter(|write| write.path.starts_with("/nodes/"));
            deletes += of_nodes.count();
            writes += observed.writes.len();
            runs += 1;
        }
    }
    println!(
        "{runs} runs, {writes} writes, {deletes} of them on records of nodes: all on what the run made"
    );
    assert!(
        deletes > 0,
        "no run took a record of a node away: the rule for them was not tried"
    );
    Ok(())
}

#[test]
fn a_write_on_anything_else_is_seen() {
    let observed = |method, path: &str| Observed {
        run: "r1".to_owned(),
        nodes: BTreeMap::from([("n-1".to_owned(), "edge1".to_owned())]),
        wiped: BTreeSet::new(),
        writes: vec![Write {
            method,
            path: path.to_owned(),
            body: json!({"spec": {"name": "job", "labels": {RUN_LABEL: "r1"}}}),
            answer: Value::Null,
        }],
    };
    for (method, path) in [
        (Method::Put, "/jobs"),
        (Method::Delete, "/jobs/j-1"),
        (Method::Post, "/jobs/j-1/stop"),
        (Method::Delete, "/nodes/n-1"),
        (Method::Post, "/anything"),
    ] {
        assert!(observed(method, path).trespass().is_some(), "{path}");
    }
}
