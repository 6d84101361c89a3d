//! Over the network: what is sent, and what a server cannot do to the harness.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread::JoinHandle;

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::http::Http;

use crate::{Result, proxies};

/// Answers each request with these bytes, `times` over, as often as a read is tried; gives back what the
/// first one was.
fn server(
    head: &'static str,
    body: Vec<u8>,
    times: usize,
) -> Result<(SocketAddr, JoinHandle<String>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let served = std::thread::spawn(move || {
        let mut first = None;
        let tries = if times > 1 { 4 } else { 1 };
        for mut stream in listener.incoming().flatten().take(tries) {
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).unwrap_or_default();
            let mut sent = stream.write_all(head.as_bytes());
            for _ in 0..times {
                sent = sent.and_then(|()| stream.write_all(&body));
            }
            drop(sent); // the client may hang up first
            let request = String::from_utf8_lossy(&request[..length]);
            first.get_or_insert(request.into_owned());
        }
        first.unwrap_or_default()
    });
    Ok((address, served))
}

#[tokio::test]
async fn requests_say_who_asks_and_bear_the_token() -> Result {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let (address, served) = server(head, b"{\"items\": []}".to_vec(), 1)?;
    let http = Http::new(&format!("http://{address}"), Some("hush"), "")?;
    Client::new(http).nodes().await?;
    let request = served.join().map_err(|_| "the server panicked")?;
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        request.starts_with("GET /api/v1/nodes?limit=1000 HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("user-agent: rejoin/{version}\r\n")),
        "{request}"
    );
    assert!(
        request.contains("authorization: Bearer hush\r\n"),
        "{request}"
    );
    Ok(())
}

#[tokio::test]
async fn an_answer_without_end_is_refused() -> Result {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    let (address, _served) = server(head, vec![b' '; 1024 * 1024], 100)?;
    let http = Http::new(&format!("http://{address}"), None, "")?;
    let error = Client::new(http)
        .nodes()
        .await
        .err()
        .ok_or("read to the end")?;
    assert!(error.to_string().contains("longer than 64 MiB"), "{error}");
    Ok(())
}

#[tokio::test]
async fn over_the_network_refusals_of_the_machine_say_what_to_do() -> Result {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let http = Http::new(
        &format!("http://{closed}"),
        Some("hush"),
        "is the stack up? rejoin up --target local",
    )?;
    let error = Client::new(http)
        .nodes()
        .await
        .err()
        .ok_or("somebody answered")?
        .to_string();
    assert!(
        error.contains("refused") && error.ends_with("rejoin up --target local"),
        "{error}"
    );
    assert!(!error.contains("hush"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_name_that_nobody_resolves_is_said_with_what_to_do() -> Result {
    // No label of a name is that long: the resolver itself refuses it, and asks nobody.
    let host = "n".repeat(64);
    let http = Http::new(
        &format!("http://{host}.example:9010"),
        None,
        "is the endpoint right?",
    )?;
    let error = Client::new(http)
        .nodes()
        .await
        .err()
        .ok_or("resolved")?
        .to_string();
    assert!(error.ends_with("is the endpoint right?"), "{error}");
    Ok(())
}

/// The token must not travel to a proxy on the way to this machine.
#[test]
fn no_proxy_stands_before_this_machine() -> Result {
    proxies::pass_without("network::requests_say_who_asks_and_bear_the_token")
}
