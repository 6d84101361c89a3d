//! The transport over the network: plain HTTP with an optional bearer token.
//!
//! The only user of reqwest among the eyes, so that time limits, size limits and the handling of the token are in
//! one place. TLS is not there yet and is refused with words, not with a failing handshake.

mod endpoint;

use std::error::Error as _;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::{
    ACCEPT, AGE, AUTHORIZATION, CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};

pub use endpoint::EndpointError;
use endpoint::{base, is_this_machine};

use super::transport::{Method, Request, Response, Transport, TransportError};

/// Expanso Cloud's firewall turns away requests without a user agent, and reqwest sends none by itself.
const USER_AGENT: &str = concat!("rejoin/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TIMEOUT: Duration = Duration::from_secs(15);
/// No honest page of 1000 records comes near it.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Requests over HTTP to one endpoint.
#[derive(Debug)]
pub struct Http {
    client: Client,
    base: String,
    hint: String,
}

impl Http {
    /// A transport to `endpoint` (`http://host:port`, with or without `/api/v1`).
    ///
    /// `token` is sent as bearer token and appears in no message; `hint` is what to do when nobody
    /// answers, such as "is the stack up? rejoin up --target local".
    pub fn new(endpoint: &str, token: Option<&str>, hint: &str) -> Result<Self, EndpointError> {
        let base = base(endpoint)?;
        let mut builder = Client::builder();
        if is_this_machine(&base) {
            // The environment's proxy (HTTP_PROXY) is for the web; it would get the token, and it
            // reaches another machine's loopback, if any.
            builder = builder.no_proxy();
        }
        let client = builder
            .user_agent(USER_AGENT)
            .default_headers(headers(token)?)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none()) // a redirect must not carry the token elsewhere
            .build()
            .map_err(|error| EndpointError::NoClient(deepest(&error)))?;
        Ok(Self {
            client,
            base,
            hint: hint.to_owned(),
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> TransportError {
        let reason = deepest(error);
        if error.is_connect() {
            return TransportError::NotSent(format!("{reason}; {}", self.hint));
        }
        TransportError::Unreachable(if error.is_timeout() {
            format!("no answer within {} s", TIMEOUT.as_secs())
        } else {
            reason
        })
    }
}

impl Transport for Http {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let url = format!("{}{}", self.base, request.path_and_query);
        let mut builder = self.client.request(method(request.method), url);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let mut answer = builder.send().await.map_err(|e| self.unreachable(&e))?;
        let mut response = Response {
            status: answer.status().as_u16(),
            retry_after: seconds(answer.headers(), RETRY_AFTER),
            age: seconds(answer.headers(), AGE),
            body: Vec::new(),
        };
        if answer
            .content_length()
            .is_some_and(|length| length > BODY_LIMIT as u64)
        {
            return Err(too_long());
        }
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.unreachable(&e))? {
            if response.body.len() + chunk.len() > BODY_LIMIT {
                return Err(too_long());
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }

    fn base(&self) -> &str {
        &self.base
    }
}

fn too_long() -> TransportError {
    let limit = BODY_LIMIT / 1024 / 1024;
    TransportError::Unusable(format!("the answer is longer than {limit} MiB"))
}

fn headers(token: Option<&str>) -> Result<HeaderMap, EndpointError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // What was true once is no evidence.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| EndpointError::BadToken)?;
        value.set_sensitive(true); // its Debug form says nothing
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// A header that says seconds.
fn seconds(headers: &HeaderMap, name: HeaderName) -> Option<Duration> {
    let said = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(said))
}

const fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Put => reqwest::Method::PUT,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// The innermost cause: reqwest's own words name the URL again and not the reason.
fn deepest(error: &reqwest::Error) -> String {
    let mut source = error.source();
    let mut text = None;
    while let Some(cause) = source {
        text = Some(cause.to_string());
        source = cause.source();
    }
    text.unwrap_or_else(|| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_no_debug_output() {
        let http =
            Http::new("http://127.0.0.1:1", Some("hush-hush"), "").map_err(|e| e.to_string());
        assert!(!format!("{http:?}").contains("hush-hush"));
        assert!(matches!(
            Http::new("http://x", Some("a\nb"), ""),
            Err(EndpointError::BadToken)
        ));
    }
}
