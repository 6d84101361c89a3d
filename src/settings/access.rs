//! How a target's API is reached: its address, its token, the certificates that vouch for it.
//!
//! Apart because only names and places stand here, where they came from included; getting a token is the
//! business of the room that sends requests.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Environment, Token, expanso};

/// Where Expanso Cloud exchanges API keys for tokens, by its public client of December 2025 on.
pub const AUTH_URL: &str = "https://cloud.expanso.io/api/v1/auth/token";

/// How a target's API is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The API's address.
    pub endpoint: Endpoint,
    /// Where the token comes from.
    pub token: TokenSource,
    /// What is done with it; `None`: see [`Access::exchanges`].
    pub scheme: Option<Scheme>,
    /// Where an API key is exchanged, whole.
    pub auth_url: String,
    /// A file of certificates (PEM) to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// What a person should know before it is used, such as a variable that nobody reads. No secrets.
    pub warnings: Vec<String>,
}

/// An address and where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Such as `http://127.0.0.1:9010`; `None` where nobody said one.
    pub url: Option<String>,
    /// Who said it, for people: `EXPANSO_CLI_ENDPOINT in the environment`.
    pub from: String,
}

/// Where a token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// A variable of the environment, perhaps one that is not set: then there is none.
    Variable {
        /// Its name.
        name: String,
        /// What it held when the settings were read.
        token: Option<Token>,
        /// Where it is set, for people.
        origin: &'static str,
    },
    /// A file that holds nothing else; read when it is needed.
    File(PathBuf),
    /// A command that prints it; run when it is needed.
    Command(TokenCommand),
}

/// A command that prints a token. Its arguments may be private, so `Debug` shows the program only.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenCommand {
    /// The program, resolved where it is a path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder it runs in: the one of `rejoin.toml`.
    pub folder: PathBuf,
}

impl std::fmt::Debug for TokenCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenCommand({})", self.program.display())
    }
}

/// What is done with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// It is sent with every request.
    Bearer,
    /// It is an API key, exchanged for a token that is sent.
    Exchange,
}

/// The keys of `[targets.NAME]` that are about access, as written.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) endpoint: Option<String>,
    pub(super) token_env: Option<String>,
    pub(super) token_file: Option<PathBuf>,
    pub(super) token_command: Option<Vec<String>>,
    pub(super) scheme: Option<Scheme>,
    pub(super) auth_url: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
}

impl Access {
    /// To this endpoint, with the token that this variable holds.
    pub(super) fn of(endpoint: Endpoint, variable: &str, environment: &Environment) -> Self {
        Self {
            endpoint,
            token: TokenSource::variable(variable, environment),
            scheme: None,
            auth_url: AUTH_URL.to_owned(),
            ca_file: None,
            warnings: Vec::new(),
        }
    }

    /// The same with what the file says; relative paths stand against `folder`.
    pub(super) fn with(self, keys: Keys, folder: &Path, environment: &Environment) -> Self {
        let token = match (keys.token_env, keys.token_file, keys.token_command) {
            (Some(name), _, _) => TokenSource::variable(&name, environment),
            (_, Some(file), _) => TokenSource::File(folder.join(file)),
            (_, _, Some(words)) => TokenSource::command(words, folder),
            _ => self.token,
        };
        Self {
            endpoint: keys.endpoint.map_or(self.endpoint, |url| Endpoint {
                url: Some(url),
                from: "`endpoint` in rejoin.toml".to_owned(),
            }),
            token,
            scheme: keys.scheme.or(self.scheme),
            auth_url: keys.auth_url.unwrap_or(self.auth_url),
            ca_file: keys.ca_file.map(|file| folder.join(file)).or(self.ca_file),
            warnings: self.warnings,
        }
    }

    /// Fills in the warnings, once everything else is known.
    pub(super) fn warn(&mut self, environment: &Environment) {
        self.warnings = expanso::warnings(self, environment);
    }

    /// Whether this token is an API key to be exchanged. Where `auth` says nothing: one that begins with
    /// `exp_ak_`, for an `https` endpoint. Over plain HTTP nobody but a test or a local server listens,
    /// which knows no exchange.
    pub fn exchanges(&self, token: &Token) -> bool {
        if let Some(scheme) = self.scheme {
            return scheme == Scheme::Exchange;
        }
        self.is_https() && token.expose().starts_with(expanso::KEY_PREFIX)
    }

    /// Whether some token may be exchanged, as far as that is known before it is read.
    pub fn may_exchange(&self) -> bool {
        match (&self.token, self.scheme) {
            (_, Some(scheme)) => scheme == Scheme::Exchange,
            (TokenSource::Variable { token, .. }, None) => {
                token.as_ref().is_some_and(|token| self.exchanges(token))
            }
            _ => self.is_https(),
        }
    }

    fn is_https(&self) -> bool {
        let url = self.endpoint.url.as_deref().unwrap_or_default();
        let scheme = url.get(..8).unwrap_or_default();
        scheme.eq_ignore_ascii_case("https://")
    }
}

impl TokenSource {
    fn variable(name: &str, environment: &Environment) -> Self {
        Self::Variable {
            name: name.to_owned(),
            token: environment
                .get(name)
                .map(str::trim)
                .filter(|token| !token.is_empty())
                .map(Token::new),
            origin: environment.origin(name),
        }
    }

    fn command(words: Vec<String>, folder: &Path) -> Self {
        let mut words = words.into_iter();
        let program = PathBuf::from(words.next().unwrap_or_default());
        // A bare name is looked for in PATH, as a shell does.
        let is_path = program.components().count() > 1;
        Self::Command(TokenCommand {
            program: if is_path {
                folder.join(program)
            } else {
                program
            },
            arguments: words.collect(),
            folder: folder.to_owned(),
        })
    }

    /// Whether there is a token to send at all, as far as that is known before it is needed.
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Variable { token: None, .. })
    }

    /// Where it comes from, for people; never the token.
    pub fn words(&self) -> String {
        match self {
            Self::Variable {
                name,
                token: Some(_),
                origin,
            } => format!("{name} in {origin}"),
            Self::Variable { name, .. } => format!("{name}, which is not set"),
            Self::File(file) => format!("the file {}", file.display()),
            Self::Command(command) => format!("the command {}", command.program.display()),
        }
    }
}
