//! The debug stack of one test: its own project, names and ports, driven through the program itself.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::Result;
use super::added::Leftovers;
use super::port::free_port;
use rejoin::settings::{Environment, Settings, TargetSettings};
use rejoin::target::docker::DockerTarget;

/// A debug stack; taken down when the test ends, however it ends.
pub(crate) struct DebugStack {
    project: String,
    variant: String,
    ports: [u16; 3],
    folder: tempfile::TempDir,
}

impl DebugStack {
    /// Brings up the debug stack with this variant on the timing profile `fast`.
    pub(crate) fn up(project: &str, variant: &str) -> Result<Self> {
        let stack = Self::without(project, variant)?;
        let output = stack.rejoin(&["up"]).output()?;
        if !output.status.success() {
            return Err(said(&output).into());
        }
        Ok(stack)
    }

    /// The same without bringing anything up.
    pub(crate) fn without(project: &str, variant: &str) -> Result<Self> {
        let stack = Self {
            project: project.to_owned(),
            variant: variant.to_owned(),
            ports: [free_port()?, free_port()?, free_port()?],
            folder: tempfile::tempdir()?,
        };
        stack.down()?; // what an aborted run of this test left
        Ok(stack)
    }

    /// The program with a verb, on this stack.
    pub(crate) fn rejoin(&self, args: &[&str]) -> Command {
        let mut command = self.at_home(env!("CARGO_BIN_EXE_rejoin"));
        command.args(args).args(["--target", "local"]);
        command.args(["--timing", "fast", "--variant", &self.variant]);
        command
    }

    /// Runs a playbook of the project.
    pub(crate) fn run(&self, playbook: &str) -> Result<Output> {
        Ok(self.run_command(playbook).output()?)
    }

    /// Starts a run, to do something to it.
    pub(crate) fn start(&self, playbook: &str) -> Result<Child> {
        spawn(self.run_command(playbook))
    }

    /// The same with an engine that is to be found elsewhere.
    pub(crate) fn start_on(&self, engine: &str, playbook: &str) -> Result<Child> {
        let mut command = self.run_command(playbook);
        command.env("DOCKER_HOST", engine);
        spawn(command)
    }

    fn run_command(&self, playbook: &str) -> Command {
        self.run_of(&format!("playbooks/{playbook}.yaml"))
    }

    /// A run of the playbook in this file.
    pub(crate) fn run_of(&self, file: &str) -> Command {
        let out = self.runs().display().to_string();
        self.rejoin(&["run", file, "--out", &out])
    }

    /// Writes a playbook of a test's own, with the job `late`; its path.
    pub(crate) fn playbook(&self, steps: &str) -> Result<String> {
        let job = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/jobs/new-job.yaml");
        let path = self.folder.path().join("trouble.yaml");
        let head = "rejoin: 1\nname: trouble\ntitle: Trouble in the middle";
        std::fs::write(
            &path,
            format!("{head}\njobs: {{ late: {job} }}\nsteps:{steps}"),
        )?;
        Ok(path.display().to_string())
    }

    /// Where its runs are recorded.
    pub(crate) fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    /// Where its ledgers are.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// The name of the container of a service.
    pub(crate) fn container(&self, service: &str) -> String {
        format!("{service}-{}", self.project)
    }

    /// Where its orchestrator's API is.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[0])
    }

    /// Another program, in this stack's environment and the project's folder.
    pub(crate) fn at_home(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("COMPOSE_PROJECT_NAME", &self.project)
            .env("STACK_SUFFIX", format!("-{}", self.project))
            .env("API_PORT", self.ports[0].to_string())
            .env("EDGE1_API_PORT", self.ports[1].to_string())
            .env("EDGE2_API_PORT", self.ports[2].to_string())
            .env("STANDIN_TIMING", "fast")
            .env("STANDIN_VARIANT", &self.variant)
            .env("XDG_STATE_HOME", self.state())
            .stdin(Stdio::null());
        command
    }

    /// What a program on this stack finds in its environment.
    pub(crate) fn environment(&self) -> Environment {
        let command = self.at_home("true");
        let own = command.get_envs().filter_map(|(name, value)| {
            let (name, value) = (name.to_str()?, value?.to_str()?);
            Some((name.to_owned(), value.to_owned()))
        });
        let inherited = ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HOME"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
        Environment::of(env!("CARGO_MANIFEST_DIR"), inherited.chain(own))
    }

    /// Its target, as the program finds it.
    pub(crate) async fn target(&self) -> Result<DockerTarget> {
        let environment = self.environment();
        let settings = Settings::load(None, &environment)?;
        let (_, TargetSettings::Docker(settings)) = settings.target(Some("local"))? else {
            return Err("`local` is a Docker target".into());
        };
        Ok(DockerTarget::connect("local", settings, &environment).await?)
    }

    /// Compose on this stack, whichever compose the machine has.
    pub(crate) fn compose(&self, args: &[&str]) -> Result<String> {
        let plugin = Command::new("docker")
            .args(["compose", "version"])
            .output()?;
        let mut command = if plugin.status.success() {
            let mut command = self.at_home("docker");
            command.arg("compose");
            command
        } else {
            self.at_home("docker-compose")
        };
        let file = Path::new("docker-compose.debug.yml");
        let output = command.arg("-f").arg(file).args(args).output()?;
        if output.status.success() {
            Ok(said(&output))
        } else {
            Err(said(&output).into())
        }
    }

    /// What compose would still change: nothing, where it owns every container as it is.
    pub(crate) fn drift(&self) -> Result<Vec<String>> {
        let said = self.compose(&["up", "-d"])?;
        let changed = |line: &&str| {
            [
                "Creating",
                "Recreating",
                "Starting",
                "Created",
                "Recreated",
                "Started",
            ]
            .iter()
            .any(|word| line.contains(word))
        };
        Ok(said.lines().filter(changed).map(str::to_owned).collect())
    }

    fn down(&self) -> Result {
        drop(Leftovers(&self.project)); // of a run that was cut short
        self.compose(&["down", "-v"]).map(drop)
    }
}

impl Drop for DebugStack {
    fn drop(&mut self) {
        if let Err(error) = self.down() {
            eprintln!("{} was not taken down: {error}", self.project);
        }
    }
}

fn spawn(mut command: Command) -> Result<Child> {
    command.stderr(Stdio::piped()).stdout(Stdio::piped());
    Ok(command.spawn()?)
}

/// Both streams of an output.
pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
