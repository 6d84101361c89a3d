//! Settings: `rejoin.toml`, the environment, the targets and their timing profiles.
//!
//! Everything that a run depends on and that is not in the playbook or on the command line comes
//! together here, once, at the start.

mod access;
mod environment;
pub mod expanso;
mod file;
pub mod secrets;
mod shown;
mod target;
mod timing;
mod token;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use access::{AUTH_URL, Access, Endpoint, Scheme, TokenCommand, TokenSource};
pub use environment::{Environment, Variables};
pub use target::{
    DEFAULT_SEED, DEFAULT_VARIANT, DockerSettings, ServiceRole, SimSettings, TargetSettings,
};
pub use timing::Timing;
pub use token::Token;

/// The settings of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The file that they were read from; `None` where there is none.
    pub file: Option<PathBuf>,
    /// The targets by name; `sim`, `local` and `cloud` are always among them.
    pub targets: BTreeMap<String, TargetSettings>,
    /// The target to use where the command line names none.
    pub default_target: String,
}

/// The shape of `rejoin.toml` as a JSON schema, for editors.
pub fn schema() -> serde_json::Value {
    file::schema()
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {reason}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is not TOML, or has an unknown key or a value of the wrong type.
    #[error("{}: {}", file.display(), error.to_string().trim_end())]
    Shape {
        /// The file.
        file: PathBuf,
        /// The place and what is wrong there.
        #[source]
        error: Box<toml::de::Error>,
    },
    /// A value of the file makes no sense.
    #[error("{}:{line}: {message}", file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong and what would be right.
        message: String,
    },
    /// No target of that name.
    #[error("unknown target `{name}`{hint}; known: {known}. Targets are configured in rejoin.toml")]
    UnknownTarget {
        /// The name.
        name: String,
        /// `, did you mean ...?`, or nothing.
        hint: String,
        /// The names that would do.
        known: String,
    },
    /// Nobody said where the API is.
    #[error(
        "target `{target}` has no endpoint: set {from}, in the environment or in .env beside rejoin.toml, \
         such as https://WORKSPACE.us1.cloud.expanso.io:9010, or `endpoint` in [targets.{target}]"
    )]
    NoEndpoint {
        /// The target.
        target: String,
        /// The variables that would say it.
        from: String,
    },
    /// Certificates for a target that speaks to nobody.
    #[error("--ca-file: a simulation has no network; name a target with containers")]
    NoNetwork,
    /// No timing profile of that name.
    #[error("unknown timing profile `{name}`{hint}; known: {known}")]
    UnknownTiming {
        /// The name.
        name: String,
        /// `, did you mean ...?`, or nothing.
        hint: String,
        /// The names that would do.
        known: String,
    },
}

impl Settings {
    /// Reads the settings: from `config` (the flag `--config`), else `REJOIN_CONFIG`, else
    /// `rejoin.toml` in the current folder or the nearest parent that has one, else built in.
    ///
    /// A compose `.env` next to the file counts like the environment, which wins over it.
    pub fn load(config: Option<&Path>, environment: &Environment) -> Result<Self, SettingsError> {
        let named = config
            .map(|path| environment.folder().join(path))
            .or_else(|| environment.config());
        let file = named.or_else(|| file::find(environment.folder()));
        let folder = file
            .as_deref()
            .and_then(Path::parent)
            .unwrap_or(environment.folder());
        let dotenv = std::fs::read_to_string(folder.join(".env")).unwrap_or_default();
        let environment = environment.clone().with_dotenv(&dotenv);
        let raw = match &file {
            Some(path) => file::read(path)?,
            None => file::File::default(),
        };
        raw.complete(file.as_deref(), folder, &environment)
    }

    /// The target of this name, or the default one, with its name.
    pub fn target(&self, name: Option<&str>) -> Result<(&str, &TargetSettings), SettingsError> {
        let name = name.unwrap_or(&self.default_target);
        self.targets
            .get_key_value(name)
            .map(|(name, target)| (name.as_str(), target))
            .ok_or_else(|| {
                let known: Vec<&str> = self.targets.keys().map(String::as_str).collect();
                SettingsError::UnknownTarget {
                    name: name.to_owned(),
                    hint: did_you_mean(name, known.iter().copied()),
                    known: known.join(", "),
                }
            })
    }
}

fn unknown_timing(name: &str) -> SettingsError {
    SettingsError::UnknownTiming {
        name: name.to_owned(),
        hint: did_you_mean(name, Timing::PROFILES),
        known: Timing::PROFILES.join(", "),
    }
}

/// The known word that is nearest to a mistyped one; `None` where none is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    // A short word may differ in one letter, a long one in three: more would be guessing.
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
}
