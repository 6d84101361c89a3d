//! `rejoin plan`: what a run would do, to which container, for how long at the most. Touches nothing.

use super::args::{Choice, PlanArgs};
use super::{Refusal, files, runtime, terminal};
use crate::exit::Exit;
use crate::fault::{Faults, Inventory};
use crate::plan::make::Site;
use crate::plan::{self, Guard, Prepared};
use crate::playbook::Playbook;
use crate::report::plan as page;
use crate::settings::{Environment, TargetSettings};
use crate::target::docker::DockerTarget;
use crate::target::sim::SimTarget;
use crate::target::{Subject, Target, check_timing};

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
    let site = site(target, inventory, subject, choice, seed).await?;
    let prepared = plan::make(playbook, site)?;
    // What cannot be recreated must be known before anything is removed.
    for name in prepared.plan.touched() {
        if let Some(container) = inventory.get(name) {
            target.hands().recipe(container).await?;
        }
    }
    Ok(prepared)
}

/// Refuses several playbooks at once where the guard refuses one of them: none of them is to be run before
/// that is known. Everything else that is wrong is said in its turn.
pub(super) async fn admit<T: Target>(
    target: &T,
    playbooks: &[Playbook],
    choice: &Choice,
    seed: u64,
) -> Result<(), Refusal> {
    if playbooks.len() < 2 {
        return Ok(());
    }
    let inventory = target.hands().inventory().await?;
    let subject = target.subject(&inventory).await?;
    for playbook in playbooks {
        let site = site(target, &inventory, subject.clone(), choice, seed).await?;
        match plan::make(playbook, site) {
            Err(error) if error.is_guard() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// What a plan is made for.
async fn site<T: Target>(
    target: &T,
    inventory: &Inventory,
    subject: Subject,
    choice: &Choice,
    seed: u64,
) -> Result<Site, Refusal> {
    let limits = [choice.max_hit, target.max_hit()];
    let site = Site::of(target, inventory, subject, seed);
    Ok(Site {
        keep_names: choice.keep_names,
        guard: Guard {
            impossible: target.hands().impossible().await?,
            max_hit: limits.into_iter().flatten().min(),
            ..site.guard
        },
        ..site
    })
}
