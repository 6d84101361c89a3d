//! `rejoin doctor`: whether everything that a run needs is there, and what to do where it is not.
//!
//! Looks at one thing after the other and goes on after a failure as far as that makes sense: who has to
//! mend three things wants to hear of all three.

mod contract;
mod docker;

use super::args::DoctorArgs;
use super::{Refusal, runtime, terminal};
use crate::exit::Exit;
use crate::report::style::{Style, text};
use crate::settings::{Environment, TargetSettings};
use crate::target::docker::DockerTarget;
use crate::target::ready;
use crate::target::sim::SimTarget;
use crate::verdict::Outcome;

/// Examines the target; exit 3 where something fails.
pub(super) fn doctor(
    args: &DoctorArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    if args.contract {
        return contract(args, name, target, environment);
    }
    let mut examination = Examination::default();
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            match SimTarget::start(name, settings) {
                Ok(target) => match ready::ready(&target).await {
                    Ok(edges) => examination.ok(
                        "simulation",
                        format!("{edges} edges connected, variant {}", settings.variant),
                    ),
                    Err(error) => examination.failure("simulation", error.to_string()),
                },
                Err(error) => examination.failure("simulation", error.to_string()),
            }
        }),
        TargetSettings::Docker(settings) => {
            runtime::real()?.block_on(examination.docker(name, settings, environment));
        }
    }
    terminal::print(examination.render(terminal::style(environment)));
    Ok(examination.exit())
}

/// What the target's API is like.
fn contract(
    args: &DoctorArgs,
    name: &str,
    target: &TargetSettings,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let DoctorArgs { yes, output, .. } = *args;
    match target {
        TargetSettings::Sim(settings) => runtime::paused()?.block_on(async {
            let target = SimTarget::start(name, settings)?;
            ready::ready(&target).await?;
            contract::examine(&target, yes, output, environment).await
        }),
        TargetSettings::Docker(settings) => runtime::real()?.block_on(async {
            let target = DockerTarget::connect(name, settings, environment).await?;
            contract::examine(&target, yes, output, environment).await
        }),
    }
}

/// The findings so far: what was looked at, how it is, in words (with the advice).
#[derive(Default)]
struct Examination(Vec<(&'static str, Outcome, String)>);

impl Examination {
    fn ok(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push((what, Outcome::Pass, words.into()));
    }

    fn warning(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push((what, Outcome::Unknown, words.into()));
    }

    fn failure(&mut self, what: &'static str, words: impl Into<String>) {
        self.0.push((what, Outcome::Fail, words.into()));
    }

    fn exit(&self) -> Exit {
        if self
            .0
            .iter()
            .any(|(_, outcome, _)| *outcome == Outcome::Fail)
        {
            Exit::NotReady
        } else {
            Exit::Passed
        }
    }

    fn render(&self, style: Style) -> String {
        let mut table = style.table(&["what", "how", "found"]);
        for (what, outcome, words) in &self.0 {
            let word = match outcome {
                Outcome::Pass => "ok",
                Outcome::Unobservable | Outcome::Unknown => "warning",
                Outcome::Fail => "failure",
            };
            table.add_row([
                (*what).to_owned(),
                style.outcome(*outcome, word),
                words.clone(),
            ]);
        }
        text(&table)
    }
}
