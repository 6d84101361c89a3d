//! `stuck-pending.yaml` on `sim` through the library, as `rejoin run` does it.

use std::path::Path;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::engine::{self, Setup};
use rejoin::fault::Faults;
use rejoin::journal::file::Writer;
use rejoin::journal::{Entry, Watcher};
use rejoin::plan::{self, make::Site};
use rejoin::playbook::parse::{self, Overrides};
use rejoin::report::{Style, table};
use rejoin::target::Target;
use rejoin::target::sim::SimTarget;

use crate::runtime::runtime;
use crate::sim::{self, Result};

struct Silent;

impl Watcher for Silent {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

/// One run, from the playbook's text to the report's.
pub(crate) fn run() -> Result<String> {
    let settings = sim::settings()?;
    let playbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks/stuck-pending.yaml");
    let playbook = parse::load(&playbook, &Overrides::default(), &settings.timing)?;
    runtime()?.block_on(async {
        let target = SimTarget::start("sim", &settings)?;
        let inventory = target.hands().inventory().await?;
        let subject = target.subject(&inventory).await?;
        let site = Site::of(&target, &inventory, subject, settings.seed);
        let folder = tempfile::tempdir()?;
        let setup = Setup {
            prepared: plan::make(&playbook, site)?,
            journal: Writer::create(folder.path(), target.clock().restarted())?,
            ledger: Ledger::in_memory(),
            stop: Stop::never(),
            person: Person::nobody(),
        };
        let entries = engine::run(&target, setup, &mut Silent).await?;
        Ok(table::render(&entries, Style::PLAIN))
    })
}
