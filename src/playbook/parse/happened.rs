//! Claims about what happened in between: evaluations, history, log lines.
//!
//! Apart from the claims about what is: these may be measured from a step.

use super::super::pattern::Capture;
use super::super::{Claim, Pattern};
use super::claim::{claims, count, of_job, word};
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::tree::{Node, Value};
use super::{select, shapes, words};
use crate::playbook::check::{JobUse, Use};

/// `{ job: ALIAS, trigger: WORD, state: STATE, count: N, after: STEP }`.
pub(super) fn evaluations(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::EVALUATIONS)?;
    let job = of_job(reader, &mapping, "`evaluations`");
    let trigger = word(reader, &mapping, "trigger", words::TRIGGERS);
    let state = word(reader, &mapping, "state", words::EVALUATION_STATES);
    let count = count(reader, &mapping);
    let after = after(reader, &mapping);
    Ok(Claim::Evaluations {
        job: job?,
        trigger: trigger?,
        state: state?,
        count: count?,
        after: after?,
    })
}

/// `{ job: ALIAS, nodes: SELECTION, passed: [STATE], never: [STATE] }`.
pub(super) fn history(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::HISTORY)?;
    let job = of_job(reader, &mapping, "`history`");
    let nodes = select::nodes(reader, &mapping);
    let passed = states(reader, &mapping, "passed");
    let never = states(reader, &mapping, "never");
    let hint = "give `passed` or `never`";
    claims(reader, &mapping, "`history`", &["passed", "never"], hint)?;
    Ok(Claim::History {
        job: job?,
        nodes: nodes?,
        passed: passed?,
        never: never?,
    })
}

/// `{ nodes: SELECTION | services: [...], pattern: REGEX, count: N, after: STEP }`.
pub(super) fn logs(reader: &mut Reader, node: &Node) -> Read<Claim> {
    let mapping = Mapping::read(reader, node, &shapes::LOGS)?;
    let of = select::place(reader, &mapping, "`logs`");
    let pattern = mapping
        .require(reader, "pattern", "`logs`")
        .and_then(|node| pattern(reader, node));
    let count = count(reader, &mapping);
    let after = after(reader, &mapping);
    Ok(Claim::Logs {
        of: of?,
        pattern: pattern?,
        count: count?,
        after: after?,
    })
}

/// The id of a step; whether it is an earlier one is judged at the end.
fn after(reader: &mut Reader, mapping: &Mapping<'_>) -> Read<Option<String>> {
    let Some(node) = mapping.get("after") else {
        return Ok(None);
    };
    let id = reader.line(node, "`after`")?.to_owned();
    reader.uses.push(Use::After {
        id: id.clone(),
        at: node.at,
    });
    Ok(Some(id))
}

/// States in the order given; none where the key is missing.
fn states(reader: &mut Reader, mapping: &Mapping<'_>, key: &str) -> Read<Vec<String>> {
    let Some(node) = mapping.get(key) else {
        return Ok(Vec::new());
    };
    let items = reader.list(node, &format!("`{key}`"))?;
    let states: Vec<Read<String>> = items
        .iter()
        .map(|item| reader.word(item, &format!("a state of `{key}`"), words::OBSERVED))
        .collect();
    states.into_iter().collect()
}

fn pattern(reader: &mut Reader, node: &Node) -> Read<Pattern> {
    let Value::Text(text) = &node.value else {
        return Err(reader.mistyped(node, "`pattern`", "text"));
    };
    if text.is_empty() {
        let message = "`pattern` is empty: every line holds it";
        return Err(reader.report(node.at, message, None));
    }
    let pattern = Pattern::parse(text)
        .map_err(|error| reader.report(node.at, format!("bad `pattern`: {error}"), None))?;
    for capture in pattern.captures() {
        if let Capture::Execution { job, .. } | Capture::Job(job) = capture {
            reader.uses.push(Use::Job {
                alias: job.clone(),
                at: node.at,
                how: JobUse::Needs,
            });
        }
    }
    Ok(pattern)
}
