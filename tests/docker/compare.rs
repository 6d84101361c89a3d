//! Two builds compared on Docker: brought up one after the other, each with its identity, what changed
//! as a table and as the exit code, nothing left behind.

use std::fs;

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};

const BUG: &str = "# the build before\nSTANDIN_VARIANT=issue-395\n";
const FIX: &str = "export STANDIN_VARIANT='fix-b' # the build after\n";

#[test]
fn a_fix_is_no_regression_and_its_opposite_is_one() {
    engine_test(async || {
        let stack = DebugStack::without("rejoin-compare", "")?;
        let folder = tempfile::tempdir()?;
        let out = folder.path().join("runs").display().to_string();
        let file = |name: &str, text: &str| -> Result<String> {
            let path = folder.path().join(name);
            fs::write(&path, text)?;
            Ok(path.display().to_string())
        };
        let (bug, fix) = (file("bug.env", BUG)?, file("fix.env", FIX)?);
        let compare = |before: &str, after: &str| {
            let mut command = stack.at_home(env!("CARGO_BIN_EXE_rejoin"));
            command.args([
                "compare",
                "playbooks/stuck-pending.yaml",
                "--target",
                "local",
            ]);
            command.arg("--subject").arg(format!("before={before}"));
            command.arg("--subject").arg(format!("after={after}"));
            command.args(["--out", &out]).env_remove("STANDIN_VARIANT");
            command.output()
        };
        for (before, after, exit, change) in
            [(&bug, &fix, 0, "fixed"), (&fix, &bug, 1, "REGRESSION")]
        {
            let output = compare(before, after)?;
            let page = String::from_utf8(output.stdout.clone())?;
            let row = page.lines().find(|line| line.contains("  stuck-pending "));
            let row = row.unwrap_or_default();
            let words = [
                row.contains("pass") && row.contains("fail: late-runs"),
                row.ends_with(change),
                page.contains("before: target local, variant "),
                page.contains("rejoin/standin-edge:dev is sha256:"),
            ];
            if output.status.code() != Some(exit) || words.contains(&false) {
                return Err(format!("not {change}: {words:?}\n{}", said(&output)).into());
            }
            if !stack.compose(&["ps", "-q"])?.trim().is_empty() {
                return Err("the stack was not taken down".into());
            }
        }
        refused_while_up(&stack, || compare(&bug, &fix))
    });
}

/// A stack that somebody works with is not exchanged for that of a subject.
fn refused_while_up(
    stack: &DebugStack,
    compare: impl Fn() -> std::io::Result<std::process::Output>,
) -> Result {
    stack.compose(&["up", "-d", "nats"])?;
    let container = stack.compose(&["ps", "-q"])?;
    let output = compare()?;
    let said = said(&output);
    if output.status.code() != Some(3) || !said.contains("rejoin down --target local") {
        return Err(format!("not refused while it is up:\n{said}").into());
    }
    if stack.compose(&["ps", "-q"])? != container {
        return Err("the stack that was up was touched".into());
    }
    Ok(())
}
