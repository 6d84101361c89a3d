//! The gate's file: what a release has to pass, and what is known to fail.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::cli::Refusal;
use crate::cli::args::duration;

/// The version of the file's shape.
const VERSION: u32 = 1;

/// A gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    /// The version of the file's shape: 1.
    #[serde(rename = "gate")]
    version: u32,
    /// A word for reports; the file's name where nothing is said.
    pub(super) name: Option<String>,
    /// The target; that of the settings where nothing is said.
    pub(super) target: Option<String>,
    /// The timing profile.
    pub(super) timing: Option<String>,
    /// Playbooks, or folders of them, from the file's folder on.
    pub(super) playbooks: Vec<PathBuf>,
    /// The behaviours of the stand-in to run them against, one after the other.
    #[serde(default)]
    pub(super) variants: Vec<String>,
    /// The builds to run them against: what compose is given to bring each up, as in a file .env.
    #[serde(default)]
    pub(super) subjects: BTreeMap<String, PathBuf>,
    /// How often each playbook is run.
    pub(super) repeat: Option<usize>,
    /// How often a playbook that does not pass is run again.
    pub(super) retries: Option<usize>,
    /// The playbooks that may be flaky: pass after they failed.
    #[serde(default)]
    pub(super) flaky: Vec<String>,
    /// How long all of it may take.
    #[serde(default, deserialize_with = "time")]
    pub(super) budget: Option<Duration>,
    /// How long one run may take.
    #[serde(default, deserialize_with = "time")]
    pub(super) run_budget: Option<Duration>,
    /// What is known to fail.
    #[serde(default)]
    pub(super) known: Vec<Known>,
}

/// A known issue: one thing that fails, and where that is written down.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Known {
    /// The playbook's name.
    pub(super) playbook: String,
    /// The id of the step that fails, or the name of the invariant.
    pub(super) step: String,
    /// What is seen there, or a part of it.
    pub(super) observed: String,
    /// The variant, the build or the version that it is known of; of any where nothing is said.
    pub(super) subject: Option<String>,
    /// Where it is written down, such as `expanso-io/expanso#395`.
    pub(super) reference: String,
}

fn time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration(&text).map(Some).map_err(serde::de::Error::custom)
}

impl Gate {
    /// Reads the file. Every mistake is one: a gate that is half understood lets things through.
    pub(super) fn read(path: &Path) -> Result<Self, Refusal> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Refusal::usage(format!("{shown}: {error}")))?;
        let gate: Self = toml::from_str(&text).map_err(|error| {
            Refusal::usage(format!("{shown}: {}", error.to_string().trim_end()))
        })?;
        gate.check()
            .map_err(|wrong| Refusal::usage(format!("{shown}: {wrong}")))?;
        Ok(gate)
    }

    fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            let found = self.version;
            return Err(format!(
                "this rejoin reads files that say `gate = {VERSION}`, not {found}"
            ));
        }
        if self.playbooks.is_empty() {
            return Err(
                "`playbooks` is empty: a gate that runs nothing holds nothing up".to_owned(),
            );
        }
        if !self.variants.is_empty() && !self.subjects.is_empty() {
            return Err("`variants` and `subjects` exclude each other".to_owned());
        }
        if self.repeat == Some(0) {
            return Err("`repeat` is 0: a gate that runs nothing holds nothing up".to_owned());
        }
        for known in &self.known {
            if known.observed.trim().is_empty() || known.reference.trim().is_empty() {
                let (playbook, step) = (&known.playbook, &known.step);
                return Err(format!(
                    "the known issue of {playbook}, {step}: `observed` and `reference` must say something"
                ));
            }
        }
        Ok(())
    }
}
