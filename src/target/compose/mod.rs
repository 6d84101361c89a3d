//! Bringing a compose project up and down: the one thing that is left to compose itself, so that it owns
//! what it made.

mod tool;

use std::process::{ExitStatus, Stdio};

use tokio::process::Command;

pub use tool::Tool;

use crate::settings::DockerSettings;

/// Why compose could not do it.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// Neither form of compose is installed.
    #[error(
        "neither `docker compose` nor `docker-compose` works on this machine; install one of them"
    )]
    NoTool,
    /// The compose file is not there.
    #[error(
        "there is no compose file {0}; run in the folder that has it, or set `compose_file` in rejoin.toml"
    )]
    NoFile(String),
    /// It could not be started.
    #[error("{tool} could not be started: {reason}")]
    NotStarted {
        /// The command.
        tool: &'static str,
        /// What the system said.
        reason: String,
    },
    /// It ended with an error; its own words stand above.
    #[error("`{tool} {verb}` failed ({status}); what it said stands above")]
    Failed {
        /// The command.
        tool: &'static str,
        /// `up`, `down` or `config`.
        verb: &'static str,
        /// How it ended.
        status: String,
    },
}

/// Brings the target's containers up, with its variant and timings. Does not wait for the processes in them.
pub async fn up(settings: &DockerSettings) -> Result<(), ComposeError> {
    run(settings, "up", &["-d"]).await
}

/// Takes the target's containers, networks and volumes away.
pub async fn down(settings: &DockerSettings) -> Result<(), ComposeError> {
    run(settings, "down", &["-v"]).await
}

/// The names of the images that the target's services run.
pub async fn images(settings: &DockerSettings) -> Result<Vec<String>, ComposeError> {
    let (tool, mut command) = command(settings, "config").await?;
    let output = command.stderr(Stdio::null()).output().await;
    let output = output.map_err(|error| not_started(tool, &error))?;
    succeeded(tool, "config", output.status)?;
    // compose 1.29 cannot print images alone; its YAML has one such line per service.
    let text = String::from_utf8_lossy(&output.stdout);
    let mut images: Vec<String> = text
        .lines()
        .filter_map(|line| {
            Some(
                line.trim()
                    .strip_prefix("image: ")?
                    .trim_matches(['"', '\''])
                    .to_owned(),
            )
        })
        .collect();
    images.sort();
    images.dedup();
    Ok(images)
}

async fn run(
    settings: &DockerSettings,
    verb: &'static str,
    flags: &[&str],
) -> Result<(), ComposeError> {
    let (tool, mut command) = command(settings, verb).await?;
    // stdout is for reports; what compose says is progress.
    let status = command.args(flags).stdout(std::io::stderr()).status().await;
    succeeded(
        tool,
        verb,
        status.map_err(|error| not_started(tool, &error))?,
    )
}

/// Compose, about this project, with everything that the compose file takes from the settings.
async fn command(settings: &DockerSettings, verb: &str) -> Result<(Tool, Command), ComposeError> {
    if !settings.compose_file.is_file() {
        return Err(ComposeError::NoFile(
            settings.compose_file.display().to_string(),
        ));
    }
    let tool = Tool::find().await?;
    let mut command = tool.command();
    command
        .arg("-p")
        .arg(&settings.project)
        .arg("-f")
        .arg(&settings.compose_file)
        .arg(verb);
    command.envs(settings.compose_env.iter());
    command.env("STANDIN_TIMING", &settings.timing.name);
    let optional = [
        ("STANDIN_VARIANT", &settings.variant),
        ("STACK_SUFFIX", &settings.stack_suffix),
        ("API_PORT", &settings.api_port),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null());
    Ok((tool, command))
}

fn not_started(tool: Tool, error: &std::io::Error) -> ComposeError {
    ComposeError::NotStarted {
        tool: tool.name(),
        reason: error.to_string(),
    }
}

fn succeeded(tool: Tool, verb: &'static str, status: ExitStatus) -> Result<(), ComposeError> {
    if status.success() {
        return Ok(());
    }
    Err(ComposeError::Failed {
        tool: tool.name(),
        verb,
        status: status.to_string(),
    })
}
