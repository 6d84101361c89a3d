//! What the headers of the answers say: rate limits, and the server's clock.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::api::transport::Response;
use crate::clock::{Timestamp, brief};

/// `Date` has whole seconds, and the answer was on its way for a while: less is no difference.
const EXACT: Duration = Duration::from_secs(2);

/// What was seen of all answers together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Headers {
    /// The headers about rate limits, with what the last answer said.
    pub(super) rate_limits: BTreeMap<String, String>,
    /// The server's clock less this machine's, in milliseconds, at the answer where it was nearest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock_ahead_ms: Option<i64>,
}

impl Headers {
    /// An answer came, at `now` by this machine's clock.
    pub(super) fn saw(&mut self, answer: &Response, now: Timestamp) {
        self.rate_limits.extend(answer.limits.clone());
        let Some(date) = answer.date else {
            return;
        };
        let signed = |time: Timestamp| i64::try_from(time.0).unwrap_or(i64::MAX);
        let ahead = signed(date) - signed(now);
        let nearest = self
            .clock_ahead_ms
            .is_none_or(|seen| ahead.abs() < seen.abs());
        if nearest {
            self.clock_ahead_ms = Some(ahead);
        }
    }

    /// The rate limits, in words; nothing where nothing was said.
    pub(super) fn limits(&self) -> String {
        let said = self.rate_limits.iter();
        let said: Vec<String> = said
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        said.join(", ")
    }

    /// The clock, in words.
    pub(super) fn clock(&self) -> String {
        let Some(ahead) = self.clock_ahead_ms else {
            return "not answered: no header Date came".to_owned();
        };
        let by = Duration::from_millis(ahead.unsigned_abs());
        match (by <= EXACT, ahead > 0) {
            (true, _) => "as this machine's".to_owned(),
            (false, true) => format!("{} ahead of this machine's", brief(by)),
            (false, false) => format!("{} behind this machine's", brief(by)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(date: u64) -> Response {
        Response {
            date: Some(Timestamp(date)),
            limits: BTreeMap::from([("x-ratelimit-limit".to_owned(), "100".to_owned())]),
            ..Response::default()
        }
    }

    #[test]
    fn a_clock_that_is_wrong_is_told_from_an_answer_that_was_slow() {
        let mut headers = Headers::default();
        headers.saw(&Response::default(), Timestamp(50_000));
        assert!(headers.clock().starts_with("not answered"));
        headers.saw(&dated(30_000), Timestamp(50_000));
        assert_eq!(headers.clock(), "20.0s behind this machine's");
        headers.saw(&dated(49_000), Timestamp(50_000));
        assert_eq!(headers.clock(), "as this machine's");
        assert_eq!(headers.limits(), "x-ratelimit-limit: 100");
        let mut headers = Headers::default();
        headers.saw(&dated(400_000), Timestamp(50_000));
        assert_eq!(headers.clock(), "5m50s ahead of this machine's");
    }
}
