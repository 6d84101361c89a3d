//! The README's commands for Docker, as they stand there.

use super::Result;
use super::engine::engine_test;
use super::stack::{DebugStack, said};

/// What a verb ends with on the stack that shows the bug.
fn expected(verb: &str) -> i32 {
    i32::from(verb == "run")
}

#[test]
fn the_commands_of_the_readme_do_what_it_says() {
    engine_test(async || {
        let stack = DebugStack::without("rejoin-readme", "issue-395")?;
        let mut verbs = Vec::new();
        for command in commands()? {
            let words: Vec<&str> = command.split_whitespace().collect();
            let mut program = stack.at_home(env!("CARGO_BIN_EXE_rejoin"));
            program.args(&words);
            if words.first() == Some(&"run") {
                program.arg("--out").arg(stack.runs());
            }
            let output = program.output()?;
            let verb = *words.first().ok_or("an empty command")?;
            if output.status.code() != Some(expected(verb)) {
                return Err(format!("{command}: {}\n{}", output.status, said(&output)).into());
            }
            verbs.push(verb.to_owned());
        }
        let all = ["up", "doctor", "plan", "run", "down"];
        if verbs == all {
            Ok(())
        } else {
            Err(format!("{verbs:?}, not {all:?}").into())
        }
    });
}

/// The arguments of every `cargo run` of the section «On Docker».
fn commands() -> Result<Vec<String>> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let text = std::fs::read_to_string(readme)?;
    let (_, section) = text
        .split_once("\n## On Docker\n")
        .ok_or("README: no «On Docker»")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let lines = section.lines();
    let commands = lines.filter_map(|line| line.strip_prefix("cargo run --release -- "));
    Ok(commands.map(str::to_owned).collect())
}
