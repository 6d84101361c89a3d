//! The client of the orchestrator's API over any [`Transport`]: which addresses to ask, page by page.
//!
//! What the answers look like is the business of the codec (`wire`), one request with its retries and
//! refusals that of `call`, and how it travels that of the transport.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::call::Call;
use super::model::{
    Deployed, Evaluation, Execution, ExecutionId, Job, JobId, JobState, Node, NodeId, Status,
    Transition,
};
use super::transport::{Method, Request, Response, Transport};
use super::wire::{self, Wire};
use super::{ApiError, Orchestrator};

/// The API's maximum; fewer round trips per reading.
const PAGE_SIZE: u32 = 1000;
/// A list of a million records is a server that never ends.
const MAX_PAGES: usize = 1000;

/// The orchestrator's API over a transport.
#[derive(Debug)]
pub struct Client<T> {
    transport: T,
}

impl<T: Transport> Client<T> {
    /// A client over this transport.
    pub const fn new(transport: T) -> Self {
        Self { transport }
    }

    /// The transport's base URL, for messages.
    pub fn base(&self) -> &str {
        self.transport.base()
    }

    /// Whether somebody answers `GET /health` with success.
    pub async fn health(&self) -> Result<(), ApiError> {
        let call = self.get("/health".to_owned());
        let response = call.send().await?;
        call.accept(&response)
    }

    fn get(&self, path_and_query: String) -> Call<'_, T> {
        self.call(Method::Get, path_and_query, None)
    }

    fn call(&self, method: Method, path_and_query: String, body: Option<Value>) -> Call<'_, T> {
        Call {
            transport: &self.transport,
            request: Request {
                method,
                path_and_query,
                body,
            },
        }
    }

    /// Reads every page of a list; `None` where the server has no such list (404 on the first page).
    ///
    /// A list that changes between two pages may show a record on both: it is taken once, as it was
    /// seen last.
    async fn list<R: Wire>(&self, path: &str) -> Result<Option<Vec<R>>, ApiError> {
        let mut records: Vec<R> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut query = format!("{path}?limit={PAGE_SIZE}");
        for page_number in 0..MAX_PAGES {
            let call = self.get(query);
            let response = call.send().await?;
            if page_number == 0 && response.status == 404 {
                return Ok(None);
            }
            call.accept(&response)?;
            let page: wire::Page = call.decode(&response)?;
            let items = page.items.unwrap_or_default();
            let last = items.is_empty();
            for item in items {
                let key = item.get(R::KEY).filter(|key| !key.is_null());
                let key = key.map(Value::to_string);
                let record = wire::record(item).map_err(|reason| call.malformed(reason))?;
                let place = key.map(|key| *places.entry(key).or_insert(records.len()));
                match place.and_then(|place| records.get_mut(place)) {
                    Some(earlier) => *earlier = record,
                    None => records.push(record),
                }
            }
            let token = page.next_token.filter(|token| !token.is_empty());
            let Some(token) = token.filter(|_| !last) else {
                return Ok(Some(records));
            };
            query = format!("{path}?limit={PAGE_SIZE}&next_token={}", encoded(&token));
            if !seen.insert(token) {
                return Err(call.malformed("it names a next page that was read already".to_owned()));
            }
        }
        Err(self
            .get(path.to_owned())
            .malformed(format!("the list has more than {MAX_PAGES} pages")))
    }

    /// Deletes by force; what is gone already is no error.
    async fn delete(&self, path: String, reason: &str) -> Result<(), ApiError> {
        let body = json!({ "force": true, "reason": reason });
        self.call(Method::Delete, path, Some(body)).found().await?;
        Ok(())
    }

    /// Reads a list that every server has.
    async fn required_list<R: Wire>(&self, path: &str) -> Result<Vec<R>, ApiError> {
        let list = self.list(path).await?;
        list.ok_or_else(|| {
            self.get(path.to_owned()).refused(&Response {
                status: 404,
                ..Response::default()
            })
        })
    }
}

impl<T: Transport> Orchestrator for Client<T> {
    async fn status(&self) -> Result<Option<Status>, ApiError> {
        let call = self.get("/status".to_owned());
        let found = call.found().await?;
        found
            .map(|response| Ok(wire::status(&call.decode(&response)?)))
            .transpose()
    }

    async fn nodes(&self) -> Result<Vec<Node>, ApiError> {
        self.required_list("/nodes").await
    }

    async fn jobs(&self) -> Result<Vec<Job>, ApiError> {
        let mut jobs: Vec<Job> = self.required_list("/jobs").await?;
        jobs.retain(|job| job.state != Some(JobState::Deleted));
        Ok(jobs)
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, ApiError> {
        let call = self.get(format!("/jobs/{}", encoded(&id.0)));
        let found = call.found().await?;
        found.map(|response| call.single(&response)).transpose()
    }

    async fn executions(&self, job: Option<&JobId>) -> Result<Vec<Execution>, ApiError> {
        match job {
            Some(id) => {
                let path = format!("/jobs/{}/executions", encoded(&id.0));
                self.required_list(&path).await
            }
            None => self.required_list("/executions").await,
        }
    }

    async fn evaluations(&self, job: &JobId) -> Result<Option<Vec<Evaluation>>, ApiError> {
        let path = format!("/jobs/{}/evaluations", encoded(&job.0));
        self.list(&path).await
    }

    async fn history(&self, execution: &ExecutionId) -> Result<Option<Vec<Transition>>, ApiError> {
        let path = format!("/executions/{}/history", encoded(&execution.0));
        Ok(self.list(&path).await?.map(wire::changes))
    }

    async fn put_job(&self, spec: &Value) -> Result<Deployed, ApiError> {
        let body = json!({ "spec": spec });
        let call = self.call(Method::Put, "/jobs".to_owned(), Some(body));
        let response = call.send().await?;
        if response.status == 422 {
            return Ok(Deployed::Unchanged);
        }
        call.accept(&response)?;
        let answer: wire::PutAnswer = call.decode(&response)?;
        Ok(Deployed::Accepted {
            job: call.single(&response)?,
            created: answer.created.unwrap_or(response.status == 201),
            warnings: answer.warnings.unwrap_or_default(),
        })
    }

    async fn stop_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        let path = format!("/jobs/{}/stop", encoded(&id.0));
        let call = self.call(Method::Post, path, Some(json!({ "reason": reason })));
        call.accept(&call.send().await?)
    }

    async fn delete_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        self.delete(format!("/jobs/{}", encoded(&id.0)), reason)
            .await
    }

    async fn delete_node(&self, id: &NodeId, reason: &str) -> Result<(), ApiError> {
        self.delete(format!("/nodes/{}", encoded(&id.0)), reason)
            .await
    }
}

/// Percent-encodes everything that RFC 3986 does not call unreserved: ids and tokens come from the server.
fn encoded(text: &str) -> String {
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
