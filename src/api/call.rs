//! One request to the API: sent, sent again while there is hope, and its answer accepted or refused.
//!
//! Reads are repeated whatever went wrong, if it may pass. Writes are repeated where it can be told that
//! they did not happen; an answer that got lost does not mean that the write did, so those are handed
//! back as [`Written::Unclear`]. Every error message is made here and names the method, the address and
//! the reason.

use std::time::Duration;

use serde_json::Value;

use super::ApiError;
use super::retry::Patience;
use super::tape;
use super::throttle::Throttle;
use super::transport::{Request, Response, Transport, TransportError};
use super::wire::{self, Wire};
use crate::clock::brief;

/// How much of a body that is not understood is quoted.
const QUOTED: usize = 200;

/// One request on its way, with what its error messages need.
pub(super) struct Call<'a, T> {
    pub(super) transport: &'a T,
    pub(super) patience: &'a Patience,
    pub(super) throttle: &'a Throttle,
    pub(super) request: Request,
}

/// What came of a write.
pub(super) enum Written {
    /// The server answered, whatever it says.
    Answered(Response),
    /// No answer, or one that does not say whether it happened; why.
    Unclear(ApiError),
}

impl<T: Transport> Call<'_, T> {
    /// Reads: sends it, and again while there is hope, until `decode` makes something of the answer. It
    /// is given answers of success only, and the reason why it cannot becomes part of the error.
    pub(super) async fn read<V>(
        &self,
        decode: impl Fn(&Response) -> Result<V, String>,
    ) -> Result<V, ApiError> {
        let found = self.found(decode).await?;
        found.ok_or_else(|| self.not_found())
    }

    /// The same; `None` where the server says that there is no such thing.
    pub(super) async fn found<V>(
        &self,
        decode: impl Fn(&Response) -> Result<V, String>,
    ) -> Result<Option<V>, ApiError> {
        let mut pauses = self.patience.pauses();
        loop {
            let (answer, asked_for) = match self.once().await {
                Ok(response) => (self.understood(&response, &decode), response.retry_after),
                Err(error) => (Err(self.failed(error)), None),
            };
            match answer {
                Err(error) if error.may_pass() => match pauses.next(asked_for) {
                    Some(pause) => self.wait(pause).await,
                    None => return Err(error),
                },
                answer => return answer,
            }
        }
    }

    /// Writes: sends it, and again where it certainly did not happen. An error means that it did not.
    pub(super) async fn write(&self) -> Result<Written, ApiError> {
        let mut pauses = self.patience.pauses();
        loop {
            let (error, asked_for) = match self.once().await {
                // Turned away at the door.
                Ok(response) if response.status == 429 => {
                    (self.refused(&response), response.retry_after)
                }
                Ok(response) if response.status >= 500 || is_markup(&response.body) => {
                    return Ok(Written::Unclear(self.refused(&response)));
                }
                Ok(response) => return Ok(Written::Answered(response)),
                Err(error @ TransportError::NotSent(_)) => (self.failed(error), None),
                Err(error @ TransportError::NoToken(_)) => return Err(self.failed(error)),
                Err(error) => return Ok(Written::Unclear(self.failed(error))),
            };
            match pauses.next(asked_for) {
                Some(pause) => self.wait(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn wait(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
        self.throttle.repeated();
    }

    /// Sends it once; whatever is answered is the answer.
    pub(super) async fn as_it_is(&self) -> Result<Response, ApiError> {
        self.once().await.map_err(|error| self.failed(error))
    }

    async fn once(&self) -> Result<Response, TransportError> {
        if let Err(rest) = self.throttle.turn().await {
            let rest = rest.as_secs();
            let reason = format!("the server asked to be left alone for another {rest} s");
            return Err(TransportError::NotSent(reason));
        }
        let limit = self.patience.one_try;
        let sent = tokio::time::timeout(limit, self.transport.send(self.request.clone())).await;
        let sent = sent.unwrap_or_else(|_| {
            let limit = brief(limit);
            let reason = format!("no whole answer within {limit}");
            Err(TransportError::Unreachable(reason))
        });
        let busy = sent
            .as_ref()
            .ok()
            .filter(|answer| matches!(answer.status, 429 | 503));
        if let Some(rest) = busy.and_then(|answer| answer.retry_after) {
            self.throttle.rest(rest);
        }
        if let Ok(answer) = &sent {
            tape::came(&self.request, answer);
        }
        let status = sent.as_ref().ok().map(|response| response.status);
        tracing::debug!(method = %self.request.method, url = self.url(), status, "asked");
        sent
    }

    fn understood<V>(
        &self,
        response: &Response,
        decode: &impl Fn(&Response) -> Result<V, String>,
    ) -> Result<Option<V>, ApiError> {
        if is_markup(&response.body) {
            let status = response.status;
            let body = quoted(&response.body);
            return Err(self.malformed(format!("{status} with a page for people: `{body}`")));
        }
        if response.status == 404 {
            return Ok(None);
        }
        self.accept(response)?;
        if let Some(age) = response.age.filter(|age| *age > Duration::ZERO) {
            let age = age.as_secs();
            return Err(self.malformed(format!("a cache gave it, {age} s old")));
        }
        let decoded = decode(response);
        decoded.map(Some).map_err(|reason| self.malformed(reason))
    }

    /// Turns everything but a success into a refusal.
    pub(super) fn accept(&self, response: &Response) -> Result<(), ApiError> {
        if (200..300).contains(&response.status) {
            Ok(())
        } else {
            Err(self.refused(response))
        }
    }

    /// The refusal of a server that has not what every server has.
    pub(super) fn not_found(&self) -> ApiError {
        self.refused(&Response {
            status: 404,
            body: br#"{"message":"not found"}"#.to_vec(),
            ..Response::default()
        })
    }

    pub(super) fn refused(&self, response: &Response) -> ApiError {
        let body: wire::ErrorBody = serde_json::from_slice(&response.body).unwrap_or_default();
        let message = body.message.or(body.capital_message);
        let said = message.unwrap_or_else(|| quoted(&response.body));
        ApiError::Refused {
            method: self.request.method.to_string(),
            url: self.url(),
            status: response.status,
            code: body.code.map(|code| match code {
                Value::String(text) => text,
                other => other.to_string(),
            }),
            message: match response.status {
                401 => format!("{said}; where the token comes from: rejoin doctor"),
                _ => said,
            },
        }
    }

    pub(super) fn malformed(&self, reason: String) -> ApiError {
        ApiError::Malformed {
            method: self.request.method.to_string(),
            url: self.url(),
            reason,
        }
    }

    fn failed(&self, error: TransportError) -> ApiError {
        match error {
            TransportError::NotSent(reason) | TransportError::Unreachable(reason) => {
                ApiError::Unreachable {
                    method: self.request.method.to_string(),
                    url: self.url(),
                    reason,
                }
            }
            TransportError::NoToken(reason) => ApiError::NoToken { reason },
            TransportError::Unusable(reason) => self.malformed(reason),
        }
    }

    fn url(&self) -> String {
        format!("{}{}", self.transport.base(), self.request.path_and_query)
    }
}

/// Reads a body as JSON of this shape.
pub(super) fn json<V: for<'de> serde::Deserialize<'de>>(response: &Response) -> Result<V, String> {
    let body = &response.body;
    serde_json::from_slice(body).map_err(|error| format!("{error} in `{}`", quoted(body)))
}

/// Reads a single record.
pub(super) fn record<R: Wire>(response: &Response) -> Result<R, String> {
    wire::single(json(response)?)
}

/// Reads one page of a list.
pub(super) fn page<R: Wire>(response: &Response) -> Result<wire::Page<R>, String> {
    let body = &response.body;
    wire::Page::read(body).map_err(|reason| format!("{reason} in `{}`", quoted(body)))
}

/// A gateway's page for people says nothing of what the server has.
fn is_markup(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// The start of a body as one printable line.
fn quoted(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(QUOTED)]);
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if body.len() > QUOTED {
        format!("{line}...")
    } else {
        line
    }
}
