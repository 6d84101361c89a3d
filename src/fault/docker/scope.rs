//! Which containers belong to the target: the only ones that may be touched.
//!
//! The predicate works on labels alone, so that it also judges the engine's events, which carry them.
//! Edges that a run added are no business of compose and carry labels of our own.

use std::collections::BTreeMap;

use crate::fault::{ADDED_LABEL, ContainerName, NewEdge, Role};
use crate::settings::ServiceRole;

const PROJECT: &str = "com.docker.compose.project";
const FILES: &str = "com.docker.compose.project.config_files";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const ONE_OFF: &str = "com.docker.compose.oneoff";
const ROLE: &str = "rejoin.role";
/// On an added edge and on its volumes: the run that added it.
pub(super) const ADDED: &str = ADDED_LABEL;
const ADDED_TO: &str = "rejoin.project";
const ADDED_TO_FILE: &str = "rejoin.file";
const ADDED_AS: &str = "rejoin.service";
const ADDED_FOR: &str = "rejoin.container";

/// The containers of one compose project that were made from one compose file and have a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The target's name, for messages.
    pub target: String,
    /// The compose project.
    pub project: String,
    /// The compose file's base name: paths differ between machines, and two files may share a project.
    pub file: String,
    /// The role of services that carry no label `rejoin.role`.
    pub roles: BTreeMap<String, ServiceRole>,
}

/// What the labels say about a container of the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The name for playbooks: the service; from its second container on with the number.
    pub(super) service: String,
    pub(super) role: Role,
}

impl Scope {
    /// The labels by which the engine can preselect the containers that compose made.
    pub(super) fn of_compose(&self) -> Vec<String> {
        vec![format!("{PROJECT}={}", self.project)]
    }

    /// The labels that all edges that runs added have, and their volumes.
    pub(super) fn of_added(&self) -> Vec<String> {
        vec![
            ADDED.to_owned(),
            format!("{ADDED_TO}={}", self.project),
            format!("{ADDED_TO_FILE}={}", self.file),
        ]
    }

    /// The labels that all volumes of one added edge have.
    pub(super) fn of_volumes(&self, container: &ContainerName) -> Vec<String> {
        let mut labels = self.of_added();
        labels.push(format!("{ADDED_FOR}={container}"));
        labels
    }

    /// What the volumes of an added edge are labelled with.
    pub(super) fn volume_labels(&self, edge: &NewEdge) -> BTreeMap<String, String> {
        let labels = [
            (ADDED, &edge.run),
            (ADDED_TO, &self.project),
            (ADDED_TO_FILE, &self.file),
            (ADDED_FOR, &edge.name.0),
        ];
        labels
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into()
    }

    /// What an added edge is labelled with, apart from what it has of its model.
    pub(super) fn edge_labels(&self, edge: &NewEdge) -> BTreeMap<String, String> {
        let mut labels = self.volume_labels(edge);
        labels.insert(ADDED_AS.to_owned(), edge.service.clone());
        labels.insert(ROLE.to_owned(), "edge".to_owned());
        labels
    }

    /// What was looked for, for messages.
    pub(super) fn describe(&self) -> String {
        format!(
            "compose project `{}` with the file {}",
            self.project, self.file
        )
    }

    /// What a container with these labels is in the target; `None` for a stranger.
    pub(super) fn member<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> Option<Member> {
        if label(ADDED).is_some() {
            return self.added(label);
        }
        let ours = label(PROJECT) == Some(&self.project)
            // compose 1.29 writes the name as given, v2 absolute paths with commas between them.
            && label(FILES)?.split(',').any(|path| base_name(path) == self.file)
            && !label(ONE_OFF).is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let service = label(SERVICE)?;
        let role = match label(ROLE) {
            Some("nats") => Role::Nats,
            Some("orchestrator") => Role::Orchestrator,
            Some("edge") => Role::Edge,
            Some(_) => return None,
            None => match self.roles.get(service)? {
                ServiceRole::Nats => Role::Nats,
                ServiceRole::Orchestrator => Role::Orchestrator,
                ServiceRole::Edge => Role::Edge,
            },
        };
        let service = match label(NUMBER) {
            None | Some("1") => service.to_owned(),
            Some(number) => format!("{service}-{number}"),
        };
        ours.then_some(Member { service, role })
    }

    fn added<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> Option<Member> {
        let ours =
            label(ADDED_TO) == Some(&self.project) && label(ADDED_TO_FILE) == Some(&self.file);
        let service = label(ADDED_AS)?.to_owned();
        let role = Role::Edge;
        ours.then_some(Member { service, role })
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        Scope {
            target: "local".to_owned(),
            project: "shop".to_owned(),
            file: "docker-compose.debug.yml".to_owned(),
            roles: BTreeMap::from([("bus".to_owned(), ServiceRole::Nats)]),
        }
    }

    fn member(labels: &[(&str, &str)]) -> Option<Member> {
        let labels: BTreeMap<&str, &str> = labels.iter().copied().collect();
        scope().member(|name| labels.get(name).copied())
    }

    #[test]
    fn only_containers_of_project_and_file_with_a_role_are_members() {
        let edge = [
            (PROJECT, "shop"),
            (
                FILES,
                "/srv/shop/base.yml,/srv/shop/docker-compose.debug.yml",
            ),
            (SERVICE, "edge1"),
            (ROLE, "edge"),
        ];
        assert_eq!(
            member(&edge).map(|m| (m.service, m.role)),
            Some(("edge1".to_owned(), Role::Edge))
        );
        for (label, stranger) in [
            (PROJECT, "other"),
            (FILES, "docker-compose.yml"),
            (ROLE, "database"),
            (ONE_OFF, "True"),
        ] {
            let mut labels: Vec<_> = edge
                .iter()
                .copied()
                .filter(|(name, _)| *name != label)
                .collect();
            labels.push((label, stranger));
            assert_eq!(member(&labels), None, "{label}={stranger}");
        }
    }

    #[test]
    fn an_added_edge_is_a_member_by_the_labels_that_it_was_given() {
        let edge = NewEdge {
            name: ContainerName("rejoin-r1-more-1".to_owned()),
            service: "more-1".to_owned(),
            labels: BTreeMap::new(),
            run: "r1".to_owned(),
        };
        let all = scope().edge_labels(&edge);
        let is = |labels: &BTreeMap<String, String>| {
            let found = scope().member(|name| labels.get(name).map(String::as_str));
            found.map(|member| (member.service, member.role))
        };
        assert_eq!(is(&all), Some(("more-1".to_owned(), Role::Edge)));
        for name in [ADDED, ADDED_TO, ADDED_TO_FILE, ADDED_AS] {
            let mut labels = all.clone();
            labels.remove(name);
            assert_eq!(is(&labels), None, "without {name}");
            labels.insert(ADDED.to_owned(), "r1".to_owned());
            labels.insert(name.to_owned(), "another".to_owned());
            let still = [ADDED, ADDED_AS].contains(&name); // any run, any name
            assert_eq!(is(&labels).is_some(), still, "{name}=another");
        }
    }

    #[test]
    fn the_role_may_come_from_the_settings_and_further_containers_carry_their_number() {
        let bus = [
            (PROJECT, "shop"),
            (FILES, "docker-compose.debug.yml"),
            (SERVICE, "bus"),
        ];
        assert_eq!(member(&bus).map(|m| m.role), Some(Role::Nats));
        let mut second = bus.to_vec();
        second.push((NUMBER, "2"));
        assert_eq!(member(&second).map(|m| m.service), Some("bus-2".to_owned()));
        let other = [
            (PROJECT, "shop"),
            (FILES, "docker-compose.debug.yml"),
            (SERVICE, "web"),
        ];
        assert_eq!(member(&other), None);
    }
}
