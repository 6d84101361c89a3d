//! How the server is asked: pages, refusals, repetitions.

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::model::{Deployed, JobState, NodeId};
use serde_json::json;

use crate::Result;
use crate::canned::{answer, canned, job};

#[tokio::test]
async fn every_page_is_read_and_a_list_without_end_is_an_error() -> Result {
    let page =
        |id: &str, next: &str| answer(200, &json!({ "items": [{ "id": id }], "next_token": next }));
    let server = canned([page("a", "t&1="), page("b", "t2"), page("c", "")]);
    assert_eq!(Client::new(&server).nodes().await?.len(), 3);
    assert_eq!(
        server.paths()[1],
        "GET /nodes?limit=1000&next_token=t%261%3D"
    );

    let server = canned([page("a", "t"), page("b", "t")]);
    let error = Client::new(&server)
        .nodes()
        .await
        .err()
        .ok_or("a repeated token was followed")?;
    assert!(error.to_string().contains("read already"), "{error}");

    let server = canned((0..1001).map(|n| page("a", &n.to_string())));
    let error = Client::new(&server)
        .nodes()
        .await
        .err()
        .ok_or("1001 pages were read")?;
    assert!(error.to_string().contains("1000 pages"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_record_on_two_pages_is_one_as_seen_last() -> Result {
    let node = |id: &str, name: &str| json!({ "id": id, "spec": { "name": name } });
    let server = canned([
        answer(
            200,
            &json!({ "items": [node("a", "1"), node("b", "1")], "next_token": "t" }),
        ),
        answer(200, &json!({ "items": [node("b", "2"), node("c", "2")] })),
    ]);
    let nodes = Client::new(&server).nodes().await?;
    let names: Vec<_> = nodes
        .iter()
        .filter_map(|node| node.name.as_deref())
        .collect();
    assert_eq!(names, ["1", "2", "2"]);
    Ok(())
}

#[tokio::test]
async fn no_two_lists_are_asked_for_under_one_address() -> Result {
    let page = || answer(200, &json!({ "items": [], "next_token": "" }));
    let server = canned([page(), page(), page()]);
    let client = Client::new(&server);
    client.nodes().await?;
    client.nodes().await?;
    client.executions(None).await?;
    assert_eq!(
        server.paths(),
        [
            "GET /nodes?limit=1000",
            "GET /nodes?limit=999",
            "GET /executions?limit=998"
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_job_is_found_by_exactly_its_name() -> Result {
    let job = |id: &str, name: &str, state: &str| json!({ "id": id, "spec": { "name": name }, "status": { "state": { "state_type": state } } });
    let items = json!([
        job("1", "late", "deleted"),
        job("2", "late", "running"),
        job("3", "late-again", "running")
    ]);
    let server = canned([answer(200, &json!({ "items": items }))]);
    let jobs = Client::new(&server).jobs_named("late").await?;
    let ids: Vec<_> = jobs.iter().map(|job| job.id.0.as_str()).collect();
    assert_eq!(ids, ["2"]);
    assert_eq!(server.paths(), ["GET /jobs?prefix=late&limit=1000"]);
    Ok(())
}

#[tokio::test]
async fn a_deploy_is_accepted_unchanged_or_refused() -> Result {
    let stored = json!({ "job": { "id": "j", "spec": { "name": "late" }, "status": { "state": { "state_type": "pending" }, "version": 2 } }, "warnings": ["w"] });
    let server = canned([answer(201, &stored)]);
    let deployed = Client::new(&server)
        .put_job(&json!({ "name": "late" }))
        .await?;
    let Deployed::Accepted {
        job,
        created,
        warnings,
    } = deployed
    else {
        return Err("not accepted".into());
    };
    assert_eq!(
        (job.state, job.version, created, warnings.as_slice()),
        (
            Some(JobState::Pending),
            Some(2),
            true,
            &["w".to_owned()][..]
        )
    );
    assert_eq!(
        server.asked.borrow()[0].body,
        Some(json!({ "spec": { "name": "late" } }))
    );

    let server = canned([answer(422, &json!({ "code": "NO_CHANGES_DETECTED" }))]);
    assert_eq!(
        Client::new(&server).put_job(&json!({})).await?,
        Deployed::Unchanged
    );

    let refusals = [
        (
            answer(400, &json!({ "message": "no name", "code": "BAD" })),
            "400 no name",
        ),
        (answer(409, &json!({ "Message": "not now" })), "409 not now"),
    ];
    for (refusal, words) in refusals {
        let server = canned([refusal]);
        let error = Client::new(&server)
            .put_job(&json!({}))
            .await
            .err()
            .ok_or("accepted")?;
        assert_eq!(
            error.to_string(),
            format!("PUT canned:/api/v1/jobs: {words}")
        );
        assert_eq!(server.paths().len(), 1, "a refusal is final");
    }
    Ok(())
}

#[tokio::test]
async fn jobs_and_nodes_are_deleted_by_force_and_with_a_reason() -> Result {
    let server = canned([answer(200, &json!({})), answer(200, &json!({}))]);
    let node = NodeId("n/1".to_owned());
    Client::new(&server).delete_job(&job(), "over").await?;
    Client::new(&server).delete_node(&node, "over").await?;
    assert_eq!(
        server.paths(),
        ["DELETE /jobs/j%2F1", "DELETE /nodes/n%2F1"]
    );
    for request in server.asked.borrow().iter() {
        let body = json!({ "force": true, "reason": "over" });
        assert_eq!(request.body, Some(body));
    }
    let refusal = answer(409, &json!({ "message": "it is connected" }));
    let server = canned([refusal]);
    let error = Client::new(&server).delete_node(&node, "over").await.err();
    let error = error.ok_or("deleted")?.to_string();
    assert_eq!(
        error,
        "DELETE canned:/api/v1/nodes/n%2F1: 409 it is connected"
    );
    assert_eq!(server.paths().len(), 1, "a refusal is final");
    Ok(())
}

#[tokio::test]
async fn not_found_is_no_error_where_that_is_an_answer() -> Result {
    let not_found = || canned([answer(404, &json!({ "message": "not found" }))]);
    assert_eq!(Client::new(&not_found()).job(&job()).await?, None);
    assert_eq!(Client::new(&not_found()).status().await?, None);
    assert_eq!(Client::new(&not_found()).evaluations(&job()).await?, None);
    Client::new(&not_found()).delete_job(&job(), "test").await?;
    let node = NodeId("n".to_owned());
    Client::new(&not_found()).delete_node(&node, "test").await?;
    assert!(Client::new(&not_found()).nodes().await.is_err());
    assert!(
        Client::new(&not_found())
            .stop_job(&job(), "test")
            .await
            .is_err()
    );
    Ok(())
}
