//! What other hands do: jobs that somebody else deployed, and what a person is asked to do.
//!
//! Apart from the other verbs because here the run only waits: it gives the orchestrator nothing.

use super::super::Verb;
use super::mapping::Mapping;
use super::reader::{Read, Reader};
use super::shapes;
use super::tree::Node;
use crate::playbook::check::{JobUse, Use};

/// `{ job: ALIAS, name: NAME, within: TIME }`.
pub(super) fn adopt(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::ADOPT)?;
    let job = mapping
        .require(reader, "job", shapes::ADOPT.what)
        .and_then(|node| {
            let alias = reader.name(node, "a job's alias")?;
            reader.uses.push(Use::Job {
                alias: alias.clone(),
                at: node.at,
                how: JobUse::Adopts,
            });
            Ok(alias)
        });
    let name = mapping
        .require(reader, "name", shapes::ADOPT.what)
        .and_then(|node| reader.line(node, "the job's `name`").map(str::to_owned));
    let within = mapping
        .get("within")
        .map(|node| reader.time(node, "`within`"))
        .transpose();
    Ok(Verb::Adopt {
        job: job?,
        name: name?,
        within: within?,
    })
}

/// `{ do: TEXT, within: TIME }`.
pub(super) fn manual(reader: &mut Reader, node: &Node) -> Read<Verb> {
    let mapping = Mapping::read(reader, node, &shapes::MANUAL)?;
    let text = mapping
        .require(reader, "do", shapes::MANUAL.what)
        .and_then(|node| reader.line(node, "`do`").map(str::to_owned));
    // How long a person takes follows from no timing of the target.
    let within = mapping
        .require(reader, "within", shapes::MANUAL.what)
        .and_then(|node| reader.time(node, "`within`"));
    Ok(Verb::Manual {
        text: text?,
        within: within?,
    })
}
