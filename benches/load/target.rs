//! A run that waits for one change in a large deployment.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rejoin::api::ApiError;
use rejoin::api::client::Client;
use rejoin::api::http::Http;
use rejoin::api::transport::{Method, Request, Transport};
use rejoin::clock::{Clock, Timestamp};
use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::engine::{self, Setup};
use rejoin::fault::{FaultError, Faults, Inventory};
use rejoin::journal::file::Writer;
use rejoin::journal::{Entry, Event, Watcher};
use rejoin::plan::make::Site;
use rejoin::plan::{self};
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::{DEFAULT_VARIANT, SimSettings, Timing};
use rejoin::target::matching::Edge;
use rejoin::target::sim::{SimHands, SimTarget};
use rejoin::target::{Subject, Target, TargetError, Truth};
use serde_json::Value;
use tokio::sync::{oneshot, watch};

use crate::Result;

/// The hands of a simulation of two edges, and the eyes on the large deployment.
struct Large {
    sim: SimTarget,
    eyes: Client<Http>,
    timing: Timing,
}

impl Target for Large {
    type Hands = SimHands;
    type Eyes = Client<Http>;

    fn name(&self) -> &'static str {
        "large"
    }

    fn hands(&self) -> &SimHands {
        self.sim.hands()
    }

    fn eyes(&self) -> &Client<Http> {
        &self.eyes
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn clock(&self) -> Clock {
        Clock::wall()
    }

    fn node_names(&self) -> &BTreeMap<String, String> {
        self.sim.node_names()
    }

    async fn subject(&self, containers: &Inventory) -> std::result::Result<Subject, ApiError> {
        self.sim.subject(containers).await
    }

    async fn ledger_name(&self) -> std::result::Result<Option<String>, FaultError> {
        Ok(None)
    }

    async fn truth(&self, _: &Edge) -> std::result::Result<Truth, TargetError> {
        Ok(Truth::Silent)
    }

    fn changed(&self) -> Option<watch::Receiver<u64>> {
        None
    }
}

/// Keeps what is recorded, until the change was seen.
struct UntilSeen {
    entries: Vec<Entry>,
    seen: Option<oneshot::Sender<Vec<Entry>>>,
}

impl Watcher for UntilSeen {
    fn entry(&mut self, entry: &Entry) {
        self.entries.push(entry.clone());
        if matches!(entry.event, Event::StepEnded { step: 1, .. })
            && let Some(seen) = self.seen.take()
        {
            drop(seen.send(std::mem::take(&mut self.entries)));
        }
    }

    fn note(&mut self, _: &str) {}
}

/// How a change was seen.
pub(crate) struct Lag {
    /// How long after it happened.
    pub(crate) after: Duration,
    /// The time between the last two sweeps before.
    pub(crate) interval: Duration,
}

const STEPS: &str = "rejoin: 1
name: load
title: A change is seen
jobs: { late: ../../fixtures/jobs/new-job.yaml }
steps:
  - deploy: late
  - expect: { executions: { job: late, nodes: all, observed: running }, within: 20s }
";

/// Lets two executions begin to run so many milliseconds after the start of a run that waits for them.
pub(crate) async fn lag(port: u16, delay: u64) -> Result<Lag> {
    let endpoint = format!("http://127.0.0.1:{port}");
    let timing = Timing::profile("current").ok_or("no profile `current`")?;
    let settings = SimSettings {
        edges: 2,
        variant: DEFAULT_VARIANT.to_owned(),
        timing: timing.clone(),
        seed: 1,
        max_hit: None,
    };
    let target = Large {
        sim: SimTarget::start("large", &settings)?,
        eyes: Client::new(Http::new(&endpoint, None, "")?),
        timing: timing.clone(),
    };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/load.yaml");
    let playbook = parse::parse(&file, STEPS, &Overrides::default(), &timing)?;
    let inventory = target.hands().inventory().await?;
    let subject = target.subject(&inventory).await?;
    let site = Site::of(&target, &inventory, subject, delay);
    let setup = Setup {
        prepared: plan::make(&playbook, site)?,
        journal: Writer::nowhere(target.clock().restarted()),
        ledger: Ledger::in_memory(),
        stop: Stop::never(),
        person: Person::nobody(),
    };
    let changed = flip(port, delay).await?;
    let (sender, seen) = oneshot::channel();
    let mut watcher = UntilSeen {
        entries: Vec::new(),
        seen: Some(sender),
    };
    // What comes after, settling above all, is not waited for.
    let entries = tokio::select! {
        entries = seen => entries?,
        entries = engine::run(&target, setup, &mut watcher) => entries?,
    };
    measured(&entries, changed).ok_or_else(|| "the change was not seen".into())
}

/// Asks for the change; says when it will happen.
async fn flip(port: u16, delay: u64) -> Result<Timestamp> {
    let http = Http::new(&format!("http://127.0.0.1:{port}"), None, "")?;
    let request = Request {
        method: Method::Get,
        path_and_query: format!("/flip/{delay}"),
        body: None,
    };
    let answer: Value = serde_json::from_slice(&http.send(request).await?.body)?;
    Ok(Timestamp(answer["at"].as_u64().ok_or("no time")?))
}

fn measured(entries: &[Entry], changed: Timestamp) -> Option<Lag> {
    let sweeps: Vec<&Entry> = entries
        .iter()
        .take_while(|entry| !matches!(entry.event, Event::StepEnded { step: 1, .. }))
        .filter(|entry| matches!(entry.event, Event::Sweep { .. }))
        .collect();
    let seen = entries
        .iter()
        .find(|entry| matches!(entry.event, Event::StepEnded { step: 1, .. }))?;
    let [.., before, last] = sweeps.as_slice() else {
        return None;
    };
    Some(Lag {
        after: seen.at.since(changed),
        interval: last.at.since(before.at),
    })
}
