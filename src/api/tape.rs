//! The answers as they came, for who keeps them as evidence.
//!
//! Whoever asks something says whether the bodies are to be kept; the requests in between know nothing of it.

use std::cell::RefCell;

use super::transport::{Request, Response};

tokio::task_local! {
    static TAPE: RefCell<Vec<Body>>;
}

/// One answer, undecoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Method, path and query of the request.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub bytes: Vec<u8>,
}

/// Does what is asked and keeps every body that came meanwhile, in order.
pub async fn taped<F: Future>(asking: F) -> (F::Output, Vec<Body>) {
    let tape = RefCell::default();
    TAPE.scope(tape, async {
        let output = asking.await;
        (output, TAPE.with(RefCell::take))
    })
    .await
}

/// An answer came.
pub(super) fn came(request: &Request, answer: &Response) {
    let body = || Body {
        request: format!("{} {}", request.method, request.path_and_query),
        status: answer.status,
        bytes: answer.body.clone(),
    };
    // Mostly nobody keeps them.
    let _ = TAPE.try_with(|tape| tape.borrow_mut().push(body()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::transport::Method;

    #[tokio::test]
    async fn bodies_are_kept_by_who_asks_for_them_only() {
        let request = Request {
            method: Method::Get,
            path_and_query: "/nodes".to_owned(),
            body: None,
        };
        let answer = Response {
            status: 200,
            body: b"{}".to_vec(),
            ..Response::default()
        };
        came(&request, &answer);
        let (said, kept) = taped(async {
            came(&request, &answer);
            "so"
        })
        .await;
        assert_eq!((said, kept.len()), ("so", 1));
        assert_eq!(kept[0].request, "GET /nodes");
    }
}
