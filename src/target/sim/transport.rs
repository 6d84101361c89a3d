//! The simulation's transport: the stand-in's own routes, called in memory.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use standin::sim::{ORCHESTRATOR, World};
use tower::ServiceExt;

use super::shapes::state;
use crate::api::transport::{Request, Response, Transport, TransportError};
use crate::fault::RunState;

/// A request takes this long, so that a loop of requests cannot stop virtual time.
const LATENCY: Duration = Duration::from_millis(1);
/// As long as a client on a network waits for a process that is frozen.
const TIMEOUT: Duration = Duration::from_secs(15);
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Requests to the API of one of the stand-in's processes, called in memory.
#[derive(Debug)]
pub struct SimTransport {
    world: World,
    router: Router,
    container: String,
    base: String,
}

impl SimTransport {
    /// To the orchestrator.
    pub(super) fn to_orchestrator(world: World) -> Self {
        let router = standin::router::orchestrator(world.orchestrator_host(), None);
        Self::to(world, router, ORCHESTRATOR)
    }

    /// To the edge in the container of this name.
    pub(super) fn to_edge(world: World, container: &str) -> Self {
        let router = standin::router::edge(world.edge_host(container));
        Self::to(world, router, container)
    }

    fn to(world: World, router: Router, container: &str) -> Self {
        Self {
            world,
            router,
            container: container.to_owned(),
            base: format!("sim://{container}/api/v1"),
        }
    }
}

impl Transport for SimTransport {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        tokio::time::sleep(LATENCY).await;
        let unreachable = |reason: &str| Err(TransportError::Unreachable(reason.to_owned()));
        match state(&self.world, &self.container) {
            Some(RunState::Running) => {}
            Some(RunState::Paused) => {
                tokio::time::sleep(TIMEOUT).await;
                return unreachable("no answer within 15 s");
            }
            Some(RunState::Exited) | None => {
                let container = &self.container;
                let reason = format!("connection refused; {container} does not run");
                return Err(TransportError::NotSent(reason));
            }
        }
        let unusable = |error: &dyn std::fmt::Display| TransportError::Unusable(error.to_string());
        let mut builder = axum::http::Request::builder()
            .method(request.method.as_str())
            .uri(format!("/api/v1{}", request.path_and_query));
        let body = match request.body {
            Some(body) => {
                builder = builder.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let asked = builder.body(body).map_err(|error| unusable(&error))?;
        let answer = self
            .router
            .clone()
            .oneshot(asked)
            .await
            .map_err(|error| unusable(&error))?;
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), BODY_LIMIT)
            .await
            .map_err(|error| unusable(&error))?;
        Ok(Response {
            status,
            body: body.to_vec(),
            ..Response::default()
        })
    }

    fn base(&self) -> &str {
        &self.base
    }
}
