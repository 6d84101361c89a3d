//! What is tried again, how often, and what never is.

use std::time::Duration;

use rejoin::api::client::Client;
use rejoin::api::model::{Deployed, Rerun};
use rejoin::api::transport::{Response, TransportError};
use rejoin::api::{ApiError, Orchestrator};
use serde_json::{Value, json};

use crate::Result;
use crate::canned::{Answer, answer, canned, job, raw, unreachable};

fn not_sent() -> Answer {
    Err(TransportError::NotSent("connection refused".to_owned()))
}

fn good() -> Answer {
    answer(200, &json!({ "items": [] }))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands among answers that fail"
)]
fn busy(seconds: u64) -> Answer {
    Ok(Response {
        status: 429,
        retry_after: Some(Duration::from_secs(seconds)),
        ..Response::default()
    })
}

#[tokio::test(start_paused = true)]
async fn a_read_is_tried_four_times_whatever_was_wrong_with_the_answer() -> Result {
    let old = Ok(Response {
        status: 200,
        body: br#"{"items":[]}"#.to_vec(),
        age: Some(Duration::from_secs(9)),
        ..Response::default()
    });
    for trouble in [
        unreachable(),
        not_sent(),
        Err(TransportError::Unusable("longer than 64 MiB".to_owned())),
        answer(503, &json!({})),
        raw(404, b"<html>gateway</html>"),
        raw(200, b"<html>login</html>"),
        raw(200, br#"{"items":[{"id":"n"#),
        answer(200, &json!({ "message": "no list" })),
        old,
    ] {
        let server = canned([trouble.clone(), trouble.clone(), trouble.clone(), good()]);
        let read = Client::new(&server).nodes().await;
        assert!(read.is_ok(), "{trouble:?}: {read:?}");
        let all = [
            trouble.clone(),
            trouble.clone(),
            trouble.clone(),
            trouble,
            good(),
        ];
        assert!(
            Client::new(&canned(all)).nodes().await.is_err(),
            "a fifth try"
        );
    }
    for refusal in [400, 401, 403, 409] {
        let server = canned([answer(refusal, &json!({})), good()]);
        assert!(Client::new(&server).nodes().await.is_err());
        assert_eq!(server.paths().len(), 1, "{refusal} is final");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_up_in_time() -> Result {
    let began = tokio::time::Instant::now();
    let client = Client::new(Silent).with_heartbeat(Duration::from_millis(100));
    let error = client.nodes().await.err().ok_or("answered")?.to_string();
    assert!(error.contains("no whole answer within 500ms"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
    Ok(())
}

struct Silent;

impl rejoin::api::transport::Transport for Silent {
    async fn send(&self, _: rejoin::api::transport::Request) -> Answer {
        std::future::pending().await
    }

    fn base(&self) -> &'static str {
        "silent:"
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_to_be_left_alone_is() -> Result {
    let began = tokio::time::Instant::now();
    Client::new(&canned([busy(1), good()])).nodes().await?;
    assert_eq!(began.elapsed(), Duration::from_secs(1));

    let server = canned([busy(60), good()]);
    let client = Client::new(&server);
    let error = client.nodes().await.err().ok_or("asked")?.to_string();
    assert!(
        error.contains("asked to be left alone for another"),
        "{error}"
    );
    assert!(client.job(&job()).await.is_err(), "of everything");
    assert_eq!(server.paths().len(), 1, "nothing was sent meanwhile");
    tokio::time::sleep(Duration::from_secs(60)).await;
    client.nodes().await?;
    assert_eq!(client.traffic().requests, 2);
    Ok(())
}

fn spec() -> Value {
    json!({ "name": "late", "labels": { "rejoin.run": "r" }, "priority": 50, "config": { "steps": [1] } })
}

fn stored(spec: &Value, version: u64) -> Answer {
    let status = json!({ "state": { "state_type": "pending" }, "version": version });
    let job = json!({ "id": "j", "spec": spec, "status": status });
    answer(200, &json!({ "items": [job] }))
}

#[tokio::test(start_paused = true)]
async fn a_deploy_that_did_not_happen_is_sent_again() -> Result {
    let taken = || answer(201, &json!({ "job": { "id": "j", "spec": spec() } }));
    for before in [
        vec![not_sent()],
        vec![busy(0)],
        vec![unreachable(), good()],
        vec![answer(500, &json!({})), good()],
        vec![raw(201, b"{\"job\": {\"i"), good()],
        // What is there is another specification of that name.
        vec![
            unreachable(),
            stored(&json!({ "name": "late", "priority": 1 }), 1),
        ],
    ] {
        let looked = before.len() - 1;
        let server = canned([before, vec![taken()]].concat());
        let deployed = Client::new(&server).put_job(&spec()).await?;
        assert!(matches!(deployed, Deployed::Accepted { created: true, .. }));
        let puts = server
            .paths()
            .iter()
            .filter(|path| *path == "PUT /jobs")
            .count();
        assert_eq!((puts, server.paths().len()), (2, 2 + looked));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deploy_whose_answer_got_lost_is_found_and_not_repeated() -> Result {
    let mut fuller = spec();
    fuller["namespace"] = json!("default"); // the server fills in its defaults
    fuller["priority"] = json!(50.0);
    for lost in [unreachable(), answer(502, &json!({})), raw(200, b"<html>")] {
        let server = canned([lost, stored(&fuller, 2)]);
        let deployed = Client::new(&server).put_job(&spec()).await?;
        let Deployed::Accepted { job, created, .. } = deployed else {
            return Err("not found".into());
        };
        assert_eq!(
            (job.id.0.as_str(), job.version, created),
            ("j", Some(2), false)
        );
        assert_eq!(
            server.paths(),
            ["PUT /jobs", "GET /jobs?prefix=late&limit=1000"]
        );
    }
    // The first one arrived after the look: the second is unchanged, and it is ours.
    let unchanged = answer(422, &json!({ "code": "NO_CHANGES_DETECTED" }));
    let server = canned([unreachable(), good(), unchanged, stored(&spec(), 3)]);
    let deployed = Client::new(&server).put_job(&spec()).await?;
    assert!(matches!(deployed, Deployed::Accepted { job, .. } if job.version == Some(3)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deploy_of_which_nobody_can_say_whether_it_happened_is_an_error() -> Result {
    let refused = answer(403, &json!({}));
    let server = canned([unreachable(), refused]);
    let error = Client::new(&server)
        .put_job(&spec())
        .await
        .err()
        .ok_or("deployed")?;
    assert!(matches!(error, ApiError::Unreachable { .. }), "{error}");
    let puts = server
        .paths()
        .iter()
        .filter(|path| *path == "PUT /jobs")
        .count();
    assert_eq!(puts, 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_asks_for_a_state_is_repeated_until_it_is_so() -> Result {
    let done = || answer(200, &json!({ "job_id": "j" }));
    let client = canned([unreachable(), answer(502, &json!({})), done()]);
    Client::new(&client).delete_job(&job(), "over").await?;
    assert_eq!(client.paths().len(), 3);

    // The first stop happened, and the second is refused because of it.
    let refused = || answer(409, &json!({ "message": "it is stopped" }));
    let job_is = |state: &str| {
        answer(
            200,
            &json!({ "job": { "id": "j", "status": { "state": { "state_type": state } } } }),
        )
    };
    let server = canned([unreachable(), refused(), job_is("stopped")]);
    Client::new(&server).stop_job(&job(), "test").await?;
    let server = canned([unreachable(), refused(), job_is("running")]);
    assert!(Client::new(&server).stop_job(&job(), "test").await.is_err());
    Ok(())
}

/// The evaluations of a job: one of its deploy, and so many of reruns.
fn evaluations(reruns: usize) -> Answer {
    let rerun = |number| json!({ "id": format!("e{number}"), "triggered_by": "job-rerun" });
    let mut all: Vec<Value> = (0..reruns).map(rerun).collect();
    all.push(json!({ "id": "first", "triggered_by": "job-create" }));
    answer(200, &json!({ "items": all }))
}

const RERUN: &str = "PUT /jobs/j%2F1/rerun";

#[tokio::test(start_paused = true)]
async fn a_rerun_is_sent_again_only_where_it_certainly_did_not_happen() -> Result {
    let body = json!({ "job_id": "j/1", "version": 3, "warnings": ["slow"] });
    let server = canned([evaluations(0), not_sent(), busy(0), answer(200, &body)]);
    let rerun = Client::new(&server).rerun_job(&job()).await?;
    assert_eq!((rerun.version, rerun.warnings.len()), (Some(3), 1));
    assert_eq!(server.paths()[1..], [RERUN; 3]);
    let asked = server.asked.take();
    let mut bodies = asked[1..].iter().map(|request| &request.body);
    assert!(bodies.all(|body| *body == Some(json!({}))));
    let server = canned([
        evaluations(0),
        answer(404, &json!({ "message": "no such job" })),
    ]);
    let rerun = Client::new(&server).rerun_job(&job()).await;
    assert!(rerun.is_err_and(|error| !error.may_pass()));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn where_its_answer_got_lost_the_evaluations_say_whether_a_rerun_happened() -> Result {
    let none = || answer(404, &json!({ "message": "no such thing" }));
    for lost in [unreachable(), answer(502, &json!({})), raw(200, b"<html>")] {
        let looks = [
            (evaluations(1), evaluations(2), true),
            (evaluations(1), evaluations(1), false),
            (none(), none(), false),
            (none(), evaluations(1), false),
        ];
        for (before, after, happened) in looks {
            let server = canned([before, lost.clone(), after]);
            match Client::new(&server).rerun_job(&job()).await {
                Ok(rerun) => assert!(happened && rerun.version.is_none(), "{lost:?}"),
                Err(error) => assert!(!happened && error.may_pass(), "{lost:?}: {error}"),
            }
            let sent = server.paths();
            let sent = sent.iter().filter(|path| *path == RERUN).count();
            assert_eq!(sent, 1, "{lost:?}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_a_rerun_answers_is_not_needed() -> Result {
    for body in [
        &b""[..],
        b"{}",
        b"null",
        br#"{"version":null,"warnings":null}"#,
    ] {
        let server = canned([evaluations(0), raw(200, body)]);
        let rerun = Client::new(&server).rerun_job(&job()).await?;
        assert_eq!(rerun, Rerun::default());
    }
    Ok(())
}
