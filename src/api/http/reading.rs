//! An answer read to its end, and what its headers say that somebody needs.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{AGE, DATE, HeaderMap, HeaderName, RETRY_AFTER};

use super::link;
use crate::api::transport::{Response, TransportError};
use crate::clock::Timestamp;

/// No honest page of 1000 records comes near it.
const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// So much of a header about rate limits is kept, and so many of them.
const LIMIT_LENGTH: usize = 80;
const LIMITS: usize = 16;

/// Reads an answer to its end, in bounded memory.
pub(super) async fn read(mut answer: reqwest::Response) -> Result<Response, TransportError> {
    let mut response = Response {
        status: answer.status().as_u16(),
        retry_after: seconds(answer.headers(), RETRY_AFTER),
        age: seconds(answer.headers(), AGE),
        date: date(answer.headers()),
        limits: limits(answer.headers()),
        body: Vec::new(),
    };
    let announced = answer.content_length();
    if announced.is_some_and(|length| length > BODY_LIMIT as u64) {
        return Err(too_long());
    }
    let trouble = |error| link::trouble(&error, "");
    while let Some(chunk) = answer.chunk().await.map_err(trouble)? {
        if response.body.len() + chunk.len() > BODY_LIMIT {
            return Err(too_long());
        }
        response.body.extend_from_slice(&chunk);
    }
    Ok(response)
}

fn too_long() -> TransportError {
    let limit = BODY_LIMIT / 1024 / 1024;
    TransportError::Unusable(format!("the answer is longer than {limit} MiB"))
}

/// A header that says seconds.
fn seconds(headers: &HeaderMap, name: HeaderName) -> Option<Duration> {
    let said = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(said))
}

/// The moment that a header `Date` names.
fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let said = headers.get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(said).ok().map(Timestamp::from)
}

/// `RateLimit`, `RateLimit-Policy`, `X-RateLimit-Remaining`, `X-Rate-Limit-Limit` and whatever else servers call
/// it: there is a draft and no standard.
fn limits(headers: &HeaderMap) -> BTreeMap<String, String> {
    let about = |name: &HeaderName| {
        let name = name.as_str();
        name.contains("ratelimit") || name.contains("rate-limit")
    };
    let those = headers.iter().filter(|(name, _)| about(name)).take(LIMITS);
    let said = those.filter_map(|(name, value)| {
        let value = value.to_str().ok()?.chars().take(LIMIT_LENGTH);
        Some((name.as_str().to_owned(), value.collect()))
    });
    said.collect()
}
