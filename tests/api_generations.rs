//! Every generation of the API's field names, whole and damaged: fields dropped, made `null`, renamed, added.

use std::cell::RefCell;
use std::path::Path;

use proptest::prelude::*;
use rejoin::api::client::Client;
use rejoin::api::model::{
    EvaluationState, ExecutionId, ExecutionState, JobId, JobState, Node, NodeState,
};
use rejoin::api::transport::{Request, Response, Transport, TransportError};
use rejoin::api::{ApiError, Orchestrator};
use serde_json::{Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const GENERATIONS: [&str; 3] = ["a", "b", "c"];

fn fixture(generation: &str, name: &str) -> Result<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/api");
    let text = std::fs::read_to_string(folder.join(generation).join(format!("{name}.json")))?;
    Ok(serde_json::from_str(&text)?)
}

/// Answers every request with one body.
struct Server {
    body: Value,
    asked: RefCell<usize>,
}

impl Server {
    fn with(body: Value) -> Client<Self> {
        let asked = RefCell::default();
        Client::new(Self { body, asked })
    }
}

impl Transport for Server {
    async fn send(&self, _: Request) -> std::result::Result<Response, TransportError> {
        *self.asked.borrow_mut() += 1;
        assert!(*self.asked.borrow() < 100, "asked without end");
        Ok(Response {
            status: 200,
            body: self.body.to_string().into_bytes(),
            ..Response::default()
        })
    }

    fn base(&self) -> &'static str {
        "fixture:"
    }
}

fn id() -> JobId {
    JobId("j".to_owned())
}

#[tokio::test]
async fn nodes_and_jobs_of_every_generation_are_read() -> Result {
    for generation in GENERATIONS {
        let nodes = Server::with(fixture(generation, "nodes")?).nodes().await?;
        let states: Vec<_> = nodes.iter().map(|node| node.state.clone()).collect();
        let second = match generation {
            "c" => NodeState::Connecting,
            _ => NodeState::Disconnected,
        };
        assert_eq!(states, [Some(NodeState::Connected), Some(second)]);
        assert!(nodes.iter().all(|node| node.last_heartbeat.is_some()));
        assert!(
            nodes.iter().all(|node| node.unknown.is_empty()),
            "{nodes:?}"
        );

        let jobs = Server::with(fixture(generation, "jobs")?).jobs().await?;
        let states: Vec<_> = jobs.iter().map(|job| job.state.clone()).collect();
        let both = [Some(JobState::Running), Some(JobState::Deploying)];
        assert_eq!(states, both, "a deleted one is none");
        assert_eq!((jobs[0].version, jobs[0].revision), (Some(2), Some(6)));
        let job = Server::with(fixture(generation, "job")?).job(&id()).await?;
        assert_eq!(job.as_ref(), jobs.get(1));
        let server = Server::with(fixture(generation, "put")?);
        server.put_job(&json!({ "name": "late" })).await?;
    }
    Ok(())
}

#[tokio::test]
async fn executions_of_every_generation_are_read() -> Result {
    for generation in GENERATIONS {
        let server = Server::with(fixture(generation, "executions")?);
        let executions = server.executions(None).await?;
        let observed = executions.iter().map(|one| one.observed.clone());
        let third = match generation {
            "a" => ExecutionState::Running,
            _ => ExecutionState::Validating,
        };
        let wanted = [
            ExecutionState::Running,
            ExecutionState::Completed,
            third,
            ExecutionState::Pending,
        ];
        assert_eq!(observed.collect::<Vec<_>>(), wanted.map(Some));
        assert_eq!(executions[3].message.as_deref(), Some("dispatch failed"));
        assert!(
            executions.iter().all(|one| one.unknown.is_empty()),
            "{executions:?}"
        );

        let server = Server::with(fixture(generation, "evaluations")?);
        let evaluations = server.evaluations(&id()).await?.unwrap_or_default();
        assert_eq!(evaluations[2].trigger, "node-join");
        assert_eq!(evaluations[2].state, Some(EvaluationState::Pending));

        let server = Server::with(fixture(generation, "history")?);
        let history = server.history(&ExecutionId("x".to_owned())).await?;
        let seqs: Vec<_> = history
            .into_iter()
            .flatten()
            .map(|change| change.seq)
            .collect();
        assert_eq!(seqs, [Some(11), Some(19)], "the oldest change comes first");
    }
    let status = Server::with(fixture("c", "status")?).status().await?;
    let version = status.and_then(|status| status.version);
    assert_eq!(version.as_deref(), Some("v2.1.22"));
    Ok(())
}

#[tokio::test]
async fn what_no_documentation_names_is_kept() -> Result {
    let mut body = fixture("c", "nodes")?;
    body["items"][0]["mood"] = json!("calm");
    body["items"][0]["status"]["drained"] = json!({ "since": 3 });
    body["items"][0]["status"]["nothing"] = Value::Null;
    body["items"][0]["spec"]["own"] = json!("of who wrote it");
    let nodes: Vec<Node> = Server::with(body).nodes().await?;
    let kept = json!(nodes[0].unknown);
    assert_eq!(
        kept,
        json!({ "mood": "calm", "status.drained": { "since": 3 } })
    );
    assert_eq!(json!(nodes[0])["unknown"], kept, "it stands in the record");
    Ok(())
}

/// What happens to one place of a body.
#[derive(Debug, Clone)]
enum Damage {
    Dropped,
    Null,
    Renamed,
    Added,
    Emptied,
}

fn damage() -> impl Strategy<Value = Vec<(usize, Damage)>> {
    let one = prop_oneof![
        Just(Damage::Dropped),
        Just(Damage::Null),
        Just(Damage::Renamed),
        Just(Damage::Added),
        Just(Damage::Emptied),
    ];
    prop::collection::vec((0..10_000_usize, one), 1..12)
}

/// Every object of a body, in the order in which it is met, as pointers.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            for (name, inner) in fields {
                objects(inner, &format!("{at}/{}", name.replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                objects(inner, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn damaged(mut body: Value, damages: &[(usize, Damage)]) -> Value {
    for (place, damage) in damages {
        let mut found = Vec::new();
        objects(&body, "", &mut found);
        let Some(fields) = found
            .get(place % found.len().max(1))
            .and_then(|at| body.pointer_mut(at)?.as_object_mut())
        else {
            continue;
        };
        let name = fields.keys().nth(place / 7 % fields.len().max(1)).cloned();
        let Some(name) = name else { continue };
        match damage {
            Damage::Dropped => drop(fields.remove(&name)),
            Damage::Null => drop(fields.insert(name, Value::Null)),
            Damage::Renamed => {
                let value = fields.remove(&name).unwrap_or_default();
                fields.insert(format!("{name}_v2"), value);
            }
            Damage::Added => drop(fields.insert(format!("new_{place}"), json!([place]))),
            Damage::Emptied => drop(fields.insert(name, json!(""))),
        }
    }
    body
}

/// The words that stand in a body as state of an execution, by the execution's id.
fn running_in(body: &Value) -> Vec<String> {
    let word = |status: &Value, field: &str| {
        let state = &status[field];
        let word = state.as_str().or(state["state_type"].as_str());
        word.unwrap_or_default() == "running"
    };
    let items = body["items"].as_array().into_iter().flatten();
    items
        .filter(|item| {
            let status = &item["status"];
            word(status, "observed_state") || word(status, "compute_state")
        })
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime
        .unwrap_or_else(|error| panic!("{error}"))
        .block_on(future)
}

fn understood<T>(read: std::result::Result<T, ApiError>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(ApiError::Malformed { .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_an_execution_run(generation in 0..3_usize, damages in damage()) {
        let body = fixture(GENERATIONS[generation], "executions").map_err(|e| TestCaseError::fail(e.to_string()))?;
        let body = damaged(body, &damages);
        let wanted = running_in(&body);
        let read = block_on(Server::with(body.clone()).executions(None));
        for execution in understood(read).unwrap_or_default() {
            let runs = execution.observed == Some(ExecutionState::Running);
            prop_assert!(!runs || wanted.contains(&execution.id.0), "{execution:?} of {body}");
        }
    }

    #[test]
    fn no_damage_connects_a_node_or_panics(generation in 0..3_usize, damages in damage()) {
        let generation = GENERATIONS[generation];
        let fixture = |name| fixture(generation, name).map_err(|e| TestCaseError::fail(e.to_string()));
        let body = damaged(fixture("nodes")?, &damages);
        let read = block_on(Server::with(body.clone()).nodes());
        for node in understood(read).unwrap_or_default() {
            let items = body["items"].as_array().into_iter().flatten();
            let said = items.into_iter().any(|item| {
                let state = &item["status"]["connection_state"];
                item["id"] == node.id.0.as_str() && (state == "connected" || state["state_type"] == "connected")
            });
            prop_assert!(node.state != Some(NodeState::Connected) || said, "{node:?} of {body}");
        }
        let jobs = damaged(fixture("jobs")?, &damages);
        understood(block_on(Server::with(jobs).jobs()));
        let job = damaged(fixture("job")?, &damages);
        understood(block_on(Server::with(job).job(&id())));
        let evaluations = damaged(fixture("evaluations")?, &damages);
        understood(block_on(Server::with(evaluations).evaluations(&id())));
        let history = damaged(fixture("history")?, &damages);
        understood(block_on(Server::with(history).history(&ExecutionId("x".to_owned()))));
    }
}
