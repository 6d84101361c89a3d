//! The client of the orchestrator's API over any [`Transport`]: which addresses to ask, page by page.
//!
//! What the answers look like is the business of the codec (`wire`), one request with its retries and
//! refusals that of `call`, a deploy that of `deploy`, how many requests there may be that of `throttle`,
//! and how one travels that of the transport.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::call::{self, Call, Written};
use super::model::{
    Deployed, Evaluation, Execution, ExecutionId, Job, JobId, JobState, Node, NodeId, Rerun,
    Status, Transition,
};
use super::retry::Patience;
use super::throttle::{Throttle, Traffic};
use super::transport::{Method, Request, Response, Transport};
use super::wire::{self, Wire};
use super::{ApiError, Orchestrator};

/// The API's maximum; fewer round trips per reading.
const PAGE_SIZE: u32 = 1000;
/// Two lists asked for one after the other never have the same address, since the size of their pages
/// differs: a cache in between has no old answer to give. The sizes come round again after so many.
const SIZES: u32 = 500;
/// A list of half a million records is a server that never ends.
const MAX_PAGES: usize = 1000;

/// The orchestrator's API over a transport.
#[derive(Debug)]
pub struct Client<T> {
    transport: T,
    patience: Patience,
    throttle: Throttle,
    lists: Cell<u32>,
}

impl<T: Transport> Client<T> {
    /// A client over this transport.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            patience: Patience::new(),
            throttle: Throttle::default(),
            lists: Cell::new(0),
        }
    }

    /// The same with the patience that fits a deployment with this heartbeat.
    #[must_use]
    pub fn with_heartbeat(self, heartbeat: Duration) -> Self {
        Self {
            patience: Patience::of_heartbeat(heartbeat),
            ..self
        }
    }

    /// The same with at most so many requests in any one second.
    #[must_use]
    pub fn at_most(self, per_second: usize) -> Self {
        Self {
            throttle: Throttle::at_most(per_second),
            ..self
        }
    }

    /// The transport's base URL, for messages.
    pub fn base(&self) -> &str {
        self.transport.base()
    }

    /// Whether somebody answers `GET /health` with success; the body says nothing.
    pub async fn health(&self) -> Result<(), ApiError> {
        self.get("/health".to_owned()).read(|_| Ok(())).await
    }

    /// One `GET` as it stands, sent once: whatever is answered is the answer. For who asks what a server
    /// is like, not what it says.
    pub async fn raw(&self, path_and_query: &str) -> Result<Response, ApiError> {
        self.get(path_and_query.to_owned()).as_it_is().await
    }

    /// The same of a write; for jobs that nobody else may have.
    pub async fn raw_write(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<Response, ApiError> {
        self.call(method, path.to_owned(), Some(body))
            .as_it_is()
            .await
    }

    pub(super) fn get(&self, path_and_query: String) -> Call<'_, T> {
        self.call(Method::Get, path_and_query, None)
    }

    pub(super) fn call(
        &self,
        method: Method,
        path_and_query: String,
        body: Option<Value>,
    ) -> Call<'_, T> {
        Call {
            transport: &self.transport,
            patience: &self.patience,
            throttle: &self.throttle,
            request: Request {
                method,
                path_and_query,
                body,
            },
        }
    }

    /// Reads every page of a list; `None` where the server has no such list (404 on the first page). The
    /// query is the list's own, without those of paging.
    ///
    /// A list that changes between two pages may show a record on both: it is taken once, as it was
    /// seen last.
    async fn list<R: Wire>(&self, path: &str, query: &str) -> Result<Option<Vec<R>>, ApiError> {
        let mut records: Vec<R> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let first = format!("{path}?{query}limit={}", self.page_size());
        let mut address = first.clone();
        for page_number in 0..MAX_PAGES {
            let call = self.get(address);
            let page = match call.found(call::page::<R>).await? {
                Some(page) => page,
                None if page_number == 0 => return Ok(None),
                None => return Err(call.malformed("its next page is not there".to_owned())),
            };
            for record in page.records {
                let key = record.key().map(std::borrow::Cow::into_owned);
                let place = key.map(|key| *places.entry(key).or_insert(records.len()));
                match place.and_then(|place| records.get_mut(place)) {
                    Some(earlier) => *earlier = record,
                    None => records.push(record),
                }
            }
            let Some(token) = page.next else {
                return Ok(Some(records));
            };
            address = format!("{first}&next_token={}", encoded(&token));
            if !seen.insert(token) {
                return Err(call.malformed("it names a next page that was read already".to_owned()));
            }
        }
        Err(self
            .get(path.to_owned())
            .malformed(format!("the list has more than {MAX_PAGES} pages")))
    }

    fn page_size(&self) -> u32 {
        let number = self.lists.get();
        self.lists.set((number + 1) % SIZES);
        PAGE_SIZE - number
    }

    /// Every job whose name begins like this, deleted ones included.
    pub(super) async fn named<R: Wire>(&self, name: &str) -> Result<Vec<R>, ApiError> {
        let query = format!("prefix={}&", encoded(name));
        self.required(self.list("/jobs", &query).await?, "/jobs")
    }

    /// A list that every server has.
    fn required<V>(&self, found: Option<V>, path: &str) -> Result<V, ApiError> {
        found.ok_or_else(|| self.get(path.to_owned()).not_found())
    }

    /// Sends a write that may be sent twice, because it asks for a state and not for a change; a server
    /// that knows of no such thing says 404, which is `None`.
    async fn insist(&self, call: Call<'_, T>) -> Result<Option<()>, ApiError> {
        let mut pauses = self.patience.pauses();
        loop {
            let error = match call.write().await? {
                Written::Answered(answer) if answer.status == 404 => return Ok(None),
                Written::Answered(answer) => return call.accept(&answer).map(Some),
                Written::Unclear(error) => error,
            };
            match pauses.next(None) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    /// Deletes by force; what is gone already is no error.
    async fn delete(&self, path: String, reason: &str) -> Result<(), ApiError> {
        let body = json!({ "force": true, "reason": reason });
        let call = self.call(Method::Delete, path, Some(body));
        self.insist(call).await.map(drop)
    }
}

impl<T: Transport> Orchestrator for Client<T> {
    async fn status(&self) -> Result<Option<Status>, ApiError> {
        let call = self.get("/status".to_owned());
        let read = |response: &_| Ok(wire::status(&call::json(response)?));
        call.found(read).await
    }

    async fn nodes(&self) -> Result<Vec<Node>, ApiError> {
        self.required(self.list("/nodes", "").await?, "/nodes")
    }

    async fn jobs(&self) -> Result<Vec<Job>, ApiError> {
        let mut jobs: Vec<Job> = self.required(self.list("/jobs", "").await?, "/jobs")?;
        jobs.retain(|job| job.state != Some(JobState::Deleted));
        Ok(jobs)
    }

    async fn jobs_named(&self, name: &str) -> Result<Vec<Job>, ApiError> {
        let mut jobs: Vec<Job> = self.named(name).await?;
        // A server that knows no `prefix` lists them all.
        jobs.retain(|job| job.name == name && job.state != Some(JobState::Deleted));
        Ok(jobs)
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, ApiError> {
        let call = self.get(format!("/jobs/{}", encoded(&id.0)));
        call.found(call::record).await
    }

    async fn executions(&self, job: Option<&JobId>) -> Result<Vec<Execution>, ApiError> {
        let path = match job {
            Some(id) => format!("/jobs/{}/executions", encoded(&id.0)),
            None => "/executions".to_owned(),
        };
        self.required(self.list(&path, "").await?, &path)
    }

    async fn evaluations(&self, job: &JobId) -> Result<Option<Vec<Evaluation>>, ApiError> {
        let path = format!("/jobs/{}/evaluations", encoded(&job.0));
        self.list(&path, "").await
    }

    async fn history(&self, execution: &ExecutionId) -> Result<Option<Vec<Transition>>, ApiError> {
        let path = format!("/executions/{}/history", encoded(&execution.0));
        Ok(self.list(&path, "").await?.map(wire::changes))
    }

    async fn put_job(&self, spec: &Value) -> Result<Deployed, ApiError> {
        self.deploy(spec).await
    }

    async fn rerun_job(&self, id: &JobId) -> Result<Rerun, ApiError> {
        self.rerun(id, format!("/jobs/{}/rerun", encoded(&id.0)))
            .await
    }

    async fn stop_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        let path = format!("/jobs/{}/stop", encoded(&id.0));
        let call = self.call(Method::Post, path, Some(json!({ "reason": reason })));
        let error = match call.write().await? {
            Written::Answered(answer) => return call.accept(&answer),
            Written::Unclear(error) => error,
        };
        if self.insist(call).await.is_ok() {
            return Ok(());
        }
        // Sent twice, the second may be refused because the first one happened.
        let stopped = |job: &Job| job.state == Some(JobState::Stopped);
        match self.job(id).await {
            Ok(Some(job)) if stopped(&job) => Ok(()),
            _ => Err(error),
        }
    }

    async fn delete_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        self.delete(format!("/jobs/{}", encoded(&id.0)), reason)
            .await
    }

    async fn delete_node(&self, id: &NodeId, reason: &str) -> Result<(), ApiError> {
        self.delete(format!("/nodes/{}", encoded(&id.0)), reason)
            .await
    }

    fn traffic(&self) -> Traffic {
        self.throttle.traffic()
    }
}

/// Percent-encodes everything that RFC 3986 does not call unreserved: ids and tokens come from the server.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
}
