//! What a request says of who sends it.

use reqwest::header::HeaderValue;

use crate::api::transport::Response;
use crate::settings::Token;

/// Shorter texts are found in an answer by chance.
const SECRET: usize = 8;

/// A token as a header, and how it was had.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    pub(super) header: HeaderValue,
    token: Token,
    /// Which of the tokens that there were.
    pub(super) number: u64,
    /// Whether an API key was exchanged for it.
    pub(super) exchanged: bool,
}

impl Bearer {
    /// `None` where no header can carry it.
    pub(super) fn of(token: &Token, number: u64, exchanged: bool) -> Option<Self> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", token.expose())).ok()?;
        header.set_sensitive(true); // its Debug form says nothing
        Some(Self {
            header,
            token: token.clone(),
            number,
            exchanged,
        })
    }

    /// Whether the other one is the same token.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        self.token == other.token
    }

    /// Makes it unreadable in an answer that holds it, in its body and in what is kept of its headers.
    pub(super) fn scrub_all(&self, answer: &mut Response) {
        self.scrub(&mut answer.body);
        let secret = self.token.expose();
        let holds = |text: &str| secret.len() >= SECRET && text.contains(secret);
        answer
            .limits
            .retain(|name, value| !holds(name) && !holds(value));
    }

    /// Makes it unreadable in a body that holds it.
    pub(super) fn scrub(&self, body: &mut Vec<u8>) {
        let secret = self.token.expose().as_bytes();
        if secret.len() < SECRET {
            return;
        }
        while let Some(at) = body.windows(secret.len()).position(|part| part == secret) {
            body.splice(at..at + secret.len(), *b"***");
        }
    }
}
