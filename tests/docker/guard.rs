//! The guard of a whole run: crafted selectors, a container exchanged between plan and fault, limits and
//! labels, and services that are not there.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::Result;
use super::engine::engine_test;
use super::escape::stands;
use super::stack::{DebugStack, said};
use super::undo::{Made, docker};

const SERVICES: [&str; 4] = ["nats", "orchestrator", "edge1", "edge2"];
/// What a playbook might call somebody else.
const SELECTORS: [&str; 11] = [
    "edge1-rejoin-guard",
    "rejoin-guard",
    "edge",
    "edge1.*",
    "\"*\"",
    "../edge1",
    "\"edge1 \"",
    "EDGE1",
    "nats",
    "{ spared: edge1-rejoin-guard }",
    "\"edge1,edge2\"",
];

#[test]
fn a_run_hits_only_what_its_plan_saw() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-guard", "reconcile")?;
        let folder = tempfile::tempdir()?;
        let before = all(&stack)?;
        let attempts = selectors(&stack, folder.path())?;
        limits(&stack, folder.path())?;
        let touched = usize::from(all(&stack)? != before);
        writeln!(
            std::io::stderr(),
            "{attempts} crafted selectors: {touched} touched"
        )?;
        assert_eq!(all(&stack)?, before, "a refusal touched something");
        exchanged(&stack, folder.path())?;
        without_nats(&stack, folder.path())
    });
}

fn all(stack: &DebugStack) -> Result<Vec<String>> {
    let each = SERVICES
        .iter()
        .map(|service| stands(&stack.container(service)));
    each.collect()
}

/// A playbook of these steps.
pub(crate) fn playbook(folder: &Path, steps: &str) -> Result<PathBuf> {
    let file = folder.join("guarded.yaml");
    let head = "rejoin: 1\nname: guarded\ntitle: What must not be touched\nsteps:\n";
    std::fs::write(&file, format!("{head}{steps}"))?;
    Ok(file)
}

/// The verb on this playbook ends so, and says this.
fn ends(
    stack: &DebugStack,
    verb: &str,
    file: &Path,
    more: &[&str],
    exit: i32,
    words: &str,
) -> Result {
    let mut command = stack.rejoin(&[verb]);
    command.arg(file).args(more);
    if verb == "run" {
        command.arg("--out").arg(stack.runs());
    }
    let output = command.output()?;
    let text = said(&output);
    if output.status.code() == Some(exit) && text.contains(words) {
        return Ok(());
    }
    Err(format!(
        "{verb} {more:?}: {:?}, not exit {exit} with «{words}»:\n{text}",
        output.status
    )
    .into())
}

fn selectors(stack: &DebugStack, folder: &Path) -> Result<usize> {
    let bystander = Made::from(&[
        "--name",
        "rejoin-guard-edge3",
        "--label",
        "rejoin.role=edge",
    ])?;
    let id = bystander.0.clone();
    let own = [id.as_str(), &id[..12], "rejoin-guard-edge3"];
    let mut attempts = 0;
    for selector in SELECTORS.iter().copied().chain(own) {
        let file = playbook(folder, &format!("  - kill: {{ nodes: {selector} }}\n"))?;
        for verb in ["plan", "run"] {
            ends(stack, verb, &file, &[], 2, "guarded.yaml")?;
            attempts += 1;
        }
    }
    let created = docker(&["inspect", "--format", "{{.State.Status}}", &id])?;
    assert_eq!(created, "created");
    Ok(attempts)
}

fn limits(stack: &DebugStack, folder: &Path) -> Result {
    let steps = "  - kill: { nodes: edge1 }\n  - pause: { nodes: edge2 }\n";
    let file = playbook(folder, steps)?;
    let hit = format!("{}, {}", stack.container("edge1"), stack.container("edge2"));
    for verb in ["plan", "run"] {
        ends(stack, verb, &file, &["--max-hit", "1"], 2, &hit)?;
    }
    let config = folder.join("rejoin.toml");
    let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker-compose.debug.yml");
    let compose = compose.display();
    std::fs::write(
        &config,
        format!("[targets.local]\nconfirm = true\ncompose_file = \"{compose}\"\n"),
    )?;
    let config = config.display().to_string();
    let hits = format!("guarded hits {hit}");
    ends(stack, "run", &file, &["--config", &config], 2, &hits)?;
    ends(stack, "plan", &file, &["--config", &config], 0, "edge1")?;
    // The same playbook after one that would be run: refused before the first one.
    let control = "playbooks/all-connected.yaml";
    ends(stack, "run", &file, &[control, "--max-hit", "1"], 2, &hit)
}

/// Other hands put another container under edge2's name, with all its labels, while the run waits.
fn exchanged(stack: &DebugStack, folder: &Path) -> Result {
    let steps = "  - expect: { nodes: { which: edge2, are: connected } }
  - expect: { nodes: { which: edge2, are: disconnected }, within: 90s }
  - kill: { nodes: edge2 }\n";
    let file = playbook(folder, steps)?;
    let mut run = stack.rejoin(&["run"]);
    run.arg(&file).arg("--out").arg(stack.runs());
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut progress = BufReader::new(run.stderr.take().ok_or("no stderr")?);
    let mut seen = String::new();
    while !seen.contains("disconnected") {
        if progress.read_line(&mut seen)? == 0 {
            return Err(format!("the run ended early:\n{seen}").into());
        }
    }
    let labels = labels(stack)?;
    docker(&["rm", "-f", &stack.container("edge2")])?;
    let namesake = namesake(stack, &labels)?;
    let before = stands(&namesake.0)?;
    let mut report = String::new();
    run.stdout
        .take()
        .ok_or("no stdout")?
        .read_to_string(&mut report)?;
    progress.read_to_string(&mut seen)?;
    let status = run.wait()?;
    let words: String = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let refused =
        words.contains("was not injected: it is not the container that the plan was made for");
    if status.code() != Some(4) || !refused {
        return Err(format!("{status:?}\n{seen}\n{report}").into());
    }
    assert_eq!(stands(&namesake.0)?, before, "the namesake was touched");
    drop(namesake);
    protected(stack, folder, &labels)
}

/// The labels of edge2, as arguments of `docker create`.
fn labels(stack: &DebugStack) -> Result<Vec<String>> {
    let look = "{{range $name, $value := .Config.Labels}}--label={{$name}}={{$value}}\n{{end}}";
    let labels = docker(&["inspect", "--format", look, &stack.container("edge2")])?;
    Ok(labels.lines().map(str::to_owned).collect())
}

/// A container of other hands under edge2's name, with these labels.
fn namesake(stack: &DebugStack, labels: &[String]) -> Result<Made> {
    let edge = stack.container("edge2");
    let mut args = vec!["--name", &edge];
    args.extend(labels.iter().map(String::as_str));
    let namesake = Made::from(&args)?;
    docker(&["start", &namesake.0])?;
    Ok(namesake)
}

/// An edge whose label protects it: shown, never hit, and not left to compose either.
fn protected(stack: &DebugStack, folder: &Path, labels: &[String]) -> Result {
    let label = "--label=rejoin.protect=true".to_owned();
    let edge = namesake(stack, &[labels, &[label]].concat())?;
    let before = all(stack)?;
    let file = playbook(folder, "  - remove: { nodes: all }\n")?;
    let place = format!(
        "guarded.yaml:5:5: this remove would hit {}",
        stack.container("edge2")
    );
    for verb in ["plan", "run"] {
        ends(stack, verb, &file, &[], 2, &place)?;
    }
    let file = playbook(folder, "  - remove: { nodes: { pick: 2 } }\n")?;
    ends(
        stack,
        "plan",
        &file,
        &[],
        3,
        "only these may be touched: edge1",
    )?;
    let file = playbook(folder, "  - remove: { nodes: { pick: 1 } }\n")?;
    ends(stack, "plan", &file, &[], 0, "running, protected")?;
    for verb in ["up", "down"] {
        let output = stack.rejoin(&[verb]).output()?;
        let text = said(&output);
        assert_eq!(output.status.code(), Some(2), "{verb}: {text}");
        assert!(text.contains(&stack.container("edge2")), "{verb}: {text}");
    }
    assert_eq!(all(stack)?, before, "a refusal touched something");
    drop(edge);
    let doctor = said(&stack.rejoin(&["doctor"]).output()?);
    assert!(
        doctor.contains("the engine can inject all of them"),
        "{doctor}"
    );
    Ok(())
}

/// A service that the target does not have now is the environment's fault.
fn without_nats(stack: &DebugStack, folder: &Path) -> Result {
    docker(&["rm", "-f", &stack.container("nats")])?;
    let file = playbook(folder, "  - kill: { services: [nats] }\n")?;
    ends(stack, "plan", &file, &[], 3, "has no nats container")
}
