//! Tests on a real engine: skipped where there is none, cleaned up after, and taking turns.
//!
//! As many as the test runner has threads are on the engine at a time: they mostly wait. The tests of one
//! module share its projects and subnets and take turns, also with those of another checkout.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::Result;

/// The image that the stacks of these tests run; `just images` makes it.
const IMAGE: &str = "rejoin/nats:dev";

/// Runs a test on the engine, perhaps beside others, or skips it in one line. With `REJOIN_REQUIRE=docker`
/// (as in CI) a skip is a failure.
///
/// # Panics
/// With what the test found.
pub(crate) fn engine_test<F: Future<Output = Result>>(test: impl FnOnce() -> F) {
    on_engine(test, File::lock_shared);
}

/// The same with no other test of the project on the engine: for one that keeps several stacks busy, or
/// that looks at everything that the engine does.
///
/// # Panics
/// With what the test found.
pub(crate) fn lone_engine_test<F: Future<Output = Result>>(test: impl FnOnce() -> F) {
    on_engine(test, File::lock);
}

fn on_engine<F: Future<Output = Result>>(
    test: impl FnOnce() -> F,
    lock: fn(&File) -> std::io::Result<()>,
) {
    if let Some(reason) = missing() {
        let required = std::env::var("REJOIN_REQUIRE").unwrap_or_default();
        assert!(
            !required.split(',').any(|ring| ring == "docker"),
            "docker is required, but {reason}"
        );
        // Past the capture of the test runner: a skip that nobody sees would look like a pass.
        let _ = writeln!(std::io::stderr(), "skipped the Docker ring: {reason}");
        return;
    }
    let outcome = run(test, lock);
    assert!(
        outcome.is_ok(),
        "{}",
        outcome
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    );
}

fn run<F: Future<Output = Result>>(
    test: impl FnOnce() -> F,
    lock: fn(&File) -> std::io::Result<()>,
) -> Result {
    let file = |name: &str| {
        let name = format!("rejoin-docker-tests-{name}.lock");
        File::create(std::env::temp_dir().join(name))
    };
    let thread = std::thread::current();
    let module = thread.name().and_then(|test| test.rsplit_once("::"));
    let module = module.map_or("unnamed", |(module, _)| module);
    let module = file(&module.replace("::", "-"))?;
    module.lock()?;
    // Whoever comes waits at the door behind one who waits to be alone, who would wait for ever otherwise.
    let (door, engine) = (file("door")?, file("engine")?);
    door.lock()?;
    lock(&engine)?;
    door.unlock()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(test())
}

fn missing() -> Option<String> {
    if !succeeds("docker", &["version"]) {
        return Some("no container engine answers `docker version`".to_owned());
    }
    if compose().is_none() {
        return Some("neither `docker compose` nor `docker-compose` works".to_owned());
    }
    if !succeeds("docker", &["image", "inspect", IMAGE]) {
        return Some(format!("the image {IMAGE} is missing (just images)"));
    }
    None
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The compose that the machine has: its program and the first arguments.
pub(crate) fn compose() -> Option<(&'static str, &'static [&'static str])> {
    let tools: [(&str, &[&str]); 2] = [("docker", &["compose"]), ("docker-compose", &[])];
    tools.into_iter().find(|(program, args)| {
        let version = [args, &["version"][..]].concat();
        succeeds(program, &version)
    })
}

/// A compose project of a test's own; taken down when the test ends, however it ends.
pub(crate) struct Stack {
    project: String,
    folder: tempfile::TempDir,
}

impl Stack {
    /// Brings up `file` (as `compose.yml`) as the project of this name.
    pub(crate) fn up(project: &str, file: &str) -> Result<Self> {
        let stack = Self {
            project: project.to_owned(),
            folder: tempfile::tempdir()?,
        };
        std::fs::write(stack.file(), file)?;
        stack.compose(&["down", "-v"])?; // what an aborted run of this test left
        stack.compose(&["up", "-d"])?;
        Ok(stack)
    }

    /// Brings it up again; says what compose said.
    pub(crate) fn up_again(&self) -> Result<String> {
        self.compose(&["up", "-d"])
    }

    /// The names of all volumes of its containers.
    fn volumes(&self) -> Result<String> {
        let containers = self.compose(&["ps", "-q"])?;
        let output = Command::new("docker")
            .args(["inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}"])
            .args(containers.split_whitespace())
            .output()?;
        Ok(String::from_utf8(output.stdout)?)
    }

    fn file(&self) -> std::path::PathBuf {
        Path::new(self.folder.path()).join("compose.yml")
    }

    fn compose(&self, args: &[&str]) -> Result<String> {
        let (program, first) = compose().ok_or("no compose")?;
        let output = Command::new(program)
            .args(first)
            .args(["-p", &self.project, "-f"])
            .arg(self.file())
            .args(args)
            .stdin(Stdio::null())
            .output()?;
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        if output.status.success() {
            Ok(said)
        } else {
            Err(said.into())
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        let volumes = self.volumes().unwrap_or_default();
        if let Err(error) = self.compose(&["down", "-v"]) {
            eprintln!("{} was not taken down: {error}", self.project);
        }
        // Compose does not own the volumes without a name of containers that were made again.
        for volume in volumes.split_whitespace() {
            succeeds("docker", &["volume", "rm", volume]);
        }
    }
}
