//! An API key for a token: what Expanso Cloud's own client does before it asks anything.
//!
//! `POST https://cloud.expanso.io/api/v1/auth/token` with the key as bearer and no body gives
//! `{"access_token": ..., "token_type": "Bearer", "expires_in": 3600}` (public TypeScript client of
//! Expanso's, seen in 2026; never tried).

use std::path::Path;
use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;

use super::bearer::Bearer;
use super::{EndpointError, link, read};
use crate::api::transport::TransportError;
use crate::settings::Token;

/// What a token is good for where the server does not say, or says what cannot be: refreshed early, it
/// costs little.
const UNSAID: Duration = Duration::from_secs(300);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// How much of a body is quoted.
const QUOTED: usize = 200;

/// A place where API keys are exchanged.
#[derive(Debug)]
pub(super) struct Exchange {
    client: Client,
    url: String,
}

/// Why it gave nothing.
pub(super) struct Denied {
    pub(super) error: TransportError,
    /// How long it asks to be left alone (`Retry-After`).
    pub(super) rest: Option<Duration>,
}

impl From<TransportError> for Denied {
    fn from(error: TransportError) -> Self {
        Self { error, rest: None }
    }
}

/// What it gave.
pub(super) struct Granted {
    pub(super) token: Token,
    /// For how long.
    pub(super) good_for: Duration,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    expires_in: Option<serde_json::Value>,
}

impl Exchange {
    pub(super) fn at(url: &str, ca_file: Option<&Path>) -> Result<Self, EndpointError> {
        let url = super::endpoint::checked(url)?.to_string();
        Ok(Self {
            client: link::client(&url, ca_file)?,
            url,
        })
    }

    /// Exchanges a key, which comes from there.
    pub(super) async fn token(&self, key: &Token, from: &str) -> Result<Granted, Denied> {
        let url = &self.url;
        let bearer = Bearer::of(key, 0, false)
            .ok_or_else(|| refused(url, "the key is no text that a header can carry", from))?;
        let sent = self
            .client
            .post(url)
            .header(reqwest::header::AUTHORIZATION, bearer.header.clone())
            .header(reqwest::header::CONTENT_LENGTH, "0")
            .send()
            .await
            .map_err(|error| at(url, &link::trouble(&error, "is auth_url right?")))?;
        let mut response = read(sent).await.map_err(|error| at(url, &error))?;
        bearer.scrub(&mut response.body);
        let body = String::from_utf8_lossy(&response.body);
        match response.status {
            200..300 => {}
            429 | 500.. => {
                return Err(Denied {
                    error: TransportError::NotSent(format!("POST {url}: {}", response.status)),
                    rest: response.retry_after,
                });
            }
            status => {
                let reason = format!("{status} {}", message(&body));
                return Err(refused(url, &reason, from).into());
            }
        }
        let answer: Option<Answer> = serde_json::from_slice(&response.body).ok();
        let token = answer
            .as_ref()
            .and_then(|answer| answer.access_token.as_deref());
        let token = token.map(str::trim).filter(|token| !token.is_empty());
        let Some(token) = token else {
            let reason = format!("POST {url}: the answer holds no access_token");
            return Err(TransportError::NotSent(reason).into());
        };
        let said = answer
            .as_ref()
            .and_then(|answer| answer.expires_in.as_ref()?.as_u64());
        let said = said.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        Ok(Granted {
            token: Token::new(token),
            good_for: said.unwrap_or(UNSAID).min(LONGEST),
        })
    }
}

fn at(url: &str, error: &TransportError) -> TransportError {
    // Nothing was asked of the API itself yet, whatever happened here.
    TransportError::NotSent(format!("POST {url}: {error}"))
}

fn refused(url: &str, reason: &str, from: &str) -> TransportError {
    TransportError::NoToken(format!(
        "POST {url}: {reason}; the API key comes from {from}: is it still valid, and for this workspace?"
    ))
}

/// The server's message, or the start of the body.
fn message(body: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let said = json.as_ref().and_then(|json| json["message"].as_str());
    let text = said.unwrap_or(body);
    let text = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    text.take(QUOTED).collect()
}
