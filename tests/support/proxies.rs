//! A test once more, in an environment whose every proxy is dead.

use std::process::Command;

/// Runs the test of this name again in a process of its own: the environment of a process is given
/// when it starts.
pub(crate) fn pass_without(test: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut again = Command::new(std::env::current_exe()?);
    again.args(["--exact", test]);
    for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        again.env(proxy, "http://127.0.0.1:1");
    }
    again.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = again.output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && said.contains("1 passed") {
        Ok(())
    } else {
        Err(said.into())
    }
}
