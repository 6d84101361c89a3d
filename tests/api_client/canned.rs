//! A transport that gives canned answers.

use std::cell::RefCell;
use std::collections::VecDeque;

use rejoin::api::model::JobId;
use rejoin::api::transport::{Request, Response, Transport, TransportError};
use serde_json::Value;

pub(crate) type Answer = std::result::Result<Response, TransportError>;

/// Gives its answers one after the other and keeps what it was asked.
pub(crate) struct Canned {
    answers: RefCell<VecDeque<Answer>>,
    pub(crate) asked: RefCell<Vec<Request>>,
}

impl Transport for &Canned {
    async fn send(&self, request: Request) -> Answer {
        self.asked.borrow_mut().push(request);
        let answer = self.answers.borrow_mut().pop_front();
        answer.unwrap_or_else(|| Err(TransportError::Unusable("no more answers".to_owned())))
    }

    fn base(&self) -> &'static str {
        "canned:/api/v1"
    }
}

impl Canned {
    /// What it was asked, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let asked = self.asked.borrow();
        asked
            .iter()
            .map(|request| format!("{} {}", request.method, request.path_and_query))
            .collect()
    }
}

pub(crate) fn canned(answers: impl IntoIterator<Item = Answer>) -> Canned {
    Canned {
        answers: RefCell::new(answers.into_iter().collect()),
        asked: RefCell::default(),
    }
}

pub(crate) fn answer(status: u16, body: &Value) -> Answer {
    raw(status, body.to_string().as_bytes())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands among answers that fail"
)]
pub(crate) fn raw(status: u16, body: &[u8]) -> Answer {
    Ok(Response {
        status,
        body: body.to_vec(),
        ..Response::default()
    })
}

pub(crate) fn unreachable() -> Answer {
    Err(TransportError::Unreachable("connection refused".to_owned()))
}

pub(crate) fn job() -> JobId {
    JobId("j/1".to_owned())
}
