//! The folder that the commands run in, what they find there, and what is taken away afterwards.

use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::super::engine::compose;
use super::super::port::free_port;
use super::Result;
use super::script::Transcript;

/// The compose project of the commands.
pub(crate) const PROJECT: &str = "rejoin-seeds";
/// What the commands call the containers, and the ports on which the debug stack is published.
const NAMES: [&str; 6] = [
    "nats-debug",
    "orchestrator-debug",
    "edge1-debug",
    "edge2-debug",
    "edge1",
    "edge2",
];
const PORTS: [u16; 3] = [9010, 9011, 9012];
/// What the commands read; they change nothing of it.
const FILES: [&str; 6] = [
    ".env.example",
    "build-debug.sh",
    "docker-compose.debug.yml",
    "docker-compose.yml",
    "pipelines/new-job.yaml",
    "pipelines/test-job.yaml",
];
/// Variables that would make the stack another one than the document means.
const MISLEADING: [&str; 12] = [
    "API_PORT",
    "API_TOKEN",
    "COMPOSE_FILE",
    "EDGE1_API_PORT",
    "EDGE2_API_PORT",
    "EDGE_IMAGE",
    "EXPANSO_CLI_ENDPOINT",
    "EXPANSO_CLI_PROFILE",
    "ORCHESTRATOR_IMAGE",
    "STACK_SUFFIX",
    "STANDIN_TIMING",
    "STANDIN_VARIANT",
];
/// The document writes its third job here.
const THIRD_JOB: &str = "/tmp/third-job.yaml";

/// The folder; what the commands made goes with it, however the test ends.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    pub(crate) cloud_port: u16,
    third_job_was_there: bool,
}

impl Place {
    /// A copy of what the commands read; refused where their names or ports are taken.
    pub(crate) fn new() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir()?;
        for file in FILES {
            let copy = folder.path().join(file);
            std::fs::create_dir_all(copy.parent().ok_or("a file has a folder")?)?;
            std::fs::copy(root.join(file), copy)?;
        }
        // A link, so that ./build-debug.sh builds this project and not a copy from nothing.
        symlink(root.join("docker"), folder.path().join("docker"))?;
        let place = Self {
            folder,
            cloud_port: free_port()?,
            third_job_was_there: Path::new(THIRD_JOB).exists(),
        };
        place.clear(); // what an aborted run of this test left: only containers of its own projects
        place.nothing_is_taken()?;
        Ok(place)
    }

    fn nothing_is_taken(&self) -> Result {
        for name in NAMES {
            let filter = format!("name=^/{name}$");
            let found = self.docker(&["ps", "-aq", "--filter", &filter])?;
            if !found.is_empty() {
                return Err(format!(
                    "the bug report's commands need the container name {name}, and there is one: take that \
                     stack down first (just down); nothing was touched"
                )
                .into());
            }
        }
        for port in PORTS {
            TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
                format!("the bug report's commands need port {port}: {error}; nothing was touched")
            })?;
        }
        Ok(())
    }

    /// Runs a part of the document.
    pub(crate) fn bash(&self, text: &str) -> Result<Transcript> {
        let text = match compose() {
            Some(("docker", _)) => text.to_owned(),
            _ => text.replace("docker compose", "docker-compose"),
        };
        Transcript::of(&text, |file| {
            let mut command = self.command("bash");
            command.arg("-v").arg(file); // every line is said before it is done
            command
        })
    }

    /// A program in the folder and the environment of the commands.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for variable in MISLEADING {
            command.env_remove(variable);
        }
        let old = std::env::var("PATH").unwrap_or_default();
        command
            .current_dir(self.folder.path())
            .env("COMPOSE_PROJECT_NAME", PROJECT)
            .env(
                "PATH",
                format!("{}:{old}", self.folder.path().join("bin").display()),
            )
            // For the Cloud's edges and the one command that asks the Cloud:
            .env("EDGE_IMAGE", "rejoin/standin-edge:dev")
            .env("NATS_URL", "nats://nats:4222")
            .env("EXPANSO_ENDPOINT", self.cloud())
            // Wins over a key in a profile of the person who runs the test.
            .env("EXPANSO_CLI_AUTH_API_KEY", "none")
            .stdin(Stdio::null());
        command
    }

    /// Puts the stand-in's `expanso-cli` on the path, out of the image: it runs on this machine too.
    pub(crate) fn install_cli(&self) -> Result {
        let folder = self.path("bin");
        std::fs::create_dir_all(&folder)?;
        let container = self.docker(&["create", "rejoin/standin-orchestrator:dev"])?;
        let from = format!("{container}:/bin/expanso-cli");
        let copied = self.docker(&["cp", "-L", &from, &folder.display().to_string()]);
        self.docker(&["rm", &container])?;
        copied.map(drop)
    }

    /// A file in the folder.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// The API of the debug stack.
    pub(crate) fn local() -> String {
        format!("http://127.0.0.1:{}", PORTS[0])
    }

    /// The API of the Cloud.
    pub(crate) fn cloud(&self) -> String {
        format!("http://127.0.0.1:{}", self.cloud_port)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.clear();
        if !self.third_job_was_there {
            let _ = std::fs::remove_file(THIRD_JOB);
        }
    }
}
