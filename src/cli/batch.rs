//! Several playbooks against one target, one after the other: rounds, tries, and an early end.
//!
//! Apart because `run` and `gate` do the same, and differ in what they make of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::{Choice, Repeating};
use super::once::{Ran, Terms, fresh_seed, listen, once};
use super::terminal::say;
use super::{Refusal, plan, runtime, terminal};
use crate::engine::person::Person;
use crate::engine::ready::NotReady;
use crate::exit::Exit;
use crate::journal::{Entry, Watcher};
use crate::playbook::Playbook;
use crate::report::formats::Item;
use crate::report::live::{Live, Screen};
use crate::settings::{DockerSettings, Environment, SimSettings, TargetSettings};
use crate::target::Target;
use crate::target::docker::DockerTarget;
use crate::target::sim::SimTarget;
use crate::verdict::Outcome;

/// Long enough for a signal that was sent to be heard.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What the runs have in common.
#[derive(Debug, Clone)]
pub(super) struct Batch<'a> {
    pub(super) name: &'a str,
    pub(super) target: &'a TargetSettings,
    pub(super) playbooks: &'a [Playbook],
    pub(super) choice: &'a Choice,
    pub(super) repeating: Repeating,
    /// The variant that the containers must run, where one was asked for.
    pub(super) variant: Option<&'a str>,
    /// A word for the names of the runs' folders, where several subjects share the place.
    pub(super) mark: Option<&'a str>,
    pub(super) out: &'a Path,
    /// The longest that one run may take.
    pub(super) limit: Option<Duration>,
    /// When nothing more is begun.
    pub(super) until: Option<std::time::Instant>,
    pub(super) environment: &'a Environment,
    pub(super) person: Person,
    pub(super) quiet: bool,
}

/// A playbook that was run, or was not.
#[derive(Debug, Clone)]
pub(super) struct Done {
    /// Its file.
    pub(super) path: PathBuf,
    /// Its name.
    pub(super) playbook: String,
    /// What came of it.
    pub(super) item: Item,
    /// How the run, or the refusal, ends the program by itself.
    pub(super) exit: Exit,
}

/// Somebody who takes what is done, as it comes.
pub(super) type Each<'e> = dyn FnMut(&Done) + 'e;

impl Batch<'_> {
    /// The playbooks that are in the shard, once for every round.
    pub(super) fn planned(&self) -> Vec<(usize, &Playbook)> {
        let shard = self.repeating.shard;
        let mine = self.playbooks.iter().enumerate();
        let mine = mine.filter(|(index, _)| shard.is_none_or(|shard| shard.has(*index)));
        let mine: Vec<&Playbook> = mine.map(|(_, playbook)| playbook).collect();
        let rounds = 0..self.repeating.rounds();
        let all = rounds.flat_map(|round| mine.iter().map(move |one| (round, *one)));
        all.collect()
    }

    /// Runs all of it. A refusal before the first run ends everything; one that comes later, as when the
    /// target is not clean any more, stands in its place.
    pub(super) fn run(&self, each: &mut Each<'_>) -> Result<Vec<Done>, Refusal> {
        match self.target {
            TargetSettings::Sim(settings) => self.on_sim(settings, each),
            TargetSettings::Docker(settings) => self.on_docker(settings, each),
        }
    }

    /// Every run gets a deployment of its own.
    fn on_sim(&self, settings: &SimSettings, each: &mut Each<'_>) -> Result<Vec<Done>, Refusal> {
        let first = self.choice.seed.unwrap_or(settings.seed);
        self.each(first, each, |playbook, seed| {
            let settings = SimSettings {
                seed,
                ..settings.clone()
            };
            runtime::paused()?.block_on(async {
                let target = SimTarget::start(self.name, &settings)?;
                self.one(&target, playbook, seed).await
            })
        })
    }

    fn on_docker(
        &self,
        settings: &DockerSettings,
        each: &mut Each<'_>,
    ) -> Result<Vec<Done>, Refusal> {
        let first = self.choice.seed.unwrap_or_else(fresh_seed);
        let runtime = runtime::real()?;
        let connect = DockerTarget::connect(self.name, settings, self.environment);
        let target = runtime.block_on(connect)?;
        runtime.block_on(plan::admit(&target, self.playbooks, self.choice, first))?;
        // Every run listens for itself; this one hears what comes between two of them.
        let mut between = runtime.block_on(async { listen(None) })?;
        self.each(first, each, |playbook, seed| {
            runtime.block_on(async {
                if let Ok(reason) = tokio::time::timeout(A_MOMENT, between.next()).await {
                    return Err(NotReady::Stopped(reason).into());
                }
                self.one(&target, playbook, seed).await
            })
        })
    }

    fn each(
        &self,
        first_seed: u64,
        each: &mut Each<'_>,
        mut one: impl FnMut(&Playbook, u64) -> Result<Ran, Refusal>,
    ) -> Result<Vec<Done>, Refusal> {
        let planned = self.planned();
        let mut all = Vec::new();
        let mut over = None;
        for (round, playbook) in planned {
            if self.repeating.until_fail && over.is_some() {
                break; // the rounds that are left were never promised
            }
            let late = self
                .until
                .is_some_and(|until| std::time::Instant::now() >= until);
            let reason = over.or(late.then_some("the time for all of it was over before"));
            let done = if let Some(reason) = reason {
                Done::not_run(playbook, &Refusal::not_ready(reason))
            } else {
                let seed = first_seed.wrapping_add(round as u64);
                let done = self.tries(playbook, seed, &mut one);
                if let (Err(refusal), true) = (&done, all.is_empty()) {
                    return Err(refusal.clone());
                }
                let done = done.unwrap_or_else(|refusal| {
                    say(format!("rejoin: {refusal}"));
                    Done::not_run(playbook, &refusal)
                });
                over = self.over(&done);
                done
            };
            each(&done);
            all.push(done);
        }
        Ok(all)
    }

    /// Why nothing follows, if nothing does.
    fn over(&self, done: &Done) -> Option<&'static str> {
        match done.exit {
            Exit::Interrupted | Exit::Terminated | Exit::Internal => {
                Some("the run was over before")
            }
            Exit::Passed => None,
            _ if self.repeating.ends_early() => Some("a run before it did not pass"),
            _ => None,
        }
    }

    /// One playbook, again where it may be.
    fn tries(
        &self,
        playbook: &Playbook,
        seed: u64,
        one: &mut impl FnMut(&Playbook, u64) -> Result<Ran, Refusal>,
    ) -> Result<Done, Refusal> {
        let mut earlier = Vec::new();
        loop {
            let ran = one(playbook, seed)?;
            let exit = ran.verdict.exit();
            let again = matches!(exit, Exit::Failed | Exit::Unknown);
            if again && earlier.len() < self.repeating.retries {
                let tries = self.repeating.retries;
                let number = earlier.len() + 1;
                say(format!(
                    "rejoin: {}: {}; it is run again ({number} of {tries})",
                    playbook.name,
                    ran.ending()
                ));
                earlier.push(ran.ending());
                continue;
            }
            let failed = earlier.iter().any(|it| it.outcome == Outcome::Fail);
            let flaky = failed && exit == Exit::Passed;
            return Ok(Done {
                path: playbook.path.clone(),
                playbook: playbook.name.clone(),
                item: Item::Ran {
                    entries: ran.entries,
                    earlier,
                    allowed: None,
                },
                exit: if flaky { Exit::Failed } else { exit },
            });
        }
    }

    /// One run, with its progress on stderr.
    async fn one<T: Target>(
        &self,
        target: &T,
        playbook: &Playbook,
        seed: u64,
    ) -> Result<Ran, Refusal> {
        let terms = Terms {
            choice: self.choice,
            variant: self.variant,
            mark: self.mark,
            out: self.out,
            limit: self.limit,
            environment: self.environment,
            settings: self.target,
            person: self.person.clone(),
        };
        let mut watcher = self.watcher();
        let ran = once(terms, target, playbook, seed, watcher.as_mut()).await?;
        drop(watcher);
        if !self.quiet {
            say(format!("           journal {}", ran.folder.display()));
        }
        Ok(ran)
    }

    fn watcher(&self) -> Box<dyn Watcher> {
        match (self.quiet, terminal::width_of_stderr()) {
            (true, _) => Box::new(Unwatched),
            (false, Some(width)) => Box::new(Screen::new(width)),
            (false, None) => Box::new(Live::to(terminal::Stderr)),
        }
    }
}

impl Done {
    /// One that was not run, and why.
    pub(super) fn not_run(playbook: &Playbook, refusal: &Refusal) -> Self {
        Self {
            path: playbook.path.clone(),
            playbook: playbook.name.clone(),
            item: Item::NotRun {
                playbook: playbook.name.clone(),
                title: playbook.title.clone(),
                scenario: playbook.scenario.clone(),
                reason: refusal.to_string(),
            },
            exit: Exit::Unknown.worst(refusal.exit),
        }
    }
}

/// Nobody watches.
pub(super) struct Unwatched;

impl Watcher for Unwatched {
    fn entry(&mut self, entry: &Entry) {
        // What a person is asked for has to reach them.
        if let crate::journal::Event::Asked { text } = &entry.event {
            say(format!(
                "DO THIS NOW, then press Enter: {}",
                crate::report::words::printable(text)
            ));
        }
    }

    fn note(&mut self, _: &str) {}
}
