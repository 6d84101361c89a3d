//! Ring 2: TLS with a private authority, and every way to get a token.

mod exchange;
#[path = "../support/https.rs"]
mod https;
mod sources;
mod trust;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use https::{Answer, Asked, Authority, Result};
use rejoin::settings::{Access, Environment, Settings, TargetSettings};

/// Does something with servers beside it.
pub(crate) fn beside<F: Future<Output = Result>>(work: F) -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    tokio::task::LocalSet::new().block_on(&runtime, work)
}

/// A folder with a `rejoin.toml` and the certificate of an authority in it.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) authority: Authority,
}

impl Place {
    pub(crate) fn new() -> Result<Self> {
        let place = Self {
            folder: tempfile::tempdir()?,
            authority: Authority::new()?,
        };
        std::fs::write(place.path("ca.pem"), &place.authority.pem)?;
        Ok(place)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The access that these lines of `[targets.cloud]` give, with this API key in the environment.
    pub(crate) fn access(&self, toml: &str, key: &str) -> Result<Access> {
        let toml = format!("[targets.cloud]\nca_file = \"ca.pem\"\n{toml}");
        std::fs::write(self.path("rejoin.toml"), toml)?;
        let vars = [("EXPANSO_CLI_AUTH_API_KEY", key)];
        let settings = Settings::load(None, &Environment::of(self.folder.path(), vars))?;
        match settings.target(Some("cloud"))? {
            (_, TargetSettings::Docker(docker)) => Ok(docker.access.clone()),
            _ => Err("`cloud` is no simulation".into()),
        }
    }
}

/// What a server was asked, in order.
pub(crate) type Log = Rc<RefCell<Vec<Asked>>>;

pub(crate) fn nodes() -> Answer {
    (200, br#"{"items":[],"next_token":""}"#.to_vec())
}

pub(crate) fn unauthorised() -> Answer {
    (401, br#"{"message":"Invalid or expired API key"}"#.to_vec())
}
