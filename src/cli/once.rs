//! One run of one playbook: the target looked at, the plan made, the run done, recorded and judged.
//!
//! Apart because `run` and `compare` do the same, and only differ in what they print of it.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::args::Choice;
use super::{Refusal, plan, stack};
use crate::clock::Timestamp;
use crate::engine::ledger::Ledger;
use crate::engine::person::Person;
use crate::engine::ready;
use crate::engine::stop::Stop;
use crate::engine::{self, Setup};
use crate::fault::Faults;
use crate::journal::file::Writer;
use crate::journal::folder::{self, Folder};
use crate::journal::{Entry, JournalError, Watcher};
use crate::plan::{Plan, Prepared};
use crate::playbook::Playbook;
use crate::report::Style;
use crate::report::ending::Ending;
use crate::report::formats::{self, Format, Item};
use crate::settings::{Environment, TargetSettings};
use crate::target::Target;
use crate::verdict::{self, Verdict};

/// What all runs of one command have in common.
#[derive(Debug, Clone)]
pub(super) struct Terms<'a> {
    /// What was chosen for the playbooks.
    pub(super) choice: &'a Choice,
    /// The variant that the containers must run, where one was asked for.
    pub(super) variant: Option<&'a str>,
    /// A word for the names of the runs' folders, where several subjects share the place.
    pub(super) mark: Option<&'a str>,
    /// Where to make the runs' folders.
    pub(super) out: &'a Path,
    /// The longest that one run may take.
    pub(super) limit: Option<Duration>,
    /// Where the ledgers are.
    pub(super) environment: &'a Environment,
    /// The target's settings, for the record.
    pub(super) settings: &'a TargetSettings,
    /// Who confirms what the playbooks leave to a person.
    pub(super) person: Person,
}

/// A run that is over.
#[derive(Debug)]
pub(super) struct Ran {
    /// What was to be done.
    pub(super) plan: Plan,
    /// What happened.
    pub(super) entries: Vec<Entry>,
    /// What is to be said of it.
    pub(super) verdict: Verdict,
    /// The folder of its journal.
    pub(super) folder: PathBuf,
}

impl Ran {
    /// How it ended, in a phrase.
    pub(super) fn ending(&self) -> Ending {
        Ending::of(&self.plan, &self.verdict)
    }
}

/// Runs a playbook. A refusal means that nothing was touched.
pub(super) async fn once<T: Target>(
    terms: Terms<'_>,
    target: &T,
    playbook: &Playbook,
    seed: u64,
    live: &mut dyn Watcher,
) -> Result<Ran, Refusal> {
    let inventory = target.hands().inventory().await?;
    // First of all: what an earlier run left explains whatever else is missing.
    let open = |folder: &Path| Ledger::open(folder, &inventory);
    let ledger = target.ledger_name().await?;
    let ledger = stack::locked(ledger, terms.environment, open)?;
    let variant = terms.variant;
    let prepared = plan::prepare(target, &inventory, playbook, terms.choice, variant, seed).await?;
    ready::running(&inventory, target.name())?;
    for warning in prepared.plan.warnings() {
        live.note(&format!("warning: {warning}"));
    }
    let mut stop = listen(terms.limit)?;
    ready::wait(target.eyes(), &prepared.plan, &mut stop, live).await?;
    let folder = folder(&terms, &prepared)?;
    let record = |error: JournalError| Refusal::usage(format!("{error}; nothing was touched"));
    let clock = target.clock().restarted();
    let journal = as_used(&folder, &terms, playbook, &prepared)
        .and_then(|()| Writer::create(folder.path(), clock))
        .inspect_err(|_| folder.forget())
        .map_err(record)?;
    // A convenience: some file systems have no links.
    if let Err(error) = folder.make_latest() {
        tracing::debug!(%error, "no link to the latest run");
    }
    let plan = prepared.plan.clone();
    let setup = Setup {
        prepared,
        journal,
        ledger,
        stop,
        person: terms.person,
    };
    let entries = engine::run(target, setup, live).await?;
    let verdict = verdict::judge(&entries);
    let item = [Item::ran(entries)];
    let result = formats::render(Format::Json, &item, Style::PLAIN);
    if let Err(error) = folder.put(folder::RESULT, &result) {
        live.note(&format!("the result is not beside the journal: {error}"));
    }
    let [Item::Ran { entries, .. }] = item else {
        return Err(Refusal::internal("a run is none"));
    };
    Ok(Ran {
        plan,
        verdict: verdict.ok_or_else(|| Refusal::internal("the journal has no header"))?,
        entries,
        folder: folder.path().to_owned(),
    })
}

/// Writes down what the run is made of, before anything is touched.
fn as_used(
    folder: &Folder,
    terms: &Terms<'_>,
    playbook: &Playbook,
    prepared: &Prepared,
) -> Result<(), JournalError> {
    let plan = &prepared.plan;
    let text = |value: &serde_json::Value| {
        let text = serde_json::to_string_pretty(value);
        format!("{}\n", text.unwrap_or_default())
    };
    let vars = playbook.vars.iter();
    let vars = vars.map(|(name, value)| (name, value.to_string()));
    let used = json!({
        "target": terms.settings.shown(&plan.subject.target),
        "seed": plan.seed,
        "vars": vars.collect::<BTreeMap<_, _>>(),
        "keep_names": terms.choice.keep_names,
        "max_hit": terms.choice.max_hit,
        "timeout_s": terms.limit.map(|limit| limit.as_secs()),
    });
    folder.put(folder::PLAYBOOK, &playbook.text)?;
    folder.put(folder::SETTINGS, &text(&used))?;
    folder.put(folder::SUBJECT, &text(&json!(plan.subject)))
}

/// Takes over the signals of this process.
pub(super) fn listen(limit: Option<Duration>) -> Result<Stop, Refusal> {
    Stop::listen(limit)
        .map_err(|error| Refusal::internal(format!("no handler for signals: {error}")))
}

/// Whether folders can be made at `out`: said before the target is looked at, while a refused run still
/// leaves nothing behind.
pub(super) fn possible(out: &Path) -> Result<(), Refusal> {
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

/// Makes the folder of one run. It is named by the wall clock so that folders sort by time; nothing in it
/// depends on its name.
fn folder(terms: &Terms<'_>, prepared: &Prepared) -> Result<Folder, Refusal> {
    let out = terms.out;
    let now = Timestamp::from(SystemTime::now()).to_string();
    let stamp: String = now
        .chars()
        .take(19)
        .filter(|c| !"-:".contains(*c))
        .collect();
    let mark = terms.mark.map_or(String::new(), |mark| format!("-{mark}"));
    let name = format!(
        "{stamp}-{}{mark}-{}",
        prepared.plan.playbook.name, prepared.plan.run
    );
    let wrap = |error: std::io::Error| Refusal::usage(format!("--out {}: {error}", out.display()));
    Folder::create(out, &name).map_err(wrap)
}

/// A seed that nobody chose; it is printed, so that the choices can be repeated. It comes from the system's
/// own randomness: added edges are named by it, and runs may begin side by side on one engine.
pub(super) fn fresh_seed() -> u64 {
    RandomState::new().build_hasher().finish() & 0xffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_runs_that_begin_at_the_same_time_share_a_seed() {
        assert_ne!(fresh_seed(), fresh_seed());
    }
}
