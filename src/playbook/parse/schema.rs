//! The language as a JSON schema, for editors: made of the same tables of keys and words that the parser reads
//! by, so that neither knows a word that the other does not.
//!
//! It says what a playbook looks like, not what it means: that a job exists, that a time is positive, and that a
//! name was bound before are `rejoin check`'s to say.

use serde_json::{Map, Value, json};

use super::shapes::{self, Shape};
use super::words;

/// Where the dialect of the schema is described.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a playbook.
pub fn schema() -> Value {
    let mut schema = of(&shapes::PLAYBOOK, &["rejoin", "name", "steps"]);
    schema["$schema"] = json!(DIALECT);
    schema["title"] = json!("A playbook of rejoin");
    schema["$defs"] = json!({
        "step": one_of(&shapes::STEP, &[], shapes::VERBS),
        "expectation": one_of(&shapes::CLAIM, &[], shapes::CLAIMS),
        "selection": selection(),
    });
    schema
}

/// A mapping of this shape, with the keys that it cannot do without.
fn of(shape: &Shape, required: &[&str]) -> Value {
    let properties = shape.known.iter().map(|key| {
        let (value, about) = property(shape, key).unwrap_or((json!({}), ""));
        ((*key).to_owned(), described(value, about))
    });
    let properties: Map<String, Value> = properties.collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The same, where exactly one of these keys must be there.
fn one_of(shape: &Shape, required: &[&str], keys: &[&str]) -> Value {
    let mut schema = of(shape, required);
    let ways = keys.iter().map(|key| json!({ "required": [key] }));
    schema["oneOf"] = ways.collect();
    schema
}

/// The same, where at least one of these keys must be there.
fn any_of(shape: &Shape, required: &[&str], keys: &[&str]) -> Value {
    let mut schema = of(shape, required);
    let ways = keys.iter().map(|key| json!({ "required": [key] }));
    schema["anyOf"] = ways.collect();
    schema
}

fn described(mut value: Value, about: &str) -> Value {
    if !about.is_empty() {
        value["description"] = json!(about);
    }
    value
}

/// What stands behind a key of a mapping, and what it says; `None`: the schema does not know it yet.
fn property(shape: &Shape, key: &str) -> Option<(Value, &'static str)> {
    let own = match shape.what {
        "a playbook" => playbook(key),
        "a step" => step(key),
        "`expect` or `assume`" => claim(key),
        "`observe`" => observed(key),
        _ => None,
    };
    own.or_else(|| common(key)).or_else(|| judged(key))
}

/// A word of a list.
fn word(words: &[&str]) -> Value {
    json!({ "enum": words })
}

fn named<T>(words: &[(&str, T)]) -> Vec<String> {
    words.iter().map(|(word, _)| (*word).to_owned()).collect()
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items, "minItems": 1 })
}

fn alias() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

fn time() -> Value {
    // `0` is a number to YAML, and a time all the same.
    json!({ "type": ["string", "integer"], "examples": ["30s", "2 * heartbeat + 5s"] })
}

fn playbook(key: &str) -> Option<(Value, &'static str)> {
    Some(match key {
        "rejoin" => (json!({ "const": 1 }), "The version of the language: 1"),
        "name" => (alias(), "A short word for reports and folders"),
        "title" => (alias(), "The sentence that it proves"),
        "scenario" => (
            alias(),
            "The row of the matrix that it covers, as `Group / row`",
        ),
        "issue" => (alias(), "The issue that it belongs to; for people only"),
        "needs" => (
            of(&shapes::NEEDS, &["edges"]),
            "What the target must have at least",
        ),
        "require" => (
            list(&json!({ "enum": named(words::OBSERVABLES) })),
            "What the target must be able to show: else a claim about it is unknown instead of not observable",
        ),
        "jobs" => (
            json!({ "type": "object", "additionalProperties": alias() }),
            "The jobs by alias: each a file, from the playbook's folder on",
        ),
        "vars" => (
            json!({ "type": "object", "additionalProperties": time() }),
            "Times by name; `--set NAME=TIME` gives another value",
        ),
        "steps" => (list(&reference("step")), "What is done, in order"),
        "always" => (
            list(&json!({ "enum": named(words::INVARIANTS) })),
            "What must hold all the time",
        ),
        _ => return None,
    })
}

fn step(key: &str) -> Option<(Value, &'static str)> {
    let fault = |shape: &Shape, about| Some((one_of(shape, &[], shapes::PLACES), about));
    match key {
        "name" => Some((alias(), "What the step is about, for people")),
        "id" => Some((
            alias(),
            "A name for reports, gates and `after`; step-N otherwise",
        )),
        "deploy" => Some((alias(), "Hand a job to the orchestrator")),
        "stop" => Some((alias(), "Stop a job")),
        "delete" => Some((alias(), "Delete a job")),
        "rerun" => Some((alias(), "Start every execution of a job anew")),
        "update" => Some((
            of(&shapes::UPDATE, &["job", "to"]),
            "Deploy another specification under the name of a job",
        )),
        "adopt" => Some((
            of(&shapes::ADOPT, &["job", "name"]),
            "Find a job that somebody else deployed; it is never changed",
        )),
        "manual" => Some((
            of(&shapes::MANUAL, &["do", "within"]),
            "Tell a person what to do, and wait until they confirm it",
        )),
        "kill" => fault(
            &shapes::FAULT,
            "Kill the process (SIGKILL); a restart policy does not react",
        ),
        "crash" => fault(
            &shapes::FAULT,
            "Let the process die by itself; a restart policy reacts",
        ),
        "terminate" => fault(&shapes::FAULT, "Stop the container properly (SIGTERM)"),
        "remove" => fault(
            &shapes::REMOVE,
            "Remove the container; its volumes stay, unless `wipe: true`",
        ),
        "pause" => fault(&shapes::FAULT, "Freeze the container"),
        "partition" => fault(&shapes::PARTITION, "Take the container off its networks"),
        "restart" => fault(&shapes::FAULT, "Restart the container"),
        "add" => Some((
            of(&shapes::ADD, &["edges", "as"]),
            "Start edges that were not there before",
        )),
        "restore" => fault(&shapes::RESTORE, "Undo faults"),
        "repeat" => Some((
            of(&shapes::REPEAT, &["times", "steps"]),
            "Do steps several times",
        )),
        "wait" => Some((time(), "Let time pass")),
        "await" => Some((
            of(&shapes::AWAIT, &["reevaluation"]),
            "Wait for a re-evaluation; never judges",
        )),
        "assume" => Some((
            reference("expectation"),
            "A precondition: unmet makes the playbook unknown and ends it",
        )),
        "observe" => Some((
            one_of(&shapes::OBSERVE, &[], shapes::OBSERVE.known),
            "Record once; never judges",
        )),
        "expect" => Some((
            reference("expectation"),
            "A requirement: unmet is a failure",
        )),
        _ => None,
    }
}

fn claim(key: &str) -> Option<(Value, &'static str)> {
    Some(match key {
        "nodes" => (
            of(&shapes::NODES, &["which", "are"]),
            "Nodes are in a connection state",
        ),
        "executions" => (
            any_of(
                &shapes::EXECUTIONS,
                &["job"],
                &["observed", "desired", "count"],
            ),
            "Executions of a job are in a state",
        ),
        "job" => (
            json!({
                "type": "object",
                "additionalProperties": word(words::JOB_STATES),
                "minProperties": 1,
                "maxProperties": 1,
            }),
            "A job is in a state: `{ ALIAS: STATE }`",
        ),
        "truth" => (
            any_of(&shapes::TRUTH, &["job"], &["observed", "count"]),
            "What the edges themselves say that they run",
        ),
        "evaluations" => (
            of(&shapes::EVALUATIONS, &["job"]),
            "Evaluations of a job exist",
        ),
        "history" => (
            any_of(&shapes::HISTORY, &["job"], &["passed", "never"]),
            "Executions went through states",
        ),
        "logs" => (
            one_of(&shapes::LOGS, &["pattern"], shapes::PLACES),
            "Containers wrote lines",
        ),
        "recovers" => (
            of(&shapes::RECOVERS, &["within"]),
            "How long after the restore of its node an execution may take to run; instead of `within`",
        ),
        _ => return None,
    })
}

fn observed(key: &str) -> Option<(Value, &'static str)> {
    Some(match key {
        "nodes" => (json!({ "const": "all" }), "All nodes"),
        "job" => (alias(), "A job"),
        "executions" | "evaluations" | "history" | "truth" => {
            (of(&shapes::OBSERVED_JOB, &["job"]), "Those of a job")
        }
        _ => return None,
    })
}

/// Keys that mean the same wherever they stand.
fn common(key: &str) -> Option<(Value, &'static str)> {
    Some(match key {
        "job" | "to" => (alias(), "A job, by its alias"),
        "name" => (alias(), "The job's whole name on the target"),
        "do" => (alias(), "What the person is to do"),
        "within" => (time(), "How long it may take"),
        "hold" => (time(), "For how long it must then stay true"),
        "nodes" | "which" => (reference("selection"), "Which nodes"),
        "services" => (
            list(&json!({ "enum": named(words::SERVICES) })),
            "Containers that are no edges",
        ),
        "as" => (alias(), "A name for those that were hit, for later steps"),
        "wipe" => (
            json!({ "type": "boolean" }),
            "Take the volumes, too: a new identity",
        ),
        "networks" => (
            list(&alias()),
            "The networks to leave; those shared with NATS otherwise",
        ),
        "edges" => (json!({ "type": "integer", "minimum": 1 }), "How many edges"),
        "labels" => (
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            "The labels of their nodes",
        ),
        "faults" => (
            list(&json!({ "enum": named(words::UNDOABLE) })),
            "Only these faults; all of them otherwise",
        ),
        "times" => (
            json!({ "type": "integer", "minimum": 1, "maximum": 1000 }),
            "How often",
        ),
        "steps" => (list(&reference("step")), "The steps of one round"),
        "reevaluation" => (
            of(&shapes::REEVALUATION, &["job", "trigger"]),
            "Of which job",
        ),
        "trigger" => (word(words::TRIGGERS), "What made the scheduler look"),
        "pick" => (
            json!({ "type": "integer", "minimum": 1 }),
            "So many, drawn by the seed",
        ),
        "hit" | "spared" | "added" => (alias(), "Those of an earlier selection, by its name"),
        _ => return None,
    })
}

/// Keys of claims that mean the same in each of them.
fn judged(key: &str) -> Option<(Value, &'static str)> {
    Some(match key {
        "are" => (
            json!({ "enum": named(words::NODE_STATES) }),
            "The connection state",
        ),
        "observed" => (word(words::OBSERVED), "The observed state"),
        "desired" => (word(words::DESIRED), "The desired state"),
        "state" => (
            word(words::EVALUATION_STATES),
            "The state of the evaluation",
        ),
        "passed" => (list(&word(words::OBSERVED)), "These states, in this order"),
        "never" => (list(&word(words::OBSERVED)), "None of these states"),
        "count" => (
            json!({ "type": "integer", "minimum": 0 }),
            "Exactly so many",
        ),
        "after" => (
            alias(),
            "Only what came after the end of the step with this id",
        ),
        "pattern" => (
            alias(),
            "What a line must hold: a regular expression with ${...} captures",
        ),
        _ => return None,
    })
}

/// `all`, a name, `[names]`, `{ pick: N }` or `{ hit | spared | added: NAME }`.
fn selection() -> Value {
    json!({
        "anyOf": [
            alias(),
            list(&alias()),
            one_of(&shapes::SELECTION, &[], shapes::SELECTION.known),
        ],
        "description": "`all`, a name, a list of names, `{ pick: N }`, or `{ hit: NAME }` of an earlier selection",
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_knows_every_key_that_the_parser_knows() {
        for shape in shapes::ALL {
            for key in shape.known {
                assert!(property(shape, key).is_some(), "{} {key}", shape.what);
            }
        }
    }
}
