//! The job files of a playbook.
//!
//! Apart because they are files of their own, in the orchestrator's language: only their `name` is
//! looked at, the rest is handed on as it stands.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Number, Value as Json};

use super::super::JobFile;
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::text;
use super::tree::{self, Node, Value};

/// `jobs:`; files that cannot be read are reported and left out.
pub(super) fn jobs(reader: &mut Reader, node: &Node, folder: &Path) -> BTreeMap<String, JobFile> {
    let mut jobs = BTreeMap::new();
    let Ok(mapping) = Mapping::named(reader, node, "`jobs`") else {
        return jobs;
    };
    for entry in mapping.entries {
        let alias = reader.fit_name(entry.key, entry.at, "a job's alias");
        let file = job(reader, entry.node, folder);
        if let (Ok(alias), Ok(file)) = (alias, file) {
            jobs.insert(alias, file);
        }
    }
    jobs
}

fn job(reader: &mut Reader, node: &Node, folder: &Path) -> Read<JobFile> {
    let path = folder.join(reader.line(node, "a job's file")?);
    let text = text::read(&path).map_err(|reason| {
        let message = format!("the job file {} {reason}", path.display());
        let hint = "paths count from the playbook's folder".to_owned();
        reader.report(node.at, message, hint)
    })?;
    let mut inner = Reader::new(path.display().to_string(), text);
    let spec = specification(&mut inner);
    reader.problems.append(&mut inner.problems);
    let (name, spec) = spec?;
    Ok(JobFile { path, name, spec })
}

/// The job's name and the whole file as JSON.
fn specification(reader: &mut Reader) -> Read<(String, Json)> {
    let root = tree::read(&reader.text).map_err(|error| reader.not_yaml(error))?;
    let mapping = Mapping::named(reader, &root, "a job")?;
    let name = mapping
        .require(reader, "name", "a job")
        .and_then(|node| reader.line(node, "the job's `name`").map(str::to_owned));
    let spec = json(reader, &root);
    Ok((name?, spec?))
}

fn json(reader: &mut Reader, node: &Node) -> Read<Json> {
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::Number(number(reader, node, Number::from_i128(*value))?),
        Value::Float(value) => Json::Number(number(reader, node, Number::from_f64(*value))?),
        Value::Text(value) => Json::String(value.clone()),
        Value::List(items) => {
            let items: Vec<Read<Json>> = items.iter().map(|item| json(reader, item)).collect();
            Json::Array(items.into_iter().collect::<Read<_>>()?)
        }
        Value::Map(_) => {
            let mapping = Mapping::named(reader, node, "this")?;
            let mut object = Map::new();
            for entry in mapping.entries {
                object.insert(entry.key.to_owned(), json(reader, entry.node)?);
            }
            Json::Object(object)
        }
    })
}

fn number(reader: &mut Reader, node: &Node, number: Option<Number>) -> Read<Number> {
    number.ok_or_else(|| reader.report(node.at, "JSON has no such number", None))
}
