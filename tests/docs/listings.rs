//! Listings on pages: playbooks, steps that are put into a playbook around them, settings.
//!
//! Apart because here a page is the input of the program, not its output.

use std::path::Path;

use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::{Environment, Settings, SettingsError, Timing};

/// What the steps of a page may speak of.
const AROUND: &str = "rejoin: 1
name: on-a-page
jobs:
  steady: ../fixtures/jobs/test-job.yaml
  late: ../fixtures/jobs/new-job.yaml
  newer: ../fixtures/jobs/test-job.yaml
vars: { gap: 0s }
steps:
  - deploy: steady
  - deploy: late
  - remove: { nodes: all, as: victims }
  - { id: back, restore: { nodes: victims } }
";

/// What is wrong with the playbook, or the steps, in this block.
pub(crate) fn playbook_problem(lines: &[String]) -> Option<String> {
    let whole = lines.iter().any(|line| line.starts_with("rejoin:"));
    let text = if whole {
        lines.join("\n")
    } else {
        let steps = lines.iter().map(|line| format!("  {line}\n"));
        format!("{AROUND}{}", steps.collect::<String>())
    };
    // Job files count from the playbook's folder; the tests run in the package's.
    let path = Path::new("docs/on-a-page.yaml");
    let read = parse::parse(path, text, &Overrides::default(), &Timing::default());
    read.err().map(|problems| problems.to_string())
}

/// What is wrong with the settings in this block.
pub(crate) fn settings_problem(lines: &[String]) -> Option<String> {
    load(&lines.join("\n")).err().map(|error| error.to_string())
}

/// The keys of `[targets.NAME]`, as the settings themselves list them.
pub(crate) fn settings_keys() -> Vec<String> {
    let error = load("[targets.sim]\nzzzz = 1\n").expect_err("zzzz is no key");
    let said = error.to_string();
    let list = said.split("expected one of ").nth(1).unwrap_or_default();
    let words = list.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn load(text: &str) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rejoin.toml");
    std::fs::write(&file, text).expect("a file");
    let nothing: [(&str, &str); 0] = [];
    Settings::load(Some(&file), &Environment::of(folder.path(), nothing))
}
