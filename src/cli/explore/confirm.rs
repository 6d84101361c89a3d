//! `--confirm`: what was found on the simulation, run on a target with containers as well.
//!
//! A finding that fails there in another way, or passes, is a finding of its own: either the simulation or the
//! target is not what it is taken for.

use crate::cli::args::{Choice, ExploreArgs, Repeating, TargetArgs};
use crate::cli::batch::{Batch, Done};
use crate::cli::terminal::say;
use crate::cli::{Refusal, chosen, confirm, files, runtime, stack, warn};
use crate::engine::person::Person;
use crate::exit::Exit;
use crate::fault::{FaultError, Faults};
use crate::report::explored::Replay;
use crate::report::formats::{Item, judged};
use crate::search::Symptom;
use crate::search::hunt::Finding;
use crate::search::trial::TRIES;
use crate::settings::{Environment, Settings, TargetSettings};
use crate::target::Target;
use crate::target::docker::DockerTarget;

/// The target that confirms.
#[derive(Debug)]
pub(super) struct Confirming {
    /// Its name.
    pub(super) name: String,
    target: TargetSettings,
}

/// What the target said of what was found.
#[derive(Debug)]
pub(super) struct Confirmed {
    /// Of each finding, in their order.
    pub(super) replays: Vec<Replay>,
    /// How that ends the program by itself.
    pub(super) exit: Exit,
}

impl Confirming {
    /// The target of `--confirm`, with the variant and the timing of the search. Refuses what could not be
    /// confirmed there, before the search, which may take hours.
    pub(super) fn admitted(
        args: &ExploreArgs,
        settings: &Settings,
        environment: &Environment,
    ) -> Result<Option<Self>, Refusal> {
        let Some(wanted) = &args.confirm else {
            return Ok(None);
        };
        let (name, target) = chosen(
            settings,
            &TargetArgs {
                target: Some(wanted.clone()),
                ..args.target.clone()
            },
        )?;
        warn(&target);
        let TargetSettings::Docker(docker) = &target else {
            return Err(Refusal::usage(format!(
                "--confirm {name}: it is a simulation, too, and would only say the same again; name a target with containers, such as --confirm local"
            )));
        };
        confirm::found(args.consent, &name, &target, args.up, args.down)?;
        if !args.up {
            runtime::real()?.block_on(async {
                let target = DockerTarget::connect(&name, docker, environment).await?;
                match target.hands().inventory().await {
                    Err(FaultError::NoMatch { .. }) => Err(Refusal::not_ready(format!(
                        "--confirm {name}: its stack is not up, and a search may take long before that is noticed; bring it up first (rejoin up --target {name}), or say --up"
                    ))),
                    other => other.map(drop).map_err(Refusal::from),
                }
            })?;
        }
        Ok(Some(Self { name, target }))
    }

    /// Runs the playbooks that were found, `NAME.yaml` in the folder, one after the other.
    pub(super) fn run(
        &self,
        args: &ExploreArgs,
        found: &[Finding],
        quiet: bool,
        environment: &Environment,
    ) -> Result<Confirmed, Refusal> {
        let path = |finding: &Finding| args.out.join(format!("{}.yaml", finding.symptom.id()));
        let paths: Vec<_> = found.iter().map(path).collect();
        let playbooks = files::load(&paths, &[], self.target.timing())?;
        let choice = Choice {
            sets: Vec::new(),
            seed: args.seed,
            keep_names: false,
            max_hit: None,
        };
        let batch = Batch {
            name: &self.name,
            target: &self.target,
            playbooks: &playbooks,
            choice: &choice,
            repeating: Repeating::default(),
            variant: args.target.variant.as_deref(),
            mark: None,
            out: &args.out.join("runs"),
            limit: None,
            until: None,
            environment,
            person: Person::nobody(),
            quiet,
        };
        if args.up {
            stack::up(&self.name, &self.target, environment)?;
        }
        let done = batch.run(&mut |_| {});
        let mut exit = Exit::Passed;
        if args.down
            && let Err(refusal) = stack::down(&self.name, &self.target, environment)
        {
            say(format!("rejoin: {refusal}"));
            exit = Exit::NotRestored;
        }
        let done = done?;
        let replays = found.iter().zip(&done);
        let replays = replays.map(|(finding, done)| replay(finding, done));
        let ends = |exit: &Exit| !matches!(exit, Exit::Passed | Exit::Failed | Exit::Unknown);
        let ends = done.iter().map(|done| done.exit).filter(ends);
        Ok(Confirmed {
            replays: replays.collect(),
            exit: ends.fold(exit, Exit::worst),
        })
    }
}

/// What the target says of one finding.
fn replay(finding: &Finding, done: &Done) -> Replay {
    let Item::Ran { entries, .. } = &done.item else {
        return Replay::Undecided;
    };
    let Some((plan, verdict)) = judged(entries) else {
        return Replay::Undecided;
    };
    let there = Symptom::all(plan, &verdict);
    match done.exit {
        _ if there.contains(&finding.symptom) => Replay::Same,
        Exit::Passed if finding.shrunk.odds < TRIES => Replay::Chance,
        Exit::Passed => Replay::Passes,
        Exit::Failed => {
            let ids = there.iter().map(|symptom| symptom.id());
            Replay::Otherwise(ids.collect::<Vec<_>>().join(", "))
        }
        _ => Replay::Undecided,
    }
}
