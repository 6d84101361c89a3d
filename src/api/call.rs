//! One request to the API: sent, sent again while there is hope, and its answer accepted or refused.
//!
//! Reads are repeated when nobody or a 5xx answers; writes never, because an answer that got lost does
//! not mean that the write did. Apart from [`super::client`] so that every error message is made in one
//! place and names the method, the address and the reason.

use std::time::Duration;

use serde_json::Value;

use super::ApiError;
use super::transport::{Method, Request, Response, Transport, TransportError};
use super::wire::{self, Wire};

const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// A server may ask for more patience than this; the observer must not starve meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How much of a body that is not understood is quoted.
const QUOTED: usize = 200;

/// One request on its way, with what its error messages need.
pub(super) struct Call<'a, T> {
    pub(super) transport: &'a T,
    pub(super) request: Request,
}

impl<T: Transport> Call<'_, T> {
    /// Sends it; a read again while there is hope. The last answer is returned whatever its status.
    pub(super) async fn send(&self) -> Result<Response, ApiError> {
        let mut pause = FIRST_PAUSE;
        let mut left = match self.request.method {
            Method::Get => TRIES - 1,
            Method::Put | Method::Post | Method::Delete => 0,
        };
        loop {
            let sent = self.transport.send(self.request.clone()).await;
            let status = sent.as_ref().ok().map(|response| response.status);
            tracing::debug!(method = %self.request.method, url = self.url(), status, "asked");
            let wait = match sent {
                Ok(response) if left > 0 && worth_repeating(response.status) => {
                    response.retry_after.unwrap_or(pause).min(LONGEST_PAUSE)
                }
                Err(TransportError::Unreachable(_)) if left > 0 => pause,
                Ok(response) => return Ok(response),
                Err(error) => return Err(self.failed(error)),
            };
            tokio::time::sleep(wait).await;
            pause *= 2;
            left -= 1;
        }
    }

    /// Sends it and accepts the answer; `None` for 404.
    pub(super) async fn found(&self) -> Result<Option<Response>, ApiError> {
        let response = self.send().await?;
        if response.status == 404 {
            return Ok(None);
        }
        self.accept(&response)?;
        Ok(Some(response))
    }

    /// Turns everything but a success into a refusal.
    pub(super) fn accept(&self, response: &Response) -> Result<(), ApiError> {
        if (200..300).contains(&response.status) {
            Ok(())
        } else {
            Err(self.refused(response))
        }
    }

    pub(super) fn single<R: Wire>(&self, response: &Response) -> Result<R, ApiError> {
        wire::single(self.decode(response)?).map_err(|reason| self.malformed(reason))
    }

    pub(super) fn decode<V: for<'de> serde::Deserialize<'de>>(
        &self,
        response: &Response,
    ) -> Result<V, ApiError> {
        serde_json::from_slice(&response.body)
            .map_err(|error| self.malformed(format!("{error} in `{}`", quoted(&response.body))))
    }

    pub(super) fn refused(&self, response: &Response) -> ApiError {
        let body: wire::ErrorBody = serde_json::from_slice(&response.body).unwrap_or_default();
        let message = body.message.or(body.capital_message);
        ApiError::Refused {
            method: self.request.method.to_string(),
            url: self.url(),
            status: response.status,
            code: body.code.map(|code| match code {
                Value::String(text) => text,
                other => other.to_string(),
            }),
            message: message.unwrap_or_else(|| quoted(&response.body)),
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
            TransportError::Unreachable(reason) => ApiError::Unreachable {
                method: self.request.method.to_string(),
                url: self.url(),
                reason,
            },
            TransportError::Unusable(reason) => self.malformed(reason),
        }
    }

    fn url(&self) -> String {
        format!("{}{}", self.transport.base(), self.request.path_and_query)
    }
}

const fn worth_repeating(status: u16) -> bool {
    status == 429 || status >= 500
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
