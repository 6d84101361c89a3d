//! Containers: every subject is brought up, runs all playbooks and is taken down, one after the other.

use std::time::Duration;

use tokio::runtime::Runtime;

use super::contenders::Contender;
use super::many::Unwatched;
use super::tally::Tally;
use crate::cli::args::CompareArgs;
use crate::cli::once::{Ran, Terms, fresh_seed, listen, once};
use crate::cli::terminal::say;
use crate::cli::{Refusal, plan, runtime, stack};
use crate::engine::person::Person;
use crate::engine::ready::NotReady;
use crate::engine::stop::Stop;
use crate::exit::Exit;
use crate::fault::{FaultError, Faults};
use crate::playbook::Playbook;
use crate::settings::{DockerSettings, Environment, TargetSettings};
use crate::target::Target;
use crate::target::docker::DockerTarget;

/// Long enough for a signal that was sent to be heard.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What the subjects have in common.
struct Stacks<'a> {
    args: &'a CompareArgs,
    environment: &'a Environment,
    seed: u64,
    runtime: Runtime,
}

/// Runs every cell, subject by subject. A refusal of the first cell is a refusal of all.
pub(super) fn run(
    args: &CompareArgs,
    contenders: &[Contender],
    environment: &Environment,
) -> Result<Tally, Refusal> {
    let stacks = Stacks {
        args,
        environment,
        seed: args.choice.seed.unwrap_or_else(fresh_seed),
        runtime: runtime::real()?,
    };
    for contender in contenders {
        stacks.runtime.block_on(absent(contender))?;
    }
    // Every run listens for itself; this one hears what comes between two of them.
    let mut between = stacks.runtime.block_on(async { listen(None) })?;
    let mut tally = Tally::new(contenders);
    for (column, contender) in contenders.iter().enumerate() {
        stacks.subject(column, contender, &mut between, &mut tally)?;
        if tally.over() {
            break;
        }
    }
    Ok(tally)
}

/// Refuses a stack that is up, or down but for its data: it would be exchanged for the subject's, which
/// would begin with that data, and all of it be taken away in the end.
async fn absent(contender: &Contender) -> Result<(), Refusal> {
    let name = &contender.target_name;
    let target = DockerTarget::connect(name, docker(contender)?, &contender.environment).await?;
    match target.hands().inventory().await {
        Err(FaultError::NoMatch { .. }) => {}
        Err(error) => return Err(error.into()),
        Ok(_) => {
            return Err(Refusal::not_ready(format!(
                "the stack of target `{name}` is up, and compare brings up each subject itself; take it down first: rejoin down --target {name}"
            )));
        }
    }
    let kept = target.hands().volumes().await?;
    if kept.is_empty() {
        return Ok(());
    }
    Err(Refusal::not_ready(format!(
        "the stack of target `{name}` is down but has kept its data ({}): the first subject would begin with it, and compare would delete it in the end; if it may go, delete it first: rejoin down --target {name}",
        kept.join(", ")
    )))
}

fn docker(contender: &Contender) -> Result<&DockerSettings, Refusal> {
    match &contender.target {
        TargetSettings::Docker(settings) => Ok(settings),
        TargetSettings::Sim(_) => Err(Refusal::usage(format!(
            "{}: `{}` is a simulation; all that are compared must be of one kind",
            contender.name, contender.target_name
        ))),
    }
}

impl Stacks<'_> {
    /// One subject: up, every playbook, down.
    fn subject(
        &self,
        column: usize,
        contender: &Contender,
        between: &mut Stop,
        tally: &mut Tally,
    ) -> Result<(), Refusal> {
        let (name, target) = (&contender.target_name, &contender.target);
        say(format!("bringing up {}", contender.name));
        let up = stack::up(name, target, &contender.environment);
        let ran = up
            .and_then(|_| self.stopped(between))
            .and_then(|()| self.playbooks(column, contender, between, tally));
        let down = stack::down(name, target, &contender.environment);
        if let Err(refusal) = &down {
            say(format!("rejoin: {refusal}"));
            tally.ended(Exit::NotRestored);
        }
        let Err(refusal) = ran else {
            return Ok(());
        };
        // Compose hears a signal too and fails of it: the signal is the reason, not compose.
        let refusal = self.stopped(between).err().unwrap_or(refusal);
        let stopped = matches!(refusal.exit, Exit::Interrupted | Exit::Terminated);
        if column == 0 && !stopped {
            return Err(refusal);
        }
        tally.ended(refusal.exit);
        for row in (0..tally.playbooks()).filter(|_| !stopped) {
            tally.take((row, column), Err(&refusal));
        }
        Ok(())
    }

    /// An error where a signal came meanwhile.
    fn stopped(&self, between: &mut Stop) -> Result<(), Refusal> {
        self.runtime.block_on(async {
            match tokio::time::timeout(A_MOMENT, between.next()).await {
                Ok(reason) => Err(NotReady::Stopped(reason).into()),
                Err(_) => Ok(()),
            }
        })
    }

    /// Runs every playbook against the subject that is up. An error means that none was.
    fn playbooks(
        &self,
        column: usize,
        contender: &Contender,
        between: &mut Stop,
        tally: &mut Tally,
    ) -> Result<(), Refusal> {
        let settings = docker(contender)?;
        let connect =
            DockerTarget::connect(&contender.target_name, settings, &contender.environment);
        let target = self.runtime.block_on(connect)?;
        let subject = self.runtime.block_on(async {
            let inventory = target.hands().inventory().await?;
            Ok::<_, Refusal>(target.subject(&inventory).await?)
        })?;
        tally.identities.push((contender.name.clone(), subject));
        let (choice, playbooks) = (&self.args.choice, &contender.playbooks);
        let admitted = plan::admit(&target, playbooks, choice, self.seed);
        self.runtime.block_on(admitted)?;
        for (row, playbook) in playbooks.iter().enumerate() {
            let ran = self.stopped(between).and_then(|()| {
                let one = self.one(&target, contender, settings, playbook);
                self.runtime.block_on(one)
            });
            match &ran {
                Err(refusal) if row == 0 && column == 0 => return Err(refusal.clone()),
                _ => tally.take((row, column), ran.as_ref()),
            }
            if tally.over() {
                break;
            }
        }
        Ok(())
    }

    async fn one(
        &self,
        target: &DockerTarget,
        contender: &Contender,
        settings: &DockerSettings,
        playbook: &Playbook,
    ) -> Result<Ran, Refusal> {
        let terms = Terms {
            choice: &self.args.choice,
            variant: settings.variant.as_deref(),
            mark: Some(&contender.name),
            out: &self.args.out,
            limit: self.args.timeout,
            environment: self.environment,
            settings: &contender.target,
            person: Person::nobody(),
        };
        once(terms, target, playbook, self.seed, &mut Unwatched).await
    }
}
