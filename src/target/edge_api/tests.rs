//! What the answers of an edge mean.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

type Answered = Result<Truth, TargetError>;

/// Asks an edge that gives this answer to every request.
fn ask(status: &str, body: &str) -> std::io::Result<Answered> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // Ends with the test's process.
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let _ = reply(client, &answer); // who asked may have hung up
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(EdgeApis::default().ask(&address)))
}

fn reply(mut client: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut request = [0; 4096];
    let read = client.read(&mut request)?;
    assert!(request[..read].starts_with(b"GET /api/v1/executions?"));
    client.write_all(answer.as_bytes())
}

#[test]
fn an_edge_without_an_api_is_silent_and_one_in_trouble_is_an_error() -> std::io::Result<()> {
    let page = "<!doctype html><title>edge</title>";
    for (status, body) in [
        ("404 Not Found", page),
        ("200 OK", page),
        ("404 Not Found", "{}"),
    ] {
        let answered = ask(status, body)?;
        assert!(matches!(answered, Ok(Truth::Silent)), "{answered:?}");
    }
    let answered = ask("200 OK", r#"{"items":[]}"#)?;
    assert!(
        matches!(answered, Ok(Truth::Runs(ref it)) if it.is_empty()),
        "{answered:?}"
    );
    for (status, body) in [("200 OK", r#"{"items":[7]}"#), ("403 Forbidden", "{}")] {
        let answered = ask(status, body)?;
        assert!(matches!(answered, Err(TargetError::Api(_))), "{answered:?}");
    }
    Ok(())
}
