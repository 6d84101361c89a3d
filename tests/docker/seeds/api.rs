//! What an orchestrator says, asked directly: the commands show it to people.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Result;

/// Longer than anything here takes on timing profile `default`: a batch, a housekeeping.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(200);

/// One API.
pub(crate) struct Api {
    http: reqwest::Client,
    base: String,
}

impl Api {
    pub(crate) fn new(endpoint: &str) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self {
            http,
            base: format!("{endpoint}/api/v1"),
        })
    }

    async fn items(&self, path: &str) -> Result<Vec<Value>> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?;
        let mut page: Value = answer.error_for_status()?.json().await?;
        match page["items"].take() {
            Value::Array(items) => Ok(items),
            other => Err(format!("{path}: {other}").into()),
        }
    }

    /// The names of the nodes that it calls connected, sorted.
    pub(crate) async fn connected(&self) -> Result<Vec<String>> {
        let nodes = self.items("/nodes").await?;
        let connected = |node: &&Value| node["status"]["connection_state"] == "connected";
        let mut names: Vec<String> = nodes
            .iter()
            .filter(connected)
            .map(|node| text(&node["spec"]["name"]))
            .collect();
        names.sort();
        Ok(names)
    }

    /// A job of this name.
    pub(crate) async fn job(&self, name: &str) -> Result<Value> {
        let jobs = self.items(&format!("/jobs?prefix={name}")).await?;
        let mut named = jobs.into_iter().filter(|job| job["spec"]["name"] == name);
        named.next().ok_or_else(|| format!("no job {name}").into())
    }

    /// The executions of a job.
    pub(crate) async fn executions(&self, job: &str) -> Result<Vec<Value>> {
        let id = text(&self.job(job).await?["id"]);
        self.items(&format!("/jobs/{id}/executions")).await
    }

    /// Desired and observed state of each execution of a job.
    pub(crate) async fn states(&self, job: &str) -> Result<Vec<String>> {
        let state =
            |execution: &Value, which: &str| text(&execution["status"][which]["state_type"]);
        let executions = self.executions(job).await?;
        let states = executions.iter().map(|execution| {
            let desired = state(execution, "desired_state");
            format!("{desired} {}", state(execution, "observed_state"))
        });
        Ok(states.collect())
    }

    /// What the UI does with a job file: `PUT /jobs`.
    pub(crate) async fn put(&self, file: &std::path::Path) -> Result {
        let spec: Value = serde_saphyr::from_str(&std::fs::read_to_string(file)?)?;
        let request = self.http.put(format!("{}/jobs", self.base));
        let answer = request.json(&json!({ "spec": spec })).send().await?;
        answer.error_for_status()?;
        Ok(())
    }
}

/// A text; empty where there is none.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Waits until `look` finds what was wanted; what it says else is the error. Polled: neither an API nor
/// a container's log of yesterday can be awaited.
pub(crate) async fn until(what: &str, mut look: impl AsyncFnMut() -> Result<bool>) -> Result {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = look().await;
        if matches!(found, Ok(true)) {
            return Ok(());
        }
        if Instant::now() > deadline {
            let why = found.err().map(|error| error.to_string());
            return Err(format!(
                "{what}: not within {PATIENCE:?}: {}",
                why.unwrap_or_default()
            )
            .into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
