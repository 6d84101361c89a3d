//! One job that runs nowhere, to see what the server says to writes. Deleted again, whatever happens.

use serde::Serialize;
use serde_json::{Value, json};

use super::ask::{Answer, Answers, came, one};
use crate::api::Orchestrator;
use crate::api::client::{Client, encoded};
use crate::api::model::JobId;
use crate::api::transport::{Method, Transport};
use crate::engine::stop::Stop;
use crate::target::RUN_LABEL;

/// What came of it: the status of each write.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Trial {
    /// What was tried, and the status that came.
    pub(super) writes: Vec<(&'static str, String)>,
    /// What a delete without force of a job that was not stopped is refused with.
    pub(super) conflict: String,
    /// What is left of it, and how to get rid of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) left: Option<String>,
}

/// Deploys, changes nothing, deploys what is no job, previews, stops and deletes.
/// What can be read of it fills the gaps in `answers`.
pub(super) async fn attempt<T: Transport>(
    client: &Client<T>,
    id: &str,
    stop: &mut Stop,
    answers: &mut Answers,
) -> Trial {
    let mut trial = Trial::default();
    let mut job = None;
    tokio::select! {
        biased;
        _ = stop.next() => {}
        () = write_all(client, id, &mut trial, &mut job, answers) => {}
    }
    // Also where it was interrupted, and the deploy may have gone through unheard.
    let name = name(id);
    let jobs = client.jobs_named(&name).await.unwrap_or_default();
    let mut ours: Vec<JobId> = jobs.into_iter().map(|job| job.id).collect();
    ours.extend(job.filter(|id| !ours.contains(id)));
    for id in ours {
        if let Err(error) = client
            .delete_job(&id, "rejoin doctor --contract is over")
            .await
        {
            trial.left = Some(format!(
                "job {name} ({id}) could not be deleted: {error}; expanso-cli job delete {id} --yes --force"
            ));
        }
    }
    trial
}

fn name(id: &str) -> String {
    format!("rejoin-contract-{id}")
}

async fn write_all<T: Transport>(
    client: &Client<T>,
    id: &str,
    trial: &mut Trial,
    job: &mut Option<JobId>,
    answers: &mut Answers,
) {
    let config = json!({ "input": { "generate": { "interval": "5s", "mapping": "root.message = \"x\"" } }, "output": { "stdout": {} } });
    let labels = json!({ RUN_LABEL: id, "rejoin.contract": id });
    // No node carries the label, so nothing runs anywhere.
    let selector = json!({ "match_labels": { "rejoin.contract": id } });
    let spec = json!({ "name": name(id), "type": "pipeline", "labels": labels, "selector": selector, "config": config });
    let mut write = async |what: &'static str, method: Method, path: &str, body: Value| {
        let answer = client.raw_write(method, path, body).await;
        let answer = came(answer);
        trial.writes.push((what, words(&answer)));
        answer
    };
    let whole = json!({ "spec": spec });
    write(
        "dry run",
        Method::Put,
        "/jobs",
        json!({ "spec": spec, "dry_run": true }),
    )
    .await;
    let stored = write("deploy", Method::Put, "/jobs", whole.clone()).await;
    let stored = stored
        .json()
        .and_then(|it| it.pointer("/job/id").or(it.get("id")));
    let Some(stored) = stored.and_then(Value::as_str) else {
        return;
    };
    *job = Some(JobId(stored.to_owned()));
    let path = format!("/jobs/{}", encoded(stored));
    read(client, &path, &name(id), answers).await;
    write(
        "deploy again, unchanged",
        Method::Put,
        "/jobs",
        whole.clone(),
    )
    .await;
    write(
        "deploy without a name",
        Method::Put,
        "/jobs",
        json!({ "spec": {} }),
    )
    .await;
    write(
        "preview at /jobs/-/diff",
        Method::Put,
        "/jobs/-/diff",
        whole.clone(),
    )
    .await;
    write("preview at /jobs/diff", Method::Put, "/jobs/diff", whole).await;
    let refused = write("delete without force", Method::Delete, &path, json!({})).await;
    write("stop", Method::Post, &format!("{path}/stop"), json!({})).await;
    write("delete", Method::Delete, &path, json!({ "force": true })).await;
    trial.conflict = words(&refused);
}

/// Reads what there is of the job, where no other job could be asked for it.
async fn read<T: Transport>(client: &Client<T>, path: &str, name: &str, answers: &mut Answers) {
    for (address, of_job) in [
        ("/jobs/{id}", path.to_owned()),
        ("/jobs/{name}", format!("/jobs/{}", encoded(name))),
        ("/jobs/{id}/versions", format!("{path}/versions")),
        ("/jobs/{id}/history", format!("{path}/history")),
        ("/jobs/{id}/executions", format!("{path}/executions")),
        ("/jobs/{id}/evaluations", format!("{path}/evaluations")),
    ] {
        if !answers.contains_key(address) {
            answers.insert(address, one(client, &of_job).await);
        }
    }
    let jobs = answers.get("/jobs").map_or(&[][..], Answer::items);
    if jobs.is_empty() {
        answers.insert("/jobs", one(client, "/jobs?limit=50").await);
    }
}

fn words(answer: &Answer) -> String {
    match answer {
        Answer::None => "no answer".to_owned(),
        Answer::Came(status, Some(Value::Object(fields)), _) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("{status} ({})", names.join(", "))
        }
        Answer::Came(status, ..) => format!("{status}, no JSON object"),
    }
}
