//! `rejoin run`: playbooks against a target, one after the other, each judged and reported.

use std::fs;
use std::io::stderr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::args::RunArgs;
use super::terminal::{print, say};
use super::{Refusal, files, plan, runtime, stack, terminal};
use crate::clock::Timestamp;
use crate::engine::ledger::Ledger;
use crate::engine::ready::{self, NotReady};
use crate::engine::stop::Stop;
use crate::engine::{self, Setup};
use crate::exit::Exit;
use crate::fault::Faults;
use crate::journal::file::Writer;
use crate::plan::Prepared;
use crate::playbook::Playbook;
use crate::report::{Style, live, summary, table};
use crate::settings::{DockerSettings, Environment, SimSettings, TargetSettings};
use crate::target::Target;
use crate::target::docker::DockerTarget;
use crate::target::sim::SimTarget;
use crate::verdict::{self, Verdict};

/// Long enough for a signal that was sent to be heard.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What a run of several playbooks has in common.
struct Batch<'a> {
    args: &'a RunArgs,
    environment: &'a Environment,
    style: Style,
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
    };
    possible(&args.out)?;
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
        mut one: impl FnMut(&Playbook) -> Result<Verdict, Refusal>,
    ) -> Result<Exit, Refusal> {
        let mut rows = Vec::new();
        let mut worst = Exit::Passed;
        for (index, playbook) in playbooks.iter().enumerate() {
            let (exit, row) = match one(playbook) {
                Ok(verdict) => (verdict.exit(), summary::Row::of(&playbook.name, &verdict)),
                Err(refusal) if index == 0 => return Err(refusal),
                Err(refusal) => {
                    say(format!("rejoin: {refusal}"));
                    (
                        refusal.exit,
                        summary::Row::refused(&playbook.name, &refusal.to_string()),
                    )
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
            rows.extend(left.map(|playbook| summary::Row::refused(&playbook.name, "not run")));
            print(format!("\n{}", summary::render(&rows, self.style)));
        }
        Ok(worst)
    }

    /// One playbook: looked at, planned, run, judged, printed.
    async fn one<T: Target>(
        &self,
        target: &T,
        playbook: &Playbook,
        seed: u64,
    ) -> Result<Verdict, Refusal> {
        let inventory = target.hands().inventory().await?;
        // First of all: what an earlier run left explains whatever else is missing.
        let ledger = match target.ledger_name().await? {
            None => Ledger::in_memory(),
            Some(name) => {
                Ledger::open(&stack::state_dir(self.environment)?.join(name), &inventory)?
            }
        };
        let choice = &self.args.choice;
        let variant = self.args.target.variant.as_deref();
        let prepared = plan::prepare(target, &inventory, playbook, choice, variant, seed).await?;
        ready::running(&inventory, target.name())?;
        let mut stop = listen(self.args.timeout)?;
        let mut live = live::Live::to(stderr());
        ready::wait(target.eyes(), &prepared.plan, &mut stop, &mut live).await?;
        let folder = folder(&self.args.out, &prepared)?;
        let clock = target.clock().restarted();
        let journal = Writer::create(&folder, clock).map_err(Refusal::usage)?;
        let setup = Setup {
            prepared,
            journal,
            ledger,
            stop,
        };
        let entries = engine::run(target, setup, &mut live).await?;
        let verdict = verdict::judge(&entries)
            .ok_or_else(|| Refusal::internal("the journal has no header"))?;
        say(format!("           journal {}", folder.display()));
        print(table::render(&entries, self.style).trim_end());
        Ok(verdict)
    }
}

/// Whether folders can be made at `out`: said before the target is looked at, while a refused run still
/// leaves nothing behind.
fn possible(out: &Path) -> Result<(), Refusal> {
    let there = out.ancestors().find(|path| path.exists());
    match there.filter(|path| !path.is_dir()) {
        None => Ok(()),
        Some(file) => Err(Refusal::usage(format!(
            "--out {}: {} is not a folder; name another place for the run's record",
            out.display(),
            file.display()
        ))),
    }
}

fn listen(limit: Option<Duration>) -> Result<Stop, Refusal> {
    Stop::listen(limit)
        .map_err(|error| Refusal::internal(format!("no handler for signals: {error}")))
}

/// Makes the folder of one run. It is named by the wall clock so that folders sort by time; nothing in
/// it depends on its name.
fn folder(out: &Path, prepared: &Prepared) -> Result<PathBuf, Refusal> {
    let now = Timestamp::from(SystemTime::now()).to_string();
    let stamp: String = now
        .chars()
        .take(19)
        .filter(|c| !"-:".contains(*c))
        .collect();
    let name = format!(
        "{stamp}-{}-{}",
        prepared.plan.playbook.name, prepared.plan.run
    );
    let wrap = |error: std::io::Error| Refusal::usage(format!("--out {}: {error}", out.display()));
    fs::create_dir_all(out).map_err(wrap)?;
    for number in 1..1000 {
        let path = match number {
            1 => out.join(&name),
            number => out.join(format!("{name}-{number}")),
        };
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrap(error)),
        }
    }
    Err(Refusal::usage(format!(
        "--out {}: too many runs named {name}",
        out.display()
    )))
}

/// A seed that nobody chose; it is printed, so that the choices can be repeated.
fn fresh_seed() -> u64 {
    let now = Timestamp::from(SystemTime::now()).0;
    (now ^ u64::from(std::process::id())) & 0xffff_ffff
}
