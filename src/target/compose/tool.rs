//! Which compose there is: the plugin of the docker command, or the program of its own.

use std::process::Stdio;

use tokio::process::Command;

use super::ComposeError;

/// The command that speaks compose on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The plugin, `docker compose`.
    Plugin,
    /// The program, `docker-compose`.
    Program,
}

impl Tool {
    /// Finds it: the plugin if it works, else the program.
    pub async fn find() -> Result<Self, ComposeError> {
        for tool in [Self::Plugin, Self::Program] {
            if tool.version().await.is_some() {
                return Ok(tool);
            }
        }
        Err(ComposeError::NoTool)
    }

    /// What it says its version is; `None` where it does not work.
    pub async fn version(self) -> Option<String> {
        let output = self
            .command()
            .args(["version", "--short"])
            .stdin(Stdio::null())
            .output()
            .await
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    }

    /// The command as a person types it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plugin => "docker compose",
            Self::Program => "docker-compose",
        }
    }

    /// A command line that begins with it.
    pub(super) fn command(self) -> Command {
        match self {
            Self::Plugin => {
                let mut command = Command::new("docker");
                command.arg("compose");
                command
            }
            Self::Program => Command::new("docker-compose"),
        }
    }
}
