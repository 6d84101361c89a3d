//! What the program says when it cannot do what was asked: each refusal with its exit code and, word
//! for word, its golden file in `fixtures/cli`. Nothing on stdout, nothing written, nothing touched.
//!
//! `REJOIN_BLESS=1` writes what is said now, for a person to read. What is wrong inside a playbook is
//! `tests/playbook_invalid.rs`'s.

mod cases;
#[path = "../support/cli.rs"]
mod cli;
mod engine;
mod sweeps;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use cases::{CASES, Case};
use cli::{Place, ROOT};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

#[test]
fn every_refusal_is_as_its_golden_says() {
    let mut wrong = String::new();
    for case in CASES.iter().chain(sweeps::CASES) {
        if let Err(error) = refused(case) {
            let _ = writeln!(
                wrong,
                "--- {}: rejoin {}\n{error}",
                case.name,
                case.args.join(" ")
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_golden_has_a_case() -> Result {
    for entry in fs::read_dir(Path::new(ROOT).join("fixtures/cli"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(
            CASES
                .iter()
                .chain(sweeps::CASES)
                .any(|case| case.name == name),
            "nothing uses {}",
            path.display()
        );
    }
    Ok(())
}

#[test]
fn the_doctor_says_on_stdout_what_is_missing() -> Result {
    let place = Place::new()?;
    let mut doctor = place.rejoin(&["doctor", "--target", "local"]);
    let output = doctor
        .env("DOCKER_HOST", "unix:///nonexistent.sock")
        .output()?;
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stdout)?;
    let engine = said.lines().find(|line| line.contains("engine"));
    assert!(
        engine.is_some_and(|line| line.contains("failure")),
        "{said}"
    );
    assert!(said.contains("nonexistent.sock"), "{said}");
    Ok(())
}

#[test]
fn the_doctor_shows_no_password_of_an_address() -> Result {
    let place = Place::new()?;
    let mut doctor = place.rejoin(&["doctor", "--target", "cloud"]);
    let output = doctor
        .env("DOCKER_HOST", "unix:///nonexistent.sock")
        .env("EXPANSO_CLI_ENDPOINT", "https://me:hush@localhost:9")
        .output()?;
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stdout)?;
    let words = "EXPANSO_CLI_ENDPOINT in the environment: the endpoint holds credentials";
    let unwrapped = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(unwrapped.contains(words), "{said}");
    let log = String::from_utf8(output.stderr)?;
    assert!(
        !said.contains("hush") && !log.contains("hush"),
        "{said}{log}"
    );
    Ok(())
}

fn refused(case: &Case) -> Result {
    let place = Place::new()?;
    for (file, text) in case.files {
        let path = place.path().join(file);
        fs::create_dir_all(path.parent().unwrap_or(place.path()))?;
        fs::write(path, text)?;
    }
    let socket = place.path().join("engine.sock");
    let engine = case.engine.then(|| engine::serve(&socket)).transpose()?;
    let before = listing(place.path());
    let mut command = place.rejoin(case.args);
    command.envs(case.env.iter().copied());
    if engine.is_some() {
        command.env("DOCKER_HOST", format!("unix://{}", socket.display()));
    }
    let output = command.output()?;
    let folder = place.path().display().to_string();
    let said = String::from_utf8(output.stderr)?
        .replace(&folder, "$DIR")
        .replace(ROOT, "$ROOT");
    if output.status.code() != Some(case.exit) {
        return Err(format!("{:?}, not exit {}:\n{said}", output.status, case.exit).into());
    }
    if !output.stdout.is_empty() {
        return Err(format!("stdout:\n{}", String::from_utf8_lossy(&output.stdout)).into());
    }
    if listing(place.path()) != before {
        return Err(format!("written: {:?}", listing(place.path())).into());
    }
    golden(case.name, &said)
}

/// Everything below a folder, links not followed.
fn listing(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        found.push(entry.path());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(listing(&entry.path()));
        }
    }
    found.sort();
    found
}

fn golden(name: &str, said: &str) -> Result {
    let path = Path::new(ROOT)
        .join("fixtures/cli")
        .join(name)
        .with_extension("stderr");
    if std::env::var_os("REJOIN_BLESS").is_some() {
        fs::write(path, said)?;
        return Ok(());
    }
    if fs::read_to_string(&path).ok().as_deref() == Some(said) {
        return Ok(());
    }
    Err(format!("not as {} says:\n{said}", path.display()).into())
}
