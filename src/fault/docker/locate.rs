//! Where the engine is: found as the docker command finds it, which bollard's defaults do not.
//!
//! Order of the docker CLI: `DOCKER_HOST`, then the context (`DOCKER_CONTEXT`, else `currentContext` in
//! `config.json`), whose endpoint stands in `contexts/meta/<sha256 of its name>/meta.json`, then the
//! default socket.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fault::FaultError;
use crate::settings::Environment;

const DEFAULT_HOST: &str = if cfg!(windows) {
    "npipe:////./pipe/docker_engine"
} else {
    "unix:///var/run/docker.sock"
};

/// An engine's address and who named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`.
    pub host: String,
    /// `DOCKER_HOST`, `context NAME` or `default`.
    pub source: String,
}

/// Finds the engine's address.
///
/// # Errors
/// [`FaultError::NoEngine`] where a context is named that does not exist.
pub fn locate(environment: &Environment) -> Result<Address, FaultError> {
    if let Some(host) = environment.get("DOCKER_HOST") {
        return Ok(address(host, "DOCKER_HOST"));
    }
    let folder = environment
        .get("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(environment.get("HOME")?).join(".docker")));
    let current = || {
        json(&folder.as_ref()?.join("config.json"))?["currentContext"]
            .as_str()
            .map(str::to_owned)
    };
    let context = environment
        .get("DOCKER_CONTEXT")
        .map(str::to_owned)
        .or_else(current);
    match context.filter(|name| !name.is_empty() && name != "default") {
        None => Ok(address(DEFAULT_HOST, "default")),
        Some(name) => match folder.and_then(|folder| endpoint(&folder, &name)) {
            Some(host) => Ok(address(&host, &format!("context {name}"))),
            None => Err(FaultError::NoEngine {
                endpoint: format!("docker context `{name}`"),
                reason: "the context is current but has no Docker endpoint on this machine"
                    .to_owned(),
            }),
        },
    }
}

fn address(host: &str, source: &str) -> Address {
    Address {
        host: host.to_owned(),
        source: source.to_owned(),
    }
}

fn endpoint(folder: &Path, context: &str) -> Option<String> {
    let id = format!("{:x}", Sha256::digest(context.as_bytes()));
    let meta = json(&folder.join("contexts/meta").join(id).join("meta.json"))?;
    let host = meta.pointer("/Endpoints/docker/Host")?.as_str()?;
    Some(host.to_owned())
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(vars: &[(&str, &str)]) -> Environment {
        Environment::of("/", vars.iter().copied())
    }

    #[test]
    fn the_host_variable_wins_then_the_context_then_the_default()
    -> Result<(), Box<dyn std::error::Error>> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join(".docker");
        let id = format!("{:x}", Sha256::digest(b"far"));
        let meta = folder.join("contexts/meta").join(id);
        std::fs::create_dir_all(&meta)?;
        std::fs::write(folder.join("config.json"), r#"{"currentContext": "far"}"#)?;
        std::fs::write(
            meta.join("meta.json"),
            r#"{"Name": "far", "Endpoints": {"docker": {"Host": "tcp://10.0.0.1:2375"}}}"#,
        )?;
        let home = home.path().to_string_lossy();
        let at = |vars: &[(&str, &str)]| locate(&environment(vars)).map(|found| found.host);
        assert_eq!(at(&[])?, DEFAULT_HOST);
        assert_eq!(at(&[("HOME", &home)])?, "tcp://10.0.0.1:2375");
        assert_eq!(
            at(&[("HOME", &home), ("DOCKER_CONTEXT", "default")])?,
            DEFAULT_HOST
        );
        assert_eq!(
            at(&[("HOME", &home), ("DOCKER_HOST", "unix:///x.sock")])?,
            "unix:///x.sock"
        );
        assert!(at(&[("HOME", &home), ("DOCKER_CONTEXT", "none")]).is_err());
        Ok(())
    }
}
