//! What gives old answers away.

use super::*;
use crate::api::model::{ExecutionId, ExecutionState};

fn executions(id: &str, revision: Option<u64>, updated: &str) -> Answer {
    let execution = Execution {
        id: ExecutionId(id.to_owned()),
        observed: Some(ExecutionState::Running),
        revision,
        updated_at: Some(updated.to_owned()),
        ..Execution::default()
    };
    Answer::Executions(vec![execution])
}

#[test]
fn an_answer_that_goes_back_is_none() {
    let mut freshness = Freshness::default();
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z");
    for fine in [
        executions("a", Some(3), early),
        executions("a", Some(3), early),
        executions("a", Some(4), late),
        executions("b", Some(1), early),
        executions("a", None, "yesterday"),
    ] {
        assert_eq!(freshness.admit(&fine), Ok(()));
    }
    let back = freshness.admit(&executions("a", Some(3), late));
    assert!(back.is_err_and(|words| words.contains("the revision of execution a went back")));
    let back = freshness.admit(&executions("a", None, early));
    assert!(back.is_err_and(|words| words.contains("time of change")));
    assert_eq!(freshness.admit(&executions("a", Some(5), late)), Ok(()));
}
