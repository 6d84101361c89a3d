//! How a request reaches the orchestrator: the port below [`super::client`].
//!
//! Apart so that the codec, the paging and the retries are the same over the network, against the
//! simulation and against a test's canned answers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::clock::Timestamp;

/// The methods that the API uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Stores.
    Put,
    /// Acts.
    Post,
    /// Deletes.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query below the base, such as `/nodes?limit=1000`; percent-encoded.
    pub path_and_query: String,
    /// The JSON body, where there is one.
    pub body: Option<Value>,
}

/// One answer, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// How long the server asks to be left alone (`Retry-After`).
    pub retry_after: Option<Duration>,
    /// How old the answer is, where a cache gave it (`Age`).
    pub age: Option<Duration>,
    /// When it was given, by the server's clock (`Date`).
    pub date: Option<Timestamp>,
    /// What it says of rate limits: its headers with such a name, with their values.
    pub limits: BTreeMap<String, String>,
    /// The body, undecoded.
    pub body: Vec<u8>,
}

/// No answer, or none that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent: refused, not resolved, no session. Whatever was asked for did not happen.
    #[error("{0}")]
    NotSent(String),
    /// There is no token to send, and why; trying again is no use.
    #[error("{0}")]
    NoToken(String),
    /// Reset, timed out, broken off. Whether a write happened nobody can say.
    #[error("{0}")]
    Unreachable(String),
    /// An answer came that must not be read on, such as one that is too long.
    #[error("{0}")]
    Unusable(String),
}

/// Sends requests to one server.
#[expect(
    async_fn_in_trait,
    reason = "everything runs on one current-thread runtime; the futures need not be Send"
)]
pub trait Transport {
    /// Sends one request and reads the whole answer, in bounded time and memory. Any status is `Ok`.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
    /// What every path is appended to, for messages: `http://127.0.0.1:9010/api/v1`. Without credentials.
    fn base(&self) -> &str;
}
