//! A token in the environment, the configuration, a server's echo and a job's label: it is shown nowhere, at any
//! verbosity, in any format, in no folder of a run and in no list of processes.

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

use cli::Place;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const TOKEN: &str = "tok-7c1f00e2b9d84a55-secret";
const KEY: &str = "exp_ak_5b0a9f11e77c4d02";

/// A server that says back what it was sent, in its headers and in every record, for ever.
fn echo() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone()?);
                let (mut line, mut sent) = (String::new(), String::new());
                while reader.read_line(&mut line)? > 2 {
                    if line.to_ascii_lowercase().starts_with("authorization:") {
                        line.trim_end().clone_into(&mut sent);
                    }
                    line.clear();
                }
                let node = format!(
                    r#"{{"id":"n-1","spec":{{"name":"edge1"}},"status":{{"connection_state":"connected","note":"{sent}"}},"{sent}":1}}"#
                );
                let body = format!(r#"{{"items":[{node}],"next_token":"","message":"{sent}"}}"#);
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nX-Echo: {sent}\r\nX-RateLimit-Echo: {sent}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
                )
            });
        }
    });
    Ok(address)
}

/// A place whose configuration, environment and playbook hold the secrets.
fn place(address: SocketAddr) -> Result<Place> {
    let place = Place::new()?;
    fs::write(place.path().join("token"), TOKEN)?;
    let toml = format!(
        "[targets.lab]\nkind = \"docker\"\ncompose_file = \"none.yml\"\nendpoint = \"http://{address}\"\ntoken_file = \"token\"\n"
    );
    fs::write(place.path().join("rejoin.toml"), toml)?;
    let shipped = fs::read_to_string(place.path().join("playbooks/stuck-pending.yaml"))?;
    let shipped = shipped.replace("../fixtures/jobs/new-job.yaml", "job.yaml");
    let shipped = shipped.replace("../fixtures", "fixtures");
    fs::write(
        place.path().join("own.yaml"),
        format!("# {TOKEN}\n{shipped}"),
    )?;
    let job = fs::read_to_string(place.path().join("fixtures/jobs/new-job.yaml"))?;
    let job = format!("{job}\nlabels: {{ secret: {TOKEN}, key: {KEY} }}\n");
    fs::write(place.path().join("job.yaml"), job)?;
    let gate = "gate = 1\nplaybooks = [\"own.yaml\"]\n";
    fs::write(place.path().join("gate.toml"), gate)?;
    Ok(place)
}

fn command(place: &Place, args: &[&str]) -> Command {
    let mut command = place.rejoin(args);
    command
        .env("API_TOKEN", TOKEN)
        .env("EXPANSO_CLI_AUTH_API_KEY", KEY);
    command
        .env("REJOIN_LOG", "trace")
        .env("PATH", "/usr/bin:/bin");
    command
}

fn clean(what: &str, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    for secret in [TOKEN, KEY] {
        let at = text.find(secret);
        let around = at.map(|at| text[..at].chars().rev().take(80).collect::<String>());
        assert_eq!(
            around.map(|it| it.chars().rev().collect::<String>()),
            None,
            "{what}"
        );
    }
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) -> Result {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_symlink() {
            continue; // to a folder that is gone through by itself
        }
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn no_verb_shows_a_secret() -> Result {
    let place = place(echo()?)?;
    for args in [
        &["check", "own.yaml"][..],
        &["plan", "own.yaml"],
        &["run", "own.yaml"],
        &[
            "run",
            "own.yaml",
            "--format",
            "json",
            "--format",
            "junit=j.xml",
            "--format",
            "markdown=m.md",
            "--format",
            "html=h.html",
        ],
        &["compare", "own.yaml", "--variants", "issue-395,reconcile"],
        &["gate", "gate.toml"],
        &["report", "runs/latest", "--format", "json"],
        &["report", "runs/latest", "--format", "html"],
        &["diff", "runs/latest", "runs"],
        &["doctor"],
        &["status"],
        &["get", "jobs"],
        &["status", "--target", "lab"],
        &["get", "nodes", "-o", "json", "--target", "lab"],
        &["watch", "--for", "300ms", "--target", "lab"],
        &["doctor", "--target", "lab"],
        &["doctor", "--contract", "--target", "lab"],
        &["run", "own.yaml", "--target", "lab"],
        &["up", "--target", "lab"],
        &["down", "--target", "lab"],
        &["heal", "--target", "lab"],
    ] {
        let args = [args, &["-vv"]].concat();
        let output = command(&place, &args).output()?;
        clean(&format!("{args:?}, stdout"), &output.stdout);
        clean(&format!("{args:?}, stderr"), &output.stderr);
    }
    let mut found = Vec::new();
    files(&place.path().join("runs"), &mut found)?;
    assert!(found.len() > 50, "only {} files were searched", found.len());
    let mine = ["own.yaml", "job.yaml", "token"];
    for name in ["j.xml", "m.md", "h.html"] {
        found.push(place.path().join(name));
    }
    for path in found {
        assert!(!mine.iter().any(|name| path == place.path().join(name)));
        clean(&path.display().to_string(), &fs::read(&path)?);
    }
    Ok(())
}

#[test]
fn the_label_was_really_there_to_be_shown() -> Result {
    // Without the token in the environment it is a word like others, and is shown: what the test above looks for
    // could be found.
    let place = place(echo()?)?;
    fs::remove_file(place.path().join("rejoin.toml"))?;
    let output = place
        .rejoin(&["run", "own.yaml", "--format", "json"])
        .output()?;
    assert_eq!(output.status.code(), Some(1));
    let mut found = Vec::new();
    files(&place.path().join("runs"), &mut found)?;
    let holds =
        |path: &std::path::PathBuf| fs::read_to_string(path).is_ok_and(|it| it.contains(TOKEN));
    let holding: Vec<_> = found.iter().filter(|path| holds(path)).collect();
    let named = |name: &str| holding.iter().any(|path| path.ends_with(name));
    assert!(
        named("journal.jsonl") && named("playbook.yaml"),
        "{holding:?}"
    );
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn no_list_of_processes_shows_a_secret() -> Result {
    let place = place(echo()?)?;
    let args = ["watch", "--target", "lab", "--every", "50ms"];
    let mut child = command(&place, &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no stdout")?);
    let mut line = String::new();
    lines.read_line(&mut line)?; // it asks, with the token
    let mut seen = 0;
    for entry in fs::read_dir("/proc")?.flatten() {
        if let Ok(arguments) = fs::read(entry.path().join("cmdline")) {
            clean(&entry.path().display().to_string(), &arguments);
            seen +=
                usize::from(String::from_utf8_lossy(&arguments).contains("watch\0--target\0lab"));
        }
    }
    child.kill()?;
    child.wait()?;
    assert_eq!(
        seen, 1,
        "the process was not among those that were looked at"
    );
    Ok(())
}
