//! Claims in words.

use crate::api::model::ExecutionState;
use crate::plan::{Claim, Who, Writers};
use crate::playbook::NodeIs;

/// A claim.
pub fn words(claim: &Claim) -> String {
    match claim {
        Claim::Nodes { on, are } => format!("nodes {}: {}", who(on), node_is(*are)),
        Claim::Job { job, is } => format!("job {job}: {is}"),
        Claim::Executions {
            job,
            on,
            observed,
            desired,
            count,
        } => {
            let desired = desired.as_ref().map(|state| format!("desired {state}"));
            let words = [text(observed.as_ref()), desired, of_them(*count)];
            format!("executions of {job} on {}: {}", who(on), list(words))
        }
        Claim::Truth {
            job,
            on,
            observed,
            count,
        } => {
            let words = [text(observed.as_ref()), of_them(*count)];
            format!("edge truth of {job} on {}: {}", who(on), list(words))
        }
        Claim::Evaluations {
            job,
            trigger,
            state,
            count,
            after,
        } => {
            let words = [
                trigger.clone(),
                text(state.as_ref()),
                of_them(*count),
                later(*after),
            ];
            format!("evaluations of {job}: {}", list(words))
        }
        Claim::History {
            job,
            on,
            passed,
            never,
        } => {
            let states = |states: &[ExecutionState], between: &str| {
                let words: Vec<&str> = states.iter().map(ExecutionState::as_str).collect();
                (!words.is_empty()).then(|| words.join(between))
            };
            let never = states(never, " or ").map(|never| format!("never {never}"));
            let words = [states(passed, " > "), never];
            format!("history of {job} on {}: {}", who(on), list(words))
        }
        Claim::Logs {
            of,
            pattern,
            count,
            after,
        } => {
            let lines = match count {
                None => "a line".to_owned(),
                Some(0) => "no line".to_owned(),
                Some(1) => "1 line".to_owned(),
                Some(count) => format!("{count} lines"),
            };
            let words = [Some(format!("{lines} like \"{pattern}\"")), later(*after)];
            format!("logs of {}: {}", writers(of), list(words))
        }
    }
}

fn text(word: Option<&impl ToString>) -> Option<String> {
    word.map(ToString::to_string)
}

fn of_them(count: Option<u64>) -> Option<String> {
    count.map(|count| format!("{count} of them"))
}

/// Steps are counted as the report lists them.
fn later(after: Option<usize>) -> Option<String> {
    after.map(|step| format!("after step {}", step + 1))
}

fn list<const N: usize>(words: [Option<String>; N]) -> String {
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() {
        "there".to_owned()
    } else {
        words.join(", ")
    }
}

fn writers(of: &Writers) -> String {
    match of {
        Writers::Edges(edges) => who(edges),
        Writers::Services(services) => services.join(", "),
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::All => "all".to_owned(),
        Who::These(edges) => edges.join(", "),
    }
}

fn node_is(are: NodeIs) -> &'static str {
    match are {
        NodeIs::Connected => "connected",
        NodeIs::Disconnected => "disconnected",
        NodeIs::Lost => "lost",
        NodeIs::Reconnected => "reconnected",
    }
}
