//! The binary, run in a folder and an environment that the test alone decides.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The project's folder.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A folder of a test's own, with the shipped playbooks and fixtures in it.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    /// An empty place with links to `playbooks/` and `fixtures/`.
    pub(crate) fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        for name in ["playbooks", "fixtures"] {
            symlink(Path::new(ROOT).join(name), folder.path().join(name))?;
        }
        Ok(Self { folder })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program in this place: no variable of the caller's environment reaches it.
    pub(crate) fn rejoin(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin"));
        command
            .args(args)
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }
}
