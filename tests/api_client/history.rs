//! What executions went through, in every form that servers tell it.

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::model::{ExecutionId, ExecutionState, Transition};
use serde_json::{Value, json};

use crate::Result;
use crate::canned::{Canned, answer, canned};

fn execution() -> ExecutionId {
    ExecutionId("x/1".to_owned())
}

fn page(items: &Value) -> Canned {
    canned([answer(200, &json!({ "items": items, "next_token": "" }))])
}

/// The words of a history, `?` where the server said none.
async fn told(server: &Canned) -> Result<Vec<String>> {
    let history = Client::new(server).history(&execution()).await?;
    let word = |state: Option<ExecutionState>| state.map_or("?".to_owned(), |s| s.to_string());
    let words = |change: Transition| format!("{} > {}", word(change.from), word(change.to));
    let history = history.ok_or("no such history")?;
    Ok(history.into_iter().map(words).collect())
}

fn change(number: u64, from: &str, to: &str) -> Value {
    let details = json!({ "old_state": from, "new_state": to });
    json!({ "seq_num": number, "timestamp": "2026-01-01T00:00:00Z", "details": details })
}

#[tokio::test]
async fn the_oldest_change_comes_first_whichever_way_the_server_lists_them() -> Result {
    let oldest = [change(3, "", "pending"), change(9, "pending", "running")];
    let newest = [oldest[1].clone(), oldest[0].clone()];
    for items in [oldest, newest] {
        let server = page(&json!(items));
        assert_eq!(told(&server).await?, ["? > pending", "pending > running"]);
        assert_eq!(
            server.paths(),
            ["GET /executions/x%2F1/history?limit=1000"],
            "the id is encoded"
        );
    }
    Ok(())
}

#[tokio::test]
async fn without_numbers_the_order_is_the_servers() -> Result {
    let items = json!([
        { "details": { "new_state": "pending" } },
        { "details": { "old_state": "pending", "new_state": "starting" } },
        { "seq_num": null, "details": { "old_state": "starting", "new_state": "running" } },
        { "seq_num": null, "details": { "old_state": "running", "new_state": "failed" } },
    ]);
    let all = [
        "? > pending",
        "pending > starting",
        "starting > running",
        "running > failed",
    ];
    assert_eq!(told(&page(&items)).await?, all);
    Ok(())
}

#[tokio::test]
async fn what_is_no_change_of_state_is_left_out() -> Result {
    let items = json!([
        change(1, "", "pending"),
        { "seq_num": 2, "message": "sent to the node" },
        { "seq_num": 3, "details": null },
        { "seq_num": 4, "details": { "node_id": "n", "error_code": 7 } },
        change(5, "pending", "pending"),
        { "seq_num": 6, "details": { "old_state": "pending" } },
        { "seq_num": 7, "details": { "old_state": { "state_type": "running" }, "new_state": { "state_type": "complete" } } },
    ]);
    let all = ["? > pending", "pending > ?", "running > completed"];
    assert_eq!(told(&page(&items)).await?, all);
    Ok(())
}

#[tokio::test]
async fn an_event_on_two_pages_is_one() -> Result {
    let (first, second) = (change(1, "", "pending"), change(2, "pending", "running"));
    let third = change(3, "running", "failed");
    let server = canned([
        answer(
            200,
            &json!({ "items": [first, second.clone()], "next_token": "t" }),
        ),
        answer(200, &json!({ "items": [second, third] })),
    ]);
    let all = ["? > pending", "pending > running", "running > failed"];
    assert_eq!(told(&server).await?, all);
    Ok(())
}

#[tokio::test]
async fn a_server_that_tells_no_history_is_no_error() -> Result {
    let server = canned([answer(404, &json!({ "message": "page not found" }))]);
    assert_eq!(Client::new(&server).history(&execution()).await?, None);
    let server = canned([answer(200, &json!({ "items": null }))]);
    let none = Client::new(&server).history(&execution()).await?;
    assert_eq!(none, Some(Vec::new()));
    Ok(())
}
