//! One schedule on the simulation: written, planned, run and judged as a playbook is.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::draw::mixed;
use super::schedule::Schedule;
use super::symptom::Symptom;
use super::write;
use crate::engine::ledger::Ledger;
use crate::engine::person::Person;
use crate::engine::stop::Stop;
use crate::engine::{self, Setup};
use crate::fault::Faults;
use crate::journal::file::Writer;
use crate::journal::{Entry, Watcher};
use crate::plan::{self, Plan, Prepared, make::Site};
use crate::playbook::parse::{self, Overrides};
use crate::settings::SimSettings;
use crate::target::Target;
use crate::target::sim::SimTarget;
use crate::verdict::{self, Outcome, Verdict};

/// So often a schedule is run to see whether what it shows is a matter of chance.
pub const TRIES: u64 = 5;

/// How long a move takes in every other of these runs: what the faults of a container engine take.
const LAG: Duration = Duration::from_millis(300);

/// Runs schedules on one simulation after the other.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The deployment that every schedule gets anew; its seed is the search's.
    pub settings: &'a SimSettings,
    /// Where the job files are.
    pub folder: &'a Path,
}

/// What came of a schedule.
#[derive(Debug)]
pub struct Trial {
    /// What was done.
    pub plan: Plan,
    /// What happened.
    pub entries: Vec<Entry>,
    /// What is to be said of it.
    pub verdict: Verdict,
}

impl Trial {
    /// How it failed; empty for a pass.
    pub fn symptoms(&self) -> BTreeSet<Symptom> {
        Symptom::all(&self.plan, &self.verdict)
    }

    /// Whether it was decided.
    pub fn decided(&self) -> bool {
        matches!(self.verdict.outcome, Outcome::Pass | Outcome::Fail)
    }
}

/// What kept a schedule from being run: a mistake of this program, since a schedule is sound.
#[derive(Debug, thiserror::Error)]
#[error("schedule {number} cannot be run: {reason}\n{text}")]
pub struct NotRun {
    /// Its number.
    pub number: u64,
    /// Why.
    pub reason: String,
    /// Its playbook.
    pub text: String,
}

struct Silent;

impl Watcher for Silent {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

impl Bench<'_> {
    /// Runs it with the seed that belongs to this number.
    pub fn run(&self, schedule: &Schedule, number: u64) -> Result<Trial, NotRun> {
        self.run_as(schedule, number, self.seed(number), Duration::ZERO)
    }

    /// In how many of [`TRIES`] runs it shows the symptom, where it is known to with the seed of its number. What ids
    /// a deployment draws decides for instance whose message stands first in a queue, and what moves take decides
    /// whether one comes into the few milliseconds after another. Less than `least` is no exact number.
    pub fn odds(
        &self,
        schedule: &Schedule,
        number: u64,
        symptom: Symptom,
        least: u64,
    ) -> Result<u64, NotRun> {
        let mut odds = 1;
        for other in 1..TRIES {
            if odds + (TRIES - other) < least {
                break;
            }
            let seed = mixed(self.seed(number), other) & 0xffff_ffff;
            let lag = if other % 2 == 0 { Duration::ZERO } else { LAG };
            let trial = self.run_as(schedule, number, seed, lag)?;
            odds += u64::from(trial.symptoms().contains(&symptom));
        }
        Ok(odds)
    }

    fn run_as(
        &self,
        schedule: &Schedule,
        number: u64,
        seed: u64,
        lag: Duration,
    ) -> Result<Trial, NotRun> {
        let timing = &self.settings.timing;
        let text = write::lagging(schedule, timing, lag);
        self.done(&text, seed).map_err(|reason| NotRun {
            number,
            reason,
            text,
        })
    }

    /// The seed of the deployment and of the run's choices.
    pub fn seed(&self, number: u64) -> u64 {
        mixed(self.settings.seed, number) & 0xffff_ffff
    }

    fn done(&self, text: &str, seed: u64) -> Result<Trial, String> {
        let path = self.folder.join("schedule.yaml");
        let overrides = Overrides::default();
        let playbook = parse::parse(&path, text, &overrides, &self.settings.timing);
        let playbook = playbook.map_err(|problems| problems.to_string())?;
        let settings = SimSettings {
            seed,
            ..self.settings.clone()
        };
        let runtime = runtime().map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let target = SimTarget::start("sim", &settings).map_err(|error| error.to_string())?;
            let prepared = prepared(&target, &playbook, &settings).await?;
            let plan = prepared.plan.clone();
            let setup = Setup {
                prepared,
                journal: Writer::nowhere(target.clock().restarted()),
                ledger: Ledger::in_memory(),
                stop: Stop::never(),
                person: Person::nobody(),
            };
            let entries = engine::run(&target, setup, &mut Silent).await;
            let entries = entries.map_err(|error| error.to_string())?;
            let verdict = verdict::judge(&entries).ok_or("the journal has no header")?;
            Ok(Trial {
                plan,
                entries,
                verdict,
            })
        })
    }
}

async fn prepared(
    target: &SimTarget,
    playbook: &crate::playbook::Playbook,
    settings: &SimSettings,
) -> Result<Prepared, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let inventory = target.hands().inventory().await.map_err(|e| words(&e))?;
    let subject = target.subject(&inventory).await.map_err(|e| words(&e))?;
    let site = Site::of(target, &inventory, subject, settings.seed);
    plan::make(playbook, site).map_err(|e| words(&e))
}

/// One thread on a paused clock.
fn runtime() -> std::io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
}
