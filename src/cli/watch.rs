//! `rejoin watch`: what the orchestrator shows, all the time: drawn in place on a terminal, one line for
//! each change otherwise.

use std::io::IsTerminal;
use std::time::Duration;

use tokio::time::Instant;

use super::args::WatchArgs;
use super::once::listen;
use super::{Refusal, runtime, terminal};
use crate::api::{ApiError, Orchestrator};
use crate::clock::{Clock, brief};
use crate::exit::Exit;
use crate::report::watch::{Away, Snapshot, changes, counts, page};
use crate::settings::{Environment, TargetSettings, Timing};
use crate::target::Target;
use crate::target::docker;
use crate::target::ready::ready;
use crate::target::sim::SimTarget;

/// How long a simulation is watched where nobody says: it would never end by itself.
const SIMULATED: Duration = Duration::from_secs(60);
/// The quickest and the slowest pace of looking where nobody says another.
const QUICKEST: Duration = Duration::from_millis(250);
const SLOWEST: Duration = Duration::from_secs(2);

pub(super) fn watch(
    args: &WatchArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            let target = SimTarget::start(name, settings)?;
            ready(&target).await?;
            let limit = Some(args.limit.unwrap_or(SIMULATED));
            let screen = Screen::new(args, name, environment, target.timing(), target.clock());
            screen.follow(target.eyes(), limit).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?.block_on(async {
            let eyes = docker::eyes(name, settings)?;
            let clock = Clock::wall();
            let screen = Screen::new(args, name, environment, &settings.timing, clock);
            screen.follow(&eyes, args.limit).await
        }),
    }
}

/// Where it is shown, and how often.
struct Screen<'a> {
    args: &'a WatchArgs,
    name: &'a str,
    environment: &'a Environment,
    in_place: bool,
    every: Duration,
    clock: Clock,
}

impl<'a> Screen<'a> {
    fn new(
        args: &'a WatchArgs,
        name: &'a str,
        environment: &'a Environment,
        timing: &Timing,
        clock: Clock,
    ) -> Self {
        Self {
            args,
            name,
            environment,
            in_place: std::io::stdout().is_terminal(),
            every: args
                .every
                .unwrap_or((timing.heartbeat / 3).clamp(QUICKEST, SLOWEST)),
            clock,
        }
    }

    /// Looks again and again until a signal comes or the time is over.
    async fn follow(
        &self,
        eyes: &impl Orchestrator,
        limit: Option<Duration>,
    ) -> Result<Exit, Refusal> {
        let mut stop = listen(None)?;
        let end = limit.map(|limit| Instant::now() + limit);
        let mut last: Option<Snapshot> = None;
        let mut away: Option<Instant> = None;
        loop {
            let seen = tokio::select! {
                biased;
                reason = stop.next() => return Ok(reason.exit().unwrap_or(Exit::Passed)),
                seen = self.look(eyes) => seen,
                // A server that takes its time must not make it longer than asked for.
                () = until(end) => return self.over(last.is_some()),
            };
            match seen {
                // Somebody has to have answered once: before that it is a mistake in the settings.
                Err(error) if last.is_none() => return Err(error.into()),
                Err(error) => {
                    let since = *away.get_or_insert_with(|| {
                        self.tell(&format!("no answer: {error}"));
                        Instant::now()
                    });
                    let reason = error.to_string();
                    let since = since.elapsed();
                    self.draw(last.as_ref(), Some(&Away { since, reason }));
                }
                Ok(now) => {
                    if let Some(since) = away.take() {
                        self.tell(&format!(
                            "it answers again, after {}",
                            brief(since.elapsed())
                        ));
                    }
                    if last.is_none() {
                        self.tell(&counts(&now));
                    }
                    for change in changes(last.as_ref(), &now) {
                        self.tell(&change);
                    }
                    self.draw(Some(&now), None);
                    last = Some(now);
                }
            }
            let next = Instant::now() + self.every;
            if end.is_some_and(|end| next > end) {
                return Ok(Exit::Passed);
            }
            tokio::select! {
                biased;
                reason = stop.next() => return Ok(reason.exit().unwrap_or(Exit::Passed)),
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    /// The time is over in the middle of a look.
    fn over(&self, answered: bool) -> Result<Exit, Refusal> {
        if answered {
            return Ok(Exit::Passed);
        }
        let limit = self.args.limit.map_or(String::new(), brief);
        let name = self.name;
        Err(Refusal::not_ready(format!(
            "the orchestrator of {name} did not answer within {limit} (--for)"
        )))
    }

    async fn look(&self, eyes: &impl Orchestrator) -> Result<Snapshot, ApiError> {
        let mut now = Snapshot {
            nodes: eyes.nodes().await?,
            jobs: eyes.jobs().await?,
            executions: eyes.executions(None).await?,
        };
        if let Some(wanted) = &self.args.job {
            now.jobs
                .retain(|job| job.name == *wanted || job.id.0 == *wanted);
            let ids: Vec<_> = now.jobs.iter().map(|job| job.id.clone()).collect();
            now.executions.retain(|one| ids.contains(&one.job_id));
        }
        Ok(now)
    }

    /// A line, where nothing is drawn.
    fn tell(&self, text: &str) {
        if !self.in_place {
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            terminal::print(format!("{}  {text}", self.clock.now()));
        }
    }

    fn draw(&self, now: Option<&Snapshot>, away: Option<&Away>) {
        let Some(now) = now.filter(|_| self.in_place) else {
            return;
        };
        let lines = terminal::lines();
        let page = page(
            self.name,
            now,
            away,
            terminal::style(self.environment),
            lines,
        );
        terminal::redraw(&page, lines);
    }
}

/// Waits for a moment that may never come.
async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}
