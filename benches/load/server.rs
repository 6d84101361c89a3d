//! A large deployment: pages made beforehand, served over loopback.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The argument that makes this program the server.
pub(crate) const ARGUMENT: &str = "--serve";
pub(crate) const NODES: usize = 1_000;
pub(crate) const EXECUTIONS: usize = 10_000;
pub(crate) const JOB: &str = "3a1e0c52-0000-4000-8000-000000000001";

/// An observed state, as it stands in an execution's text, before and after the change.
const PENDING: &str = r#""observed_state":{"message":"","state_type":"pending"}"#;
const RUNNING: &str = r#""observed_state":{"message":"","state_type":"running"}"#;

/// The API's largest page.
const PAGE: usize = 1_000;
const NOW: &str = "2026-01-01T00:00:00.000Z";

struct World {
    nodes: Vec<u8>,
    /// Each as text: a page is of any size, and only put together.
    executions: Vec<String>,
    /// When the executions that are pending begin to run.
    flip: Mutex<Option<Instant>>,
}

type Shared = State<Arc<World>>;

/// Serves until stdin ends; prints the port.
pub(crate) fn serve() -> ExitCode {
    std::thread::spawn(|| {
        // The parent is gone when it ends.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::abort();
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime.map(|runtime| runtime.block_on(listen()));
    match served {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) | Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn listen() -> std::io::Result<()> {
    let world = Arc::new(World {
        nodes: page(&(0..NODES).map(node).collect::<Vec<_>>(), ""),
        executions: (0..EXECUTIONS)
            .map(|number| execution(number).to_string())
            .collect(),
        flip: Mutex::default(),
    });
    let app = Router::new()
        .route("/api/v1/nodes", get(nodes))
        .route("/api/v1/status", get(|| async { Json(json!({})) }))
        .route(
            "/api/v1/jobs",
            get(|| async { Json(json!({ "items": [] })) }),
        )
        .route("/api/v1/jobs", put(deploy))
        .route(
            "/api/v1/jobs/{id}",
            get(job).delete(|| async { Json(json!({})) }),
        )
        .route("/api/v1/jobs/{id}/executions", get(executions))
        .route(
            "/api/v1/jobs/{id}/evaluations",
            get(|| async { Json(json!({ "items": [] })) }),
        )
        .route(
            "/api/v1/executions",
            get(|| async { Json(json!({ "items": [] })) }),
        )
        .route("/api/v1/flip/{delay}", get(flip_after))
        .with_state(world);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", listener.local_addr()?.port())?;
    stdout.flush()?;
    axum::serve(listener, app).await
}

fn page(items: &[Value], next: &str) -> Vec<u8> {
    json!({ "items": items, "next_token": next })
        .to_string()
        .into_bytes()
}

fn node(number: usize) -> Value {
    let name = format!("edge{}", number + 1);
    json!({ "id": format!("node-{number}"),
        "spec": { "name": name, "hostname": name, "os": "linux", "arch": "amd64", "agent_version": "v2.1.22", "labels": { "site": "a" } },
        "status": { "connection_state": "connected", "connected_since": NOW, "last_heartbeat": NOW, "created_at": NOW, "updated_at": NOW, "revision": 1 } })
}

/// An execution with a copy of its job's specification, as the API has it: about 1.3 kB.
fn execution(number: usize) -> Value {
    let mapping = "root.message = \"a pipeline of some length\" ".repeat(12);
    let spec = json!({ "name": "late", "type": "pipeline", "namespace": "default", "priority": 50, "config": { "input": { "generate": { "interval": "5s", "mapping": mapping } }, "output": { "stdout": { "codec": "lines" } } } });
    json!({ "id": format!("9c77e1d0-0000-4000-8000-{number:012}"), "job_id": JOB, "job_version": 1, "job_type": "pipeline", "job_spec": spec,
        "node_id": format!("node-{}", number % NODES), "eval_id": "e1", "namespace": "default",
        "status": { "desired_state": { "state_type": "running", "message": "" }, "observed_state": { "state_type": if number < 2 { "pending" } else { "completed" }, "message": "" },
            "revision": 3, "created_at": NOW, "updated_at": NOW } })
}

fn bytes(body: Vec<u8>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], body)
}

async fn nodes(State(world): Shared) -> impl IntoResponse {
    bytes(world.nodes.clone())
}

async fn job(Path(id): Path<String>) -> Json<Value> {
    let status = json!({ "state": { "state_type": "deploying" }, "version": 1, "revision": 1 });
    Json(json!({ "job": { "id": id, "spec": { "name": "late" }, "status": status } }))
}

async fn deploy(Json(body): Json<Value>) -> Json<Value> {
    let status = json!({ "state": { "state_type": "pending" }, "version": 1 });
    Json(json!({ "job": { "id": JOB, "spec": body["spec"], "status": status }, "created": true }))
}

#[derive(serde::Deserialize)]
struct Paging {
    limit: Option<usize>,
    next_token: Option<usize>,
}

async fn executions(State(world): Shared, Query(paging): Query<Paging>) -> impl IntoResponse {
    let limit = paging.limit.unwrap_or(PAGE).min(PAGE);
    let from = paging.next_token.unwrap_or(0).min(EXECUTIONS);
    let until = (from + limit).min(EXECUTIONS);
    let mut items = world.executions[from..until].join(",");
    let flip = *world
        .flip
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if from == 0 && flip.is_some_and(|at| Instant::now() >= at) {
        items = items.replace(PENDING, RUNNING);
    }
    let next = if until < EXECUTIONS {
        until.to_string()
    } else {
        String::new()
    };
    bytes(format!(r#"{{"items":[{items}],"next_token":"{next}"}}"#).into_bytes())
}

/// From then on they run; the answer is when that is, in milliseconds since the epoch.
async fn flip_after(State(world): Shared, Path(delay): Path<u64>) -> Json<Value> {
    let delay = Duration::from_millis(delay);
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        + delay;
    let at = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    let flip = Some(Instant::now() + delay);
    *world
        .flip
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = flip;
    Json(json!({ "at": at }))
}
