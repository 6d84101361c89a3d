//! Bad playbooks: each file of `fixtures/playbooks/invalid` with what is said about it, word for word.
//!
//! A new case is a `.yaml` file; `REJOIN_BLESS=1` writes what is said now, for a person to read. A
//! first line `# set: NAME=TIME` stands for `--set NAME=TIME`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rejoin::playbook::parse::{self, Overrides, Problems};
use rejoin::settings::Timing;

/// Relative to the package's folder, where tests run: this is how the files are named in the goldens.
const FOLDER: &str = "fixtures/playbooks/invalid";

fn load(path: &Path, set: &[&str]) -> Result<(), Problems> {
    let overrides = Overrides::from_args(set).expect("the fixture's `# set:` is NAME=TIME");
    parse::load(path, &overrides, &Timing::default()).map(|_| ())
}

#[test]
fn every_bad_playbook_is_answered_as_its_golden_says() {
    let bless = std::env::var_os("REJOIN_BLESS").is_some();
    let mut files: Vec<PathBuf> = std::fs::read_dir(FOLDER)
        .expect("the folder of bad playbooks")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    assert!(files.len() > 30, "only {} bad playbooks", files.len());
    let mut wrong = String::new();
    for path in files {
        let bytes = std::fs::read(&path).expect("a fixture");
        let text = String::from_utf8_lossy(&bytes);
        let set = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# set: "));
        let said = match load(&path, &Vec::from_iter(set)) {
            Ok(()) => "(nothing: it was accepted)\n".to_owned(),
            Err(problems) => format!("{problems}\n"),
        };
        let golden = path.with_extension("stderr");
        if bless {
            std::fs::write(&golden, &said).expect("a golden can be written");
        } else if std::fs::read_to_string(&golden).ok().as_deref() != Some(said.as_str()) {
            let _ = writeln!(wrong, "--- {}\n{said}", path.display());
        }
    }
    assert!(wrong.is_empty(), "other than the goldens say:\n{wrong}");
}

#[test]
fn a_file_that_is_not_there_is_one_problem() {
    let problems = load(Path::new("no/such/playbook.yaml"), &[]).expect_err("no such file");
    let said = problems.to_string();
    assert!(
        said.starts_with("no/such/playbook.yaml: cannot be read: "),
        "{said}"
    );
    assert_eq!(problems.0.len(), 1);
}

#[test]
fn a_folder_is_no_playbook() {
    let said = load(Path::new("fixtures"), &[])
        .expect_err("a folder")
        .to_string();
    assert_eq!(said, "fixtures: is not a regular file");
}

#[test]
fn ten_megabytes_are_refused_fast() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("big.yaml");
    std::fs::write(&path, "- wait: 1s\n".repeat(1_000_000)).expect("a big file");
    let started = Instant::now();
    let said = load(&path, &[]).expect_err("too big").to_string();
    assert!(
        said.ends_with("big.yaml: is larger than 1024 KiB"),
        "{said}"
    );
    assert!(
        started.elapsed() < Duration::from_millis(500),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_megabyte_of_values_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wide.yaml");
    let list = "[x],".repeat(200_000);
    std::fs::write(&path, format!("steps: [{list}]\n")).expect("a wide file");
    let said = load(&path, &[]).expect_err("too wide").to_string();
    assert!(said.contains("too large: more than"), "{said}");
}

#[test]
fn an_endless_file_is_refused() {
    let path = Path::new("/dev/zero");
    if path.exists() {
        let said = load(path, &[]).expect_err("endless").to_string();
        assert_eq!(said, "/dev/zero: is not a regular file");
    }
}

#[test]
fn a_set_that_is_no_pair_is_refused() {
    let problem = Overrides::from_args(["gap"]).expect_err("no pair");
    assert!(
        problem
            .to_string()
            .starts_with("--set gap: is not NAME=TIME"),
        "{problem}"
    );
}
