//! Whose certificates are accepted.

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::http::{EndpointError, Http};
use tokio::io::AsyncWriteExt as _;

use crate::https::{Authority, Result, serve};
use crate::{Place, beside, nodes};

/// What comes of asking a server that shows such a certificate.
async fn ask(
    place: &Place,
    by: &Authority,
    name: &str,
    expired: bool,
    toml: &str,
) -> Result<String> {
    let port = serve(by.certify(name, expired)?, |_| async { nodes() }).await?;
    let access = place.access(toml, "")?;
    let http = Http::with(
        &format!("https://localhost:{port}"),
        &access,
        "is it there?",
    )?;
    let asked = Client::new(http).nodes().await;
    Ok(asked
        .err()
        .map_or_else(String::new, |error| error.to_string()))
}

#[test]
fn a_private_authority_is_trusted_where_its_file_is_named() -> Result {
    beside(async {
        let place = Place::new()?;
        let said = ask(&place, &place.authority, "localhost", false, "").await?;
        assert_eq!(said, "");
        let stranger = Authority::new()?;
        let said = ask(&place, &stranger, "localhost", false, "").await?;
        assert!(said.contains("--ca-file"), "{said}");
        let said = ask(&place, &place.authority, "elsewhere.example", false, "").await?;
        assert!(said.contains("for another name"), "{said}");
        let said = ask(&place, &place.authority, "localhost", true, "").await?;
        assert!(said.contains("has run out"), "{said}");
        Ok(())
    })
}

#[test]
fn a_file_without_a_certificate_is_refused_before_anything_is_asked() -> Result {
    let place = Place::new()?;
    let mut access = place.access("", "")?;
    for (content, words) in [(Some("no PEM"), "no certificate"), (None, "No such file")] {
        let file = place.path("other.pem");
        match content {
            Some(content) => std::fs::write(&file, content)?,
            None => std::fs::remove_file(&file)?,
        }
        access.ca_file = Some(file);
        let error = Http::with("https://localhost:1", &access, "");
        let error = error.err().ok_or("accepted")?;
        assert!(matches!(error, EndpointError::CaFile { .. }));
        assert!(error.to_string().contains(words), "{error}");
    }
    Ok(())
}

#[test]
fn a_server_without_tls_is_said_to_be_one() -> Result {
    beside(async {
        let place = Place::new()?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        tokio::task::spawn_local(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
                let _ = stream.write_all(answer).await; // who asked hangs up
            }
        });
        let access = place.access("", "")?;
        let http = Http::with(&format!("https://localhost:{port}"), &access, "")?;
        let error = Client::new(http).nodes().await.err().ok_or("accepted")?;
        assert!(error.to_string().contains("does not speak TLS"), "{error}");
        Ok(())
    })
}
