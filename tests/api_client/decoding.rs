//! What the answers mean: generations of field names, nulls, words that are new.

use rejoin::api::client::Client;
use rejoin::api::model::{EvaluationState, ExecutionState, NodeState};
use rejoin::api::{ApiError, Orchestrator};
use serde_json::json;

use crate::Result;
use crate::canned::{answer, canned, job, raw};

#[tokio::test]
async fn every_generation_of_names_gives_the_same_execution() -> Result {
    let bodies = [
        // A: compute_state, complete.
        json!({ "id": "x", "job_id": "j", "node_id": "n", "deployment_id": "d",
            "status": { "desired_state": { "state_type": "running" }, "compute_state": { "state_type": "complete" } } }),
        // B and C: observed_state, completed; unknown fields are passed over.
        json!({ "id": "x", "job_id": "j", "node_id": "n", "identity": { "new": true },
            "status": { "desired_state": { "state_type": "running" }, "observed_state": { "state_type": "completed" }, "stable_at": null } }),
        // Both, as a server might in between: the newer name counts.
        json!({ "id": "x", "job_id": "j", "node_id": "n",
            "status": { "desired_state": { "state_type": "running" }, "observed_state": { "state_type": "completed" }, "compute_state": { "state_type": "running" } } }),
    ];
    for body in bodies {
        let server = canned([answer(200, &json!({ "items": [body] }))]);
        let executions = Client::new(&server).executions(Some(&job())).await?;
        assert_eq!(
            executions[0].observed,
            Some(ExecutionState::Completed),
            "{body}"
        );
        assert_eq!(executions[0].desired, Some(ExecutionState::Running));
        assert_eq!(server.paths(), ["GET /jobs/j%2F1/executions?limit=1000"]);
    }
    Ok(())
}

#[tokio::test]
async fn what_the_server_does_not_say_is_unknown_and_what_is_new_is_kept() -> Result {
    let items = json!([
        { "id": "a", "status": { "observed_state": { "state_type": "levitating", "message": "up" } } },
        { "id": "b", "status": { "observed_state": { "state_type": "" } } },
        { "id": "c", "status": null },
        { "id": "d" },
    ]);
    let server = canned([answer(200, &json!({ "items": items }))]);
    let executions = Client::new(&server).executions(None).await?;
    assert_eq!(
        executions[0].observed,
        Some(ExecutionState::Other("levitating".to_owned()))
    );
    assert_eq!(executions[0].message.as_deref(), Some("up"));
    for execution in &executions[1..] {
        assert_eq!(execution.observed, None, "no state is never `running`");
    }
    Ok(())
}

#[tokio::test]
async fn go_writes_null_for_what_is_empty() -> Result {
    for body in [
        json!({ "items": null }),
        json!({ "items": null, "next_token": null }),
        json!({}),
        json!({ "items": [], "next_token": "more" }),
    ] {
        let server = canned([answer(200, &body)]);
        assert_eq!(Client::new(&server).nodes().await?, [], "{body}");
    }
    let nulls = json!({ "items": [{ "id": "n", "spec": { "name": "edge", "labels": null }, "status": { "connection_state": "connected", "last_heartbeat": null } }] });
    let server = canned([answer(200, &nulls)]);
    let nodes = Client::new(&server).nodes().await?;
    assert_eq!(
        (nodes[0].state.clone(), nodes[0].last_heartbeat.clone()),
        (Some(NodeState::Connected), None)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_understood_says_what_came() -> Result {
    let nonsense = [
        (raw(200, b"<html>login</html>"), "<html>login</html>"),
        (answer(200, &json!([1])), "[1]"),
        (
            answer(200, &json!({ "items": [{ "spec": {} }] })),
            "a node without an id",
        ),
        (
            answer(200, &json!({ "items": [{ "id": 7 }] })),
            "invalid type",
        ),
    ];
    for (body, words) in nonsense {
        let server = canned(vec![body; 4]);
        let error = Client::new(&server)
            .nodes()
            .await
            .err()
            .ok_or("understood")?;
        assert!(
            matches!(error, ApiError::Malformed { .. }) && error.to_string().contains(words),
            "{error}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn jobs_evaluations_and_status_are_read() -> Result {
    let jobs = json!({ "items": [
        { "id": "1", "spec": { "name": "a", "labels": { "rejoin.run": "r" } }, "status": { "state": { "state_type": "deploying", "message": "waits" } } },
        { "id": "2", "spec": { "name": "a" }, "status": { "state": { "state_type": "deleted" } } },
    ] });
    let jobs = Client::new(&canned([answer(200, &jobs)])).jobs().await?;
    assert_eq!(jobs.len(), 1, "a deleted job is none");
    assert_eq!(
        (
            jobs[0].labels["rejoin.run"].as_str(),
            jobs[0].message.as_deref()
        ),
        ("r", Some("waits"))
    );

    let evaluations = json!({ "items": [{ "id": "e", "triggered_by": "node-join", "status": { "state": "complete" } }] });
    let evaluations = Client::new(&canned([answer(200, &evaluations)]))
        .evaluations(&job())
        .await?
        .unwrap_or_default();
    assert_eq!(
        (
            evaluations[0].trigger.as_str(),
            evaluations[0].state.clone()
        ),
        ("node-join", Some(EvaluationState::Complete))
    );

    let status = Client::new(&canned([answer(
        200,
        &json!({ "runtime": { "version": "v1" } }),
    )]))
    .status()
    .await?;
    assert_eq!(
        status.and_then(|status| status.version).as_deref(),
        Some("v1")
    );
    Ok(())
}
