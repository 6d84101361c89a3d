//! `rejoin plan`: what a run would do, to which container, for how long at the most. Touches nothing.

use super::args::{Choice, PlanArgs};
use super::{Refusal, files, runtime, terminal};
use crate::exit::Exit;
use crate::fault::{Faults, Inventory};
use crate::plan::make::Site;
use crate::plan::{self, Prepared};
use crate::playbook::Playbook;
use crate::report::plan as page;
use crate::settings::{Environment, TargetSettings};
use crate::target::docker::DockerTarget;
use crate::target::sim::SimTarget;
use crate::target::{Target, check_timing, matching};

pub(super) fn plan(
    args: &PlanArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let playbooks = files::load(&args.playbooks, &args.choice.sets, target.timing())?;
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            let seed = args.choice.seed.unwrap_or(settings.seed);
            let target = SimTarget::start(name, settings)?;
            show(&target, &playbooks, args, seed, environment).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?.block_on(async {
            let seed = args.choice.seed.unwrap_or_default();
            let target = DockerTarget::connect(name, settings, environment).await?;
            show(&target, &playbooks, args, seed, environment).await
        }),
    }
}

async fn show<T: Target>(
    target: &T,
    playbooks: &[Playbook],
    args: &PlanArgs,
    seed: u64,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let style = terminal::style(environment);
    for playbook in playbooks {
        let wanted = args.target.variant.as_deref();
        let inventory = target.hands().inventory().await?;
        let prepared = prepare(target, &inventory, playbook, &args.choice, wanted, seed).await?;
        terminal::print(page::render(&prepared.plan, &inventory, style));
    }
    Ok(Exit::Passed)
}

/// Makes the plan for a target whose containers stand like this.
pub(super) async fn prepare<T: Target>(
    target: &T,
    inventory: &Inventory,
    playbook: &Playbook,
    choice: &Choice,
    variant: Option<&str>,
    seed: u64,
) -> Result<Prepared, Refusal> {
    check_timing(target.name(), target.timing(), inventory)?;
    let subject = target.subject(inventory).await?;
    if let (Some(wanted), Some(actual)) = (variant, subject.variant.as_deref())
        && wanted != actual
    {
        return Err(Refusal::not_ready(format!(
            "target `{}` runs variant {actual}, not {wanted}; bring it up again: rejoin up --target {} --variant {wanted}",
            target.name(),
            target.name(),
        )));
    }
    let edges = matching::edges(inventory, target.node_names());
    let site = Site {
        subject,
        timing: target.timing().clone(),
        edges,
        services: plan::services(inventory),
        networks: plan::networks(inventory),
        seed,
        keep_names: choice.keep_names,
    };
    let prepared = plan::make(playbook, site)?;
    // What cannot be recreated must be known before anything is removed.
    for name in prepared.plan.touched() {
        if let Some(container) = inventory.get(name) {
            target.hands().recipe(container).await?;
        }
    }
    Ok(prepared)
}
