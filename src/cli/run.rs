//! `rejoin run`: playbooks against a target, one after the other, each judged and reported.

use std::io::stderr;
use std::time::Duration;

use super::args::RunArgs;
use super::once::{Ran, Terms, fresh_seed, listen, once, possible};
use super::terminal::{print, say};
use super::{Refusal, confirm, files, plan, runtime, stack, terminal};
use crate::engine::person::Person;
use crate::engine::ready::NotReady;
use crate::exit::Exit;
use crate::playbook::Playbook;
use crate::report::{Style, live, matrix, table};
use crate::settings::{DockerSettings, Environment, SimSettings, TargetSettings};
use crate::target::Target;
use crate::target::docker::DockerTarget;
use crate::target::sim::SimTarget;
use crate::verdict;

/// Long enough for a signal that was sent to be heard.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What a run of several playbooks has in common.
struct Batch<'a> {
    args: &'a RunArgs,
    environment: &'a Environment,
    style: Style,
    person: Person,
}

pub(super) fn run(
    args: &RunArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let playbooks = files::load(&args.playbooks, &args.choice.sets, target.timing())?;
    let batch = Batch {
        args,
        environment,
        style: terminal::style(environment),
        person: Person::at_stdin(),
    };
    possible(&args.out)?;
    confirm::run(args, name, target, &playbooks, environment)?;
    match target {
        TargetSettings::Sim(settings) => batch.on_sim(name, settings, &playbooks),
        TargetSettings::Docker(settings) => {
            let up = args.up.then(|| stack::up(name, target, environment));
            let exit = up
                .transpose()
                .and_then(|_| batch.on_docker(name, settings, &playbooks));
            if !args.down {
                return exit;
            }
            match stack::down(name, target, environment) {
                Ok(_) => exit,
                Err(refusal) => {
                    say(format!("rejoin: {refusal}"));
                    exit.map(|exit| exit.worst(Exit::NotRestored))
                }
            }
        }
    }
}

impl Batch<'_> {
    /// Every playbook gets a deployment of its own.
    fn on_sim(
        &self,
        name: &str,
        settings: &SimSettings,
        playbooks: &[Playbook],
    ) -> Result<Exit, Refusal> {
        let mut settings = settings.clone();
        settings.seed = self.args.choice.seed.unwrap_or(settings.seed);
        self.each(playbooks, |playbook| {
            runtime::paused()?.block_on(async {
                let target = SimTarget::start(name, &settings)?;
                self.one(&target, playbook, settings.seed).await
            })
        })
    }

    fn on_docker(
        &self,
        name: &str,
        settings: &DockerSettings,
        playbooks: &[Playbook],
    ) -> Result<Exit, Refusal> {
        let seed = self.args.choice.seed.unwrap_or_else(fresh_seed);
        let runtime = runtime::real()?;
        let target = runtime.block_on(DockerTarget::connect(name, settings, self.environment))?;
        let choice = &self.args.choice;
        runtime.block_on(plan::admit(&target, playbooks, choice, seed))?;
        // Every run listens for itself; this one hears what comes between two of them.
        let mut between = runtime.block_on(async { listen(None) })?;
        self.each(playbooks, |playbook| {
            runtime.block_on(async {
                if let Ok(reason) = tokio::time::timeout(A_MOMENT, between.next()).await {
                    return Err(NotReady::Stopped(reason).into());
                }
                self.one(&target, playbook, seed).await
            })
        })
    }

    /// Runs every playbook. A refusal before the first one ends everything; one that comes later, as
    /// when the target is not clean any more, is reported in its place.
    fn each(
        &self,
        playbooks: &[Playbook],
        mut one: impl FnMut(&Playbook) -> Result<Ran, Refusal>,
    ) -> Result<Exit, Refusal> {
        let mut rows = Vec::new();
        let mut worst = Exit::Passed;
        for (index, playbook) in playbooks.iter().enumerate() {
            let (exit, row) = match one(playbook) {
                Ok(ran) => {
                    self.show(&ran, playbooks.len() > 1);
                    (ran.verdict.exit(), row(&ran))
                }
                Err(refusal) if index == 0 => return Err(refusal),
                Err(refusal) => {
                    say(format!("rejoin: {refusal}"));
                    let row = matrix::Row::not_run(playbook, &refusal.to_string());
                    (refusal.exit, row)
                }
            };
            worst = worst.worst(exit);
            rows.push(row);
            if matches!(exit, Exit::Interrupted | Exit::Terminated | Exit::Internal) {
                break;
            }
        }
        if playbooks.len() > 1 {
            let left = playbooks.iter().skip(rows.len());
            rows.extend(left.map(|one| matrix::Row::not_run(one, "the run was over before")));
            print(format!("\n{}", matrix::render(&rows, self.style)));
        }
        Ok(worst)
    }

    /// One playbook, with its progress on stderr.
    async fn one<T: Target>(
        &self,
        target: &T,
        playbook: &Playbook,
        seed: u64,
    ) -> Result<Ran, Refusal> {
        let terms = Terms {
            choice: &self.args.choice,
            variant: self.args.target.variant.as_deref(),
            mark: None,
            out: &self.args.out,
            limit: self.args.timeout,
            environment: self.environment,
            person: self.person.clone(),
        };
        let ran = once(terms, target, playbook, seed, &mut live::Live::to(stderr())).await?;
        say(format!("           journal {}", ran.folder.display()));
        Ok(ran)
    }

    /// The report: whole, but one line for what passed as one of many.
    fn show(&self, ran: &Ran, of_many: bool) {
        let passed = ran.verdict.exit() == Exit::Passed;
        if of_many && passed {
            print(matrix::passed(&ran.plan, self.style));
        } else {
            print(table::render(&ran.entries, self.style).trim_end());
        }
        if of_many && !passed {
            print("");
        }
    }
}

fn row(ran: &Ran) -> matrix::Row {
    let recovery = verdict::recovery(&ran.plan, &ran.entries);
    matrix::Row::of(&ran.plan, &ran.verdict, &recovery)
}
