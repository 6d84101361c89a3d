//! The client of one server, and what went wrong with a connection in words that help.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client};

use super::EndpointError;
use super::endpoint::is_this_machine;
use crate::api::transport::TransportError;

/// Expanso Cloud's firewall turns away requests without a user agent, and reqwest sends none by itself.
const USER_AGENT: &str = concat!("rejoin/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Between two pieces of an answer, and before the first one.
const SILENCE: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(15);

/// A client of the server at this address, that trusts the certificates of this file besides the system's.
/// There is no way to let it trust everybody.
pub(super) fn client(address: &str, ca_file: Option<&Path>) -> Result<Client, EndpointError> {
    let mut builder = Client::builder();
    if is_this_machine(address) {
        // The environment's proxy (HTTP_PROXY) is for the web; it would get the token, and it
        // reaches another machine's loopback, if any.
        builder = builder.no_proxy();
    }
    let own = ca_file.map(certificates).transpose()?.unwrap_or_default();
    builder = if address.starts_with("https://") {
        builder.tls_certs_merge(own)
    } else {
        builder.tls_certs_only(own) // the system's take time to read, and are of no use here
    };
    builder
        .user_agent(USER_AGENT)
        .default_headers(headers())
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE)
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none()) // a redirect must not carry the token elsewhere
        .build()
        .map_err(|error| EndpointError::NoClient(not_made(&deepest(&error))))
}

/// Why there is no client, with what helps where the system has no certificates, as in a small container.
fn not_made(reason: &str) -> String {
    if reason.contains("No CA certificates") {
        return "this machine has no certificates to verify a server with; install some (the package \
                is called ca-certificates in most places), or name the server's: --ca-file FILE"
            .to_owned();
    }
    reason.to_owned()
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, EndpointError> {
    let unusable = |reason: String| EndpointError::CaFile {
        file: file.to_owned(),
        reason,
    };
    let pem = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
    let found = Certificate::from_pem_bundle(&pem).map_err(|error| unusable(deepest(&error)))?;
    if found.is_empty() {
        return Err(unusable("it holds no certificate in PEM form".to_owned()));
    }
    Ok(found)
}

fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        // What was true once is no evidence.
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ])
}

/// What became of a request. `hint` is what to do when nobody answers.
pub(super) fn trouble(error: &reqwest::Error, hint: &str) -> TransportError {
    let reason = deepest(error);
    if error.is_connect() {
        let advice = certificate_advice(&reason).unwrap_or(hint);
        return TransportError::NotSent(format!("{reason}; {advice}"));
    }
    TransportError::Unreachable(if error.is_timeout() {
        format!("no answer within {} s", TIMEOUT.as_secs())
    } else {
        reason
    })
}

const NOT_TRUSTED: &str = "nobody who is trusted here has signed the certificate; to trust your own: --ca-file FILE, or `ca_file` in rejoin.toml";

/// What to do about a certificate that is not accepted; the first word that fits counts.
const ADVICE: [(&str, &str); 9] = [
    (
        "NotValidForName",
        "the certificate is for another name: the endpoint must have the name that it was made for",
    ),
    (
        "not valid for name",
        "the certificate is for another name: the endpoint must have the name that it was made for",
    ),
    (
        "xpired",
        "the certificate has run out, or this machine's clock is wrong",
    ),
    (
        "NotValidYet",
        "the certificate is not valid yet, or this machine's clock is wrong",
    ),
    (
        "CaUsedAsEndEntity",
        "the server shows a certificate that is for signing others; it needs one of its own",
    ),
    ("UnknownIssuer", NOT_TRUSTED),
    // An authority of this name is trusted, and it was not that one: as where one was made anew.
    ("BadSignature", NOT_TRUSTED),
    (
        "invalid peer certificate",
        "the server's certificate is not accepted; it needs another one",
    ),
    (
        "InvalidContentType",
        "whoever listens there does not speak TLS: is it http://, or another port?",
    ),
];

fn certificate_advice(reason: &str) -> Option<&'static str> {
    let found = ADVICE.iter().find(|(word, _)| reason.contains(word));
    found.map(|(_, advice)| *advice)
}

/// The innermost cause: reqwest's own words name the URL again and not the reason.
pub(super) fn deepest(error: &reqwest::Error) -> String {
    let mut source = error.source();
    let mut text = None;
    while let Some(cause) = source {
        text = Some(cause.to_string());
        source = cause.source();
    }
    text.unwrap_or_else(|| error.to_string())
}
