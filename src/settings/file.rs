//! The shape of `rejoin.toml`, and how it becomes complete settings.
//!
//! Apart because the file is optional, partial and strict, while the settings are complete.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::access::Keys;
use super::target::project_of;
use super::{
    DockerSettings, Environment, Scheme, ServiceRole, Settings, SettingsError, SimSettings,
    TargetSettings, Timing, unknown_timing,
};

/// The name of the file.
const NAME: &str = "rejoin.toml";

/// The whole file, as written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "rejoin.toml")]
pub(super) struct File {
    /// The target to use where the command line names none
    #[schemars(with = "Option<String>")]
    default_target: Option<Spanned<String>>,
    /// The targets by name; `sim`, `local` and `cloud` are there without being named
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Target>")]
    targets: BTreeMap<String, Spanned<Target>>,
    /// The text, to find lines in; not part of the file's shape.
    #[serde(skip)]
    text: String,
}

/// `[targets.NAME]`, as written; which keys fit depends on the kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Target {
    /// What it is; built-in targets have theirs
    kind: Option<Kind>,
    /// The timing profile: default, current, fast, tiny
    #[schemars(with = "Option<String>")]
    timing: Option<Spanned<String>>,
    /// The behaviour of the stand-in
    variant: Option<String>,
    /// sim: how many edges it has
    #[schemars(with = "Option<usize>")]
    edges: Option<Spanned<usize>>,
    /// sim: where its ids and choices come from
    #[schemars(with = "Option<u64>")]
    seed: Option<Spanned<u64>>,
    /// docker: the compose file, from this file's folder on
    #[schemars(with = "Option<String>")]
    compose_file: Option<Spanned<PathBuf>>,
    /// docker: the compose project; the folder's name where nothing is said, as compose does
    #[schemars(with = "Option<String>")]
    project: Option<Spanned<String>>,
    /// docker: the API's address
    #[schemars(with = "Option<String>")]
    endpoint: Option<Spanned<String>>,
    /// docker: `STACK_SUFFIX`, handed on to compose
    #[schemars(with = "Option<String>")]
    stack_suffix: Option<Spanned<String>>,
    /// docker: what the services do that carry no label `rejoin.role`
    #[schemars(with = "Option<BTreeMap<String, ServiceRole>>")]
    roles: Option<Spanned<BTreeMap<String, ServiceRole>>>,
    /// docker: the node of services whose node is not found by name or hostname
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    nodes: Option<Spanned<BTreeMap<String, String>>>,
    /// docker: the environment variable that holds the API's token
    #[schemars(with = "Option<String>")]
    token_env: Option<Spanned<String>>,
    /// docker: a file that holds the token
    #[schemars(with = "Option<String>")]
    token_file: Option<Spanned<PathBuf>>,
    /// docker: a program with its arguments that prints the token
    #[schemars(with = "Option<Vec<String>>")]
    token_command: Option<Spanned<Vec<String>>>,
    /// docker: whether the token is sent as it is or exchanged first
    #[schemars(with = "Option<Scheme>")]
    auth: Option<Spanned<Scheme>>,
    /// docker: where API keys are exchanged
    #[schemars(with = "Option<String>")]
    auth_url: Option<Spanned<String>>,
    /// docker: a file of certificates (PEM) to trust besides the system's
    #[schemars(with = "Option<String>")]
    ca_file: Option<Spanned<PathBuf>>,
    /// How many containers one run may hit with faults
    max_hit: Option<usize>,
    /// docker: whether nothing touches it without --yes
    #[schemars(with = "Option<bool>")]
    confirm: Option<Spanned<bool>>,
    /// docker: how many requests the API gets in any one second at the most
    #[schemars(with = "Option<usize>")]
    requests_per_second: Option<Spanned<usize>>,
}

/// What a target is.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Sim,
    Docker,
}

/// The file's shape as a JSON schema.
pub(super) fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

/// A problem before its line is looked up: at a byte of the file, or of the whole table.
type Fault = (Option<usize>, String);

/// The nearest `rejoin.toml`, from `folder` upwards.
pub(super) fn find(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .map(|folder| folder.join(NAME))
        .find(|path| path.is_file())
}

/// Reads the file, strictly.
pub(super) fn read(path: &Path) -> Result<File, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable {
        file: path.to_owned(),
        reason: error.to_string(),
    })?;
    let file: File = toml::from_str(&text).map_err(|error| SettingsError::Shape {
        file: path.to_owned(),
        error: Box::new(error),
    })?;
    Ok(File { text, ..file })
}

impl File {
    /// Fills in what the file does not say; relative paths stand against `folder`.
    pub(super) fn complete(
        self,
        path: Option<&Path>,
        folder: &Path,
        environment: &Environment,
    ) -> Result<Settings, SettingsError> {
        let docker = |settings| TargetSettings::Docker(Box::new(settings));
        let built_in = [
            ("sim", TargetSettings::Sim(SimSettings::built_in())),
            ("local", docker(DockerSettings::local(folder, environment))),
            ("cloud", docker(DockerSettings::cloud(folder, environment))),
        ];
        let mut targets: BTreeMap<String, TargetSettings> = built_in
            .map(|(name, target)| (name.to_owned(), target))
            .into();
        for (name, target) in self.targets {
            let start = target.span().start;
            let built_in = targets.get(&name).cloned();
            let target = target
                .into_inner()
                .complete(built_in, folder, environment)
                .map_err(|(at, message)| SettingsError::Value {
                    file: path.map(Path::to_owned).unwrap_or_default(),
                    line: line_of(&self.text, at.unwrap_or(start)),
                    message: format!("target `{name}`: {message}"),
                })?;
            targets.insert(name, target);
        }
        for target in targets.values_mut() {
            if let TargetSettings::Docker(docker) = target {
                docker.access.warn(environment);
            }
        }
        let from_file = self.default_target.map(Spanned::into_inner);
        let default_target = environment.target().map(str::to_owned).or(from_file);
        Ok(Settings {
            file: path.map(Path::to_owned),
            targets,
            default_target: default_target.unwrap_or_else(|| "sim".to_owned()),
        })
    }
}

impl Target {
    fn complete(
        self,
        built_in: Option<TargetSettings>,
        folder: &Path,
        environment: &Environment,
    ) -> Result<TargetSettings, Fault> {
        use Kind::{Docker, Sim};
        match (self.kind, built_in) {
            (None | Some(Sim), Some(TargetSettings::Sim(base))) => self.onto_sim(base),
            (Some(Sim), None) => self.onto_sim(SimSettings::built_in()),
            (None | Some(Docker), Some(TargetSettings::Docker(base))) => {
                self.onto_docker(*base, folder, environment)
            }
            (Some(Docker), None) => {
                let base = DockerSettings::local(folder, environment);
                self.onto_docker(base, folder, environment)
            }
            (None, None) => Err((None, "`kind` is missing: \"sim\" or \"docker\"".into())),
            (Some(_), Some(_)) => Err((None, "this built-in target is of another kind".into())),
        }
    }

    fn timing(&self) -> Result<Option<Timing>, Fault> {
        let Some(name) = &self.timing else {
            return Ok(None);
        };
        match Timing::profile(name.get_ref()) {
            Some(timing) => Ok(Some(timing)),
            None => Err((
                Some(name.span().start),
                unknown_timing(name.get_ref()).to_string(),
            )),
        }
    }

    fn onto_sim(self, base: SimSettings) -> Result<TargetSettings, Fault> {
        misplaced("compose_file", self.compose_file.as_ref(), "docker")?;
        misplaced("project", self.project.as_ref(), "docker")?;
        misplaced("endpoint", self.endpoint.as_ref(), "docker")?;
        misplaced("stack_suffix", self.stack_suffix.as_ref(), "docker")?;
        misplaced("roles", self.roles.as_ref(), "docker")?;
        misplaced("nodes", self.nodes.as_ref(), "docker")?;
        misplaced("token_env", self.token_env.as_ref(), "docker")?;
        misplaced("token_file", self.token_file.as_ref(), "docker")?;
        misplaced("token_command", self.token_command.as_ref(), "docker")?;
        misplaced("auth", self.auth.as_ref(), "docker")?;
        misplaced("auth_url", self.auth_url.as_ref(), "docker")?;
        misplaced("ca_file", self.ca_file.as_ref(), "docker")?;
        misplaced("confirm", self.confirm.as_ref(), "docker")?;
        let per_second = self.requests_per_second.as_ref();
        misplaced("requests_per_second", per_second, "docker")?;
        let timing = self.timing()?;
        let edges = match self.edges {
            Some(edges) if !(1..=1000).contains(edges.get_ref()) => {
                return Err((Some(edges.span().start), "`edges` must be 1 to 1000".into()));
            }
            edges => edges.map_or(base.edges, Spanned::into_inner),
        };
        Ok(TargetSettings::Sim(SimSettings {
            timing: timing.unwrap_or(base.timing),
            edges,
            variant: self.variant.unwrap_or(base.variant),
            seed: self.seed.map_or(base.seed, Spanned::into_inner),
            max_hit: self.max_hit.or(base.max_hit),
        }))
    }

    /// The keys about access; refuses two sources of a token, and a command without a program.
    fn access(&mut self) -> Result<Keys, Fault> {
        let command = self.token_command.as_ref();
        let sources = [
            self.token_env.as_ref().map(|it| it.span().start),
            self.token_file.as_ref().map(|it| it.span().start),
            command.map(|it| it.span().start),
        ];
        let mut sources: Vec<usize> = sources.into_iter().flatten().collect();
        sources.sort_unstable();
        if let [_, second, ..] = sources.as_slice() {
            let message = "only one of `token_env`, `token_file` and `token_command` can be said";
            return Err((Some(*second), message.to_owned()));
        }
        let no_program =
            |it: &&Spanned<Vec<String>>| it.get_ref().first().is_none_or(String::is_empty);
        if let Some(it) = command.filter(no_program) {
            let message = "`token_command` is a program and its arguments, such as [\"pass\", \"show\", \"expanso\"]";
            return Err((Some(it.span().start), message.to_owned()));
        }
        let text = |it: Option<Spanned<String>>| it.map(Spanned::into_inner);
        let path = |it: Option<Spanned<PathBuf>>| it.map(Spanned::into_inner);
        Ok(Keys {
            endpoint: text(self.endpoint.take()),
            token_env: text(self.token_env.take()),
            token_file: path(self.token_file.take()),
            token_command: self.token_command.take().map(Spanned::into_inner),
            scheme: self.auth.take().map(Spanned::into_inner),
            auth_url: text(self.auth_url.take()),
            ca_file: path(self.ca_file.take()),
        })
    }

    fn onto_docker(
        mut self,
        base: DockerSettings,
        folder: &Path,
        environment: &Environment,
    ) -> Result<TargetSettings, Fault> {
        misplaced("edges", self.edges.as_ref(), "sim")?;
        misplaced("seed", self.seed.as_ref(), "sim")?;
        let requests_per_second = match &self.requests_per_second {
            Some(number) if *number.get_ref() == 0 => {
                let words = "`requests_per_second` must be at least 1";
                return Err((Some(number.span().start), words.into()));
            }
            number => number
                .as_ref()
                .map_or(base.requests_per_second, |number| *number.get_ref()),
        };
        let access = base.access.with(self.access()?, folder, environment);
        // As for compose itself, the environment wins over the file; of Expanso Cloud it says nothing.
        let overridden = base.enrolment.is_none() && environment.get("STANDIN_TIMING").is_some();
        let timing = self.timing()?.filter(|_| !overridden);
        let compose_file = self
            .compose_file
            .map_or(base.compose_file, |path| folder.join(path.into_inner()));
        let project = environment
            .get("COMPOSE_PROJECT_NAME")
            .map(str::to_owned)
            .or(self.project.map(Spanned::into_inner))
            .unwrap_or_else(|| project_of(&compose_file));
        let mut roles = base.roles;
        roles.extend(self.roles.map(Spanned::into_inner).unwrap_or_default());
        let own = |value: Option<Spanned<String>>| value.map(Spanned::into_inner);
        Ok(TargetSettings::Docker(Box::new(DockerSettings {
            timing: timing.unwrap_or(base.timing),
            compose_file,
            project,
            access,
            variant: base.variant.or(self.variant),
            stack_suffix: base.stack_suffix.or(own(self.stack_suffix)),
            roles,
            nodes: self.nodes.map(Spanned::into_inner).unwrap_or(base.nodes),
            max_hit: self.max_hit.or(base.max_hit),
            confirm: self.confirm.map_or(base.confirm, Spanned::into_inner),
            requests_per_second,
            ..base
        })))
    }
}

/// Refuses a key that is for another kind of target.
fn misplaced<T>(key: &str, value: Option<&Spanned<T>>, kind: &str) -> Result<(), Fault> {
    value.map_or(Ok(()), |value| {
        Err((
            Some(value.span().start),
            format!("`{key}` is only for targets of kind `{kind}`"),
        ))
    })
}

/// The line, counted from 1, of a byte of the text.
fn line_of(text: &str, byte: usize) -> usize {
    text.bytes()
        .take(byte)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
