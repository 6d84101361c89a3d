//! Which containers belong to the target: the only ones that may be touched.
//!
//! The predicate works on labels alone, so that it also judges the engine's events, which carry them.

use std::collections::BTreeMap;

use crate::fault::Role;
use crate::settings::ServiceRole;

const PROJECT: &str = "com.docker.compose.project";
const FILES: &str = "com.docker.compose.project.config_files";
const SERVICE: &str = "com.docker.compose.service";
const NUMBER: &str = "com.docker.compose.container-number";
const ONE_OFF: &str = "com.docker.compose.oneoff";
const ROLE: &str = "rejoin.role";

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
    /// The label by which the engine can preselect.
    pub(super) fn label(&self) -> String {
        format!("{PROJECT}={}", self.project)
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
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(labels: &[(&str, &str)]) -> Option<Member> {
        let scope = Scope {
            target: "local".to_owned(),
            project: "shop".to_owned(),
            file: "docker-compose.debug.yml".to_owned(),
            roles: BTreeMap::from([("bus".to_owned(), ServiceRole::Nats)]),
        };
        let labels: BTreeMap<&str, &str> = labels.iter().copied().collect();
        scope.member(|name| labels.get(name).copied())
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
