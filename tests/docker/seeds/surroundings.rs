//! What surrounds the commands: the engine, the stand-in that plays the Cloud, and taking it all away.

use std::collections::BTreeSet;
use std::process::Output;

use super::super::engine::compose;
use super::super::stack::said;
use super::Result;
use super::place::{PROJECT, Place};

/// The compose project of the stand-in that plays the Cloud, and the end of its containers' names.
const CLOUD: &str = "rejoin-seeds-cloud";

impl Place {
    /// Brings up the stand-in that plays the Cloud: an orchestrator and its NATS, no edges.
    pub(crate) fn cloud_up(&self) -> Result {
        self.compose_cloud(&["up", "-d", "nats", "orchestrator"])
    }

    /// Lets the Cloud's edges reach it: the real one is on the internet, this one is a container.
    pub(crate) fn cloud_reachable(&self) -> Result {
        let (network, nats) = (format!("{PROJECT}_cloud"), format!("nats-{CLOUD}"));
        self.docker(&["network", "connect", "--alias", "nats", &network, &nats])
            .map(drop)
    }

    /// Undoes that: the document takes the network away, and thinks nothing of the Cloud is on it.
    pub(crate) fn cloud_unreachable(&self) -> Result {
        let (network, nats) = (format!("{PROJECT}_cloud"), format!("nats-{CLOUD}"));
        self.docker(&["network", "disconnect", &network, &nats])
            .map(drop)
    }

    fn compose_cloud(&self, args: &[&str]) -> Result {
        let (program, first) = compose().ok_or("no compose")?;
        let mut command = self.command(program);
        command
            .args(first)
            .args(["-f", "docker-compose.debug.yml"])
            .args(args)
            .env("COMPOSE_PROJECT_NAME", CLOUD)
            .env("STACK_SUFFIX", format!("-{CLOUD}"))
            .env("API_PORT", self.cloud_port.to_string());
        succeeded(&command.output()?).map(drop)
    }

    /// The containers (`ps -a`), volumes or networks of the commands' project, by id or name.
    pub(crate) fn things(&self, list: &[&str]) -> Result<BTreeSet<String>> {
        let label = format!("label=com.docker.compose.project={PROJECT}");
        let found = self.docker(&[list, &["-q", "--filter", &label]].concat())?;
        Ok(found.lines().map(str::to_owned).collect())
    }

    /// What a container wrote.
    pub(crate) fn logs(&self, container: &str) -> Result<String> {
        let output = self.command("docker").args(["logs", container]).output()?;
        succeeded(&output)?;
        Ok(said(&output))
    }

    /// What the Cloud's orchestrator wrote.
    pub(crate) fn cloud_logs(&self) -> Result<String> {
        self.logs(&format!("orchestrator-{CLOUD}"))
    }

    /// Asks the engine; what it answers on stdout.
    pub(crate) fn docker(&self, args: &[&str]) -> Result<String> {
        succeeded(&self.command("docker").args(args).output()?)
    }

    /// Takes away everything of the test's own projects.
    pub(crate) fn clear(&self) {
        let _ = self.cloud_unreachable(); // an error where it was not connected
        let mut told = vec![self.compose_cloud(&["down", "-v"]).err()];
        for file in ["docker-compose.yml", "docker-compose.debug.yml"] {
            let text = format!("docker compose -f {file} down -v");
            told.push(match self.bash(&text) {
                Ok(transcript) if transcript.code == Some(0) => None,
                Ok(transcript) => Some(transcript.all.into()),
                Err(error) => Some(error),
            });
        }
        for error in told.into_iter().flatten() {
            eprintln!("{PROJECT} was not taken down: {error}");
        }
    }
}

fn succeeded(output: &Output) -> Result<String> {
    if output.status.success() {
        Ok(String::from_utf8(output.stdout.clone())?.trim().to_owned())
    } else {
        Err(said(output).into())
    }
}
