//! A folder to run the commands of a page in, and what can be said of those that are not run.
//!
//! Apart because it is the only part that starts processes: in a folder of its own, so that `runs/`
//! lands there, and with an environment that holds nothing of this machine.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// How the pages call the program.
const CALLS: [&str; 2] = ["cargo run --release -- ", "rejoin "];

/// A config that is not there: where it is asked for, the arguments were understood.
const NO_CONFIG: &str = "no-such-config.toml";

/// A folder that looks like the checkout.
pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["playbooks", "fixtures", "gates", "rejoin.toml"] {
            symlink(here.join(name), folder.path().join(name))?;
        }
        Ok(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program with these words as arguments and no other environment than these variables.
    pub(crate) fn run(&self, arguments: &str, variables: &[(&str, &str)]) -> Output {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Command::new(env!("CARGO_BIN_EXE_rejoin"))
            .args(arguments.split_whitespace())
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path())
            .envs(variables.iter().copied())
            .output()
            .expect("the program starts")
    }

    /// Runs the command of a `console` block and returns the block as it should be: the command and
    /// what it printed on stdout, with ` 2>&1` at its end also on stderr.
    pub(crate) fn session(&self, lines: &[String], exit: i32) -> Result<Vec<String>, String> {
        let line = lines.first().ok_or("an empty console block")?;
        if lines.iter().filter(|line| line.starts_with("$ ")).count() != 1 {
            return Err(format!(
                "`{line}`: a console block begins with its one command"
            ));
        }
        let command = line
            .strip_prefix("$ ")
            .ok_or_else(|| format!("`{line}` is no command"))?;
        let (command, both) = match command.strip_suffix(" 2>&1") {
            Some(command) => (command, true),
            None => (command, false),
        };
        let arguments = arguments(command).ok_or_else(|| format!("`{line}` cannot be run here"))?;
        let output = self.run(arguments, &[]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        if output.status.code() != Some(exit) {
            return Err(format!(
                "`{line}` ended with {}, not {exit}\n{stderr}",
                output.status
            ));
        }
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        if both {
            said.push_str(&stderr);
        }
        Ok([line.clone()]
            .into_iter()
            .chain(said.lines().map(str::to_owned))
            .collect())
    }

    /// What is wrong with a line of an `sh` block, as far as it can be told without running it.
    pub(crate) fn problem_with(&self, line: &str, recipes: &BTreeSet<String>) -> Option<String> {
        let line = line.split(" #").next().unwrap_or(line).trim();
        let words = line.split_whitespace();
        let command: Vec<&str> = words.skip_while(|word| word.contains('=')).collect();
        let command = command.join(" ");
        if let Some(recipe) = command.strip_prefix("just ") {
            let recipe = recipe.split_whitespace().next().unwrap_or_default();
            return (!recipes.contains(recipe)).then(|| "no such recipe".to_owned());
        }
        let output = self.run(arguments(&command)?, &[("REJOIN_CONFIG", NO_CONFIG)]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let understood = output.status.success() || stderr.contains(".toml: cannot be read");
        (!understood).then(|| stderr.into_owned())
    }
}

/// What follows the program's name, if the command calls it.
fn arguments(command: &str) -> Option<&str> {
    CALLS.iter().find_map(|call| command.strip_prefix(call))
}

/// The recipes of a Justfile.
pub(crate) fn recipes(justfile: &str) -> BTreeSet<String> {
    let heads = justfile
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '\t']));
    let names = heads.filter_map(|line| {
        let (head, rest) = line.split_once(':')?;
        (!rest.starts_with('=')).then(|| head.split_whitespace().next())?
    });
    names.map(str::to_owned).collect()
}
