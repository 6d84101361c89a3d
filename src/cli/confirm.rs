//! Targets that ask before they are touched (`confirm = true`): what would be hit, said before it is.
//!
//! Every refusal here is the answer to a question that was not asked on a terminal: CI has none, and a
//! prompt is answered without reading. `--yes` is the word.

use std::path::Path;

use super::args::{Choice, Consent, RunArgs, SweepArgs};
use super::{Refusal, plan, runtime};
use crate::fault::docker::DockerHands;
use crate::fault::{FaultError, Faults, Inventory};
use crate::playbook::Playbook;
use crate::settings::{DockerSettings, Environment, TargetSettings};
use crate::target::Target;
use crate::target::docker::{self, DockerTarget};

/// Before `up`.
pub(super) fn up(consent: Consent, name: &str, target: &TargetSettings) -> Result<(), Refusal> {
    match asking(consent, target) {
        Some(settings) => Err(refusal(name, &[brought_up(settings)])),
        None => Ok(()),
    }
}

/// Before `down`.
pub(super) fn down(
    consent: Consent,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<(), Refusal> {
    let Some(settings) = asking(consent, target) else {
        return Ok(());
    };
    let containers = runtime::real()?.block_on(async {
        let hands = docker::hands(name, settings, environment).await?;
        there(&hands).await
    })?;
    let names: Vec<&str> = containers.keys().map(|name| name.0.as_str()).collect();
    let hit = match names.as_slice() {
        [] => taken_down(settings),
        names => format!("removes {} and the volumes of the stack", names.join(", ")),
    };
    Err(refusal(name, &[hit]))
}

/// Before a run: a line for each playbook.
pub(super) fn run(
    args: &RunArgs,
    name: &str,
    target: &TargetSettings,
    playbooks: &[Playbook],
    environment: &Environment,
) -> Result<(), Refusal> {
    let Some(settings) = asking(args.consent, target) else {
        return Ok(());
    };
    let mut lines = Vec::new();
    if args.up {
        lines.push(brought_up(settings));
    }
    lines.extend(runtime::real()?.block_on(async {
        let target = DockerTarget::connect(name, settings, environment).await?;
        let containers = there(target.hands()).await?;
        if containers.is_empty() && args.up {
            let names: Vec<&str> = playbooks.iter().map(|it| it.name.as_str()).collect();
            let names = names.join(", ");
            return Ok(vec![format!("runs {names} on what was brought up")]);
        }
        let variant = args.target.variant.as_deref();
        each(&args.choice, variant, &target, playbooks).await
    })?);
    if args.down {
        lines.push(taken_down(settings));
    }
    Err(refusal(name, &lines))
}

/// Before what a search found is run, which nobody knows yet.
pub(super) fn found(
    consent: Consent,
    name: &str,
    target: &TargetSettings,
    up: bool,
    down: bool,
) -> Result<(), Refusal> {
    let Some(settings) = asking(consent, target) else {
        return Ok(());
    };
    let runs = "runs what is found, whose faults hit edges, the orchestrator and NATS".to_owned();
    let before = up.then(|| brought_up(settings));
    let after = down.then(|| taken_down(settings));
    let lines: Vec<String> = [before, Some(runs), after].into_iter().flatten().collect();
    Err(refusal(name, &lines))
}

/// Before a sweep, which runs one playbook that often at the least.
pub(super) fn sweep(
    args: &SweepArgs,
    name: &str,
    target: &TargetSettings,
    playbook: &Playbook,
    environment: &Environment,
) -> Result<(), Refusal> {
    let Some(settings) = asking(args.consent, target) else {
        return Ok(());
    };
    let mut lines = runtime::real()?.block_on(async {
        let target = DockerTarget::connect(name, settings, environment).await?;
        let variant = args.target.variant.as_deref();
        each(
            &args.choice,
            variant,
            &target,
            std::slice::from_ref(playbook),
        )
        .await
    })?;
    lines.push(format!("does that {} times at the least", args.points));
    Err(refusal(name, &lines))
}

/// Before a comparison, which brings up and takes down a stack for each subject.
pub(super) fn compare(
    consent: Consent,
    name: &str,
    target: &TargetSettings,
) -> Result<(), Refusal> {
    match asking(consent, target) {
        Some(settings) => {
            let lines = [brought_up(settings), taken_down(settings)];
            Err(refusal(name, &lines))
        }
        None => Ok(()),
    }
}

/// The settings of a target that still asks.
fn asking(consent: Consent, target: &TargetSettings) -> Option<&DockerSettings> {
    match target {
        TargetSettings::Docker(settings) if settings.confirm && !consent.yes => Some(settings),
        _ => None,
    }
}

/// The containers that there are now, perhaps none.
async fn there(hands: &DockerHands) -> Result<Inventory, Refusal> {
    match hands.inventory().await {
        Err(FaultError::NoMatch { .. }) => Ok(Inventory::new()),
        other => Ok(other?),
    }
}

/// What each playbook would hit.
async fn each(
    choice: &Choice,
    wanted: Option<&str>,
    target: &DockerTarget,
    playbooks: &[Playbook],
) -> Result<Vec<String>, Refusal> {
    let seed = choice.seed.unwrap_or_default();
    let mut lines = Vec::new();
    for playbook in playbooks {
        let inventory = target.hands().inventory().await?;
        let prepared = plan::prepare(target, &inventory, playbook, choice, wanted, seed).await?;
        let hit = prepared.plan.hit();
        let hit: Vec<&str> = hit.into_iter().map(|name| name.0.as_str()).collect();
        let name = &playbook.name;
        lines.push(match hit.as_slice() {
            [] => format!("{name} hits no container, and deploys its jobs"),
            hit => format!("{name} hits {}", hit.join(", ")),
        });
    }
    Ok(lines)
}

fn brought_up(settings: &DockerSettings) -> String {
    format!(
        "brings up compose project `{}` ({}), and makes anew what differs",
        settings.project,
        base_name(&settings.compose_file)
    )
}

fn taken_down(settings: &DockerSettings) -> String {
    format!(
        "takes down compose project `{}` ({}), with its volumes",
        settings.project,
        base_name(&settings.compose_file)
    )
}

fn base_name(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

fn refusal(name: &str, hit: &[String]) -> Refusal {
    Refusal::usage(format!(
        "target `{name}` asks before it is touched (`confirm = true` in rejoin.toml), so nothing was. This call\n  {}\nSay --yes to go on; `rejoin plan` shows more and never touches anything",
        hit.join("\n  ")
    ))
}
