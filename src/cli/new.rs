//! `rejoin new`: a commented playbook to begin with, and a job for it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::args::NewArgs;
use super::{Refusal, terminal};
use crate::exit::Exit;

/// The playbook; `NAME` and `SCHEMA` are replaced.
const PLAYBOOK: &str = include_str!("new/playbook.yaml");
/// Its job.
const JOB: &str = include_str!("new/job.yaml");

pub(super) fn new(args: &NewArgs) -> Result<Exit, Refusal> {
    let name = &args.name;
    let fit = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(fit) {
        return Err(Refusal::usage(format!(
            "`{name}` is no name for a playbook: letters, digits and hyphens make one, such as deploy-while-away"
        )));
    }
    // Without the dot that stands for the current folder: these are to be typed again.
    let here = args.folder == Path::new(".");
    let folder = if here { Path::new("") } else { &args.folder };
    let playbook = folder.join(format!("{name}.yaml"));
    let job = folder.join(format!("{name}-job.yaml"));
    for path in [&playbook, &job] {
        if path.exists() {
            return Err(Refusal::usage(format!(
                "{} is there already, and stays as it is; choose another name or --folder",
                path.display()
            )));
        }
    }
    let repository =
        env!("CARGO_PKG_REPOSITORY").replace("github.com", "raw.githubusercontent.com");
    let schema = format!("{repository}/main/docs/schema/playbook.json");
    let text = PLAYBOOK.replace("NAME", name).replace("SCHEMA", &schema);
    write(&args.folder, &job, &JOB.replace("NAME", name))?;
    write(&args.folder, &playbook, &text)?;
    let shown = playbook.display();
    terminal::print(format!("{shown}\n{}", job.display()));
    terminal::say(format!(
        "it fails on the bug (rejoin run {shown}) and passes where work comes back (rejoin run {shown} --variant reconcile)"
    ));
    Ok(Exit::Passed)
}

fn write(folder: &Path, path: &Path, text: &str) -> Result<(), Refusal> {
    let write = || {
        fs::create_dir_all(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().map_err(|error: std::io::Error| Refusal::usage(format!("{}: {error}", path.display())))
}
