//! The engine against a target on which one thing goes wrong: whatever it is, the run heals, says so,
//! and never calls it a pass or the subject's failure.

mod adding;
mod adopting;
mod asking;
mod custody;
mod disk;
mod eyes;
mod fake;
mod guard;
mod hands;
mod healing;
mod identity;
mod jobs;
mod outage;
mod ready;
mod recovery;
mod settling;
mod stop;
mod trouble;

use std::path::Path;
use std::time::Duration;

use fake::{Fake, Trouble};
use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::engine::{self, Setup};
use rejoin::exit::Exit;
use rejoin::fault::Faults;
use rejoin::journal::file::Writer;
use rejoin::journal::{Entry, Event, Watcher};
use rejoin::plan::make::Site;
use rejoin::plan::{self, Prepared};
use rejoin::playbook::parse::{self, Overrides};
use rejoin::target::Target;
use rejoin::verdict::{self, Verdict, What};

pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A fault is undone by a step, and then the work is looked at.
pub(crate) const RESTORED: &str = "
  - deploy: late
  - remove: { nodes: edge1, as: victims }
  - restore: { nodes: victims }
  - id: late-runs
    expect: { executions: { job: late, nodes: all, observed: running }, within: 20s }
";

/// A fault that only the end of the run undoes.
pub(crate) const HEALED: &str = "
  - deploy: late
  - remove: { nodes: edge1 }
  - id: node-stays
    expect: { nodes: { which: edge1, are: connected } }
";

/// A run that is over.
pub(crate) struct Over {
    pub(crate) target: Fake,
    pub(crate) entries: Vec<Entry>,
    pub(crate) verdict: Verdict,
}

impl Over {
    /// What the deciding part says.
    pub(crate) fn reason(&self) -> &str {
        self.verdict.deciding().map_or("", |part| &part.note)
    }

    /// How long a step took.
    pub(crate) fn took(&self, step: usize) -> Duration {
        let at = |wanted: &dyn Fn(&Event) -> bool| {
            let mut entries = self.entries.iter();
            entries
                .find(|entry| wanted(&entry.event))
                .map(|entry| entry.elapsed)
        };
        let started = at(&|event| matches!(event, Event::StepStarted { step: s } if *s == step));
        let ended = at(&|event| matches!(event, Event::StepEnded { step: s, .. } if *s == step));
        ended.unwrap_or_default().since(started.unwrap_or_default())
    }

    /// The events of these kinds, in order, by their names in the journal and what they are about.
    pub(crate) fn events(&self, kinds: &[&str]) -> Vec<String> {
        let json = |entry: &Entry| serde_json::to_value(entry).unwrap_or_default();
        let all = self.entries.iter().map(json);
        let told = all.filter_map(|entry| {
            let kind = entry["event"].as_str()?.to_owned();
            let about = ["container", "phase", "job", "reason", "what"];
            let about = about.iter().find_map(|key| entry[*key].as_str());
            kinds
                .contains(&kind.as_str())
                .then(|| format!("{kind} {}", about.unwrap_or_default()))
        });
        told.collect()
    }

    /// Everything recorded, as text.
    pub(crate) fn journal(&self) -> String {
        format!("{:#?}", self.entries)
    }
}

pub(crate) struct Silent;

impl Watcher for Silent {
    fn entry(&mut self, _: &Entry) {}
    fn note(&mut self, _: &str) {}
}

/// Does something on a runtime whose clock jumps.
pub(crate) fn paused<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder
        .enable_all()
        .start_paused(true)
        .build()?
        .block_on(work)
}

/// The plan of a playbook of these steps on the fake.
pub(crate) async fn prepare(target: &Fake, steps: &str) -> Result<Prepared> {
    let text = format!(
        "rejoin: 1\nname: fake\ntitle: Made up\njobs: {{ late: ../fixtures/jobs/new-job.yaml, newer: ../fixtures/jobs/newer-job.yaml }}\nsteps:{steps}"
    );
    let file = Path::new("playbooks/fake.yaml");
    let playbook = parse::parse(file, &text, &Overrides::default(), target.timing())?;
    let inventory = target.hands().inventory().await?;
    let subject = target.subject(&inventory).await?;
    let site = Site::of(target, &inventory, subject, 1);
    Ok(plan::make(&playbook, site)?)
}

/// Runs a playbook of these steps to its end, on a target that lives only as long as this.
pub(crate) fn over(trouble: Trouble, steps: &str) -> Result<Over> {
    paused(run(
        Fake::new(trouble),
        steps,
        Ledger::in_memory(),
        Stop::never(),
    ))
}

/// Runs a playbook of these steps to its end.
pub(crate) async fn run(target: Fake, steps: &str, ledger: Ledger, stop: Stop) -> Result<Over> {
    run_with(target, steps, ledger, stop, Person::nobody()).await
}

/// The same with somebody to ask.
pub(crate) async fn run_with(
    target: Fake,
    steps: &str,
    ledger: Ledger,
    stop: Stop,
    person: Person,
) -> Result<Over> {
    let setup = Setup {
        prepared: prepare(&target, steps).await?,
        journal: Writer::nowhere(target.clock().restarted()),
        ledger,
        stop,
        person,
    };
    let entries = engine::run(&target, setup, &mut Silent).await?;
    let verdict = verdict::judge(&entries).ok_or("no header")?;
    Ok(Over {
        target,
        entries,
        verdict,
    })
}

/// The run is unknown because of its first step.
pub(crate) fn ended_at_once(over: &Over, why: &str) {
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    let what = over.verdict.deciding().map(|part| part.what);
    assert_eq!(what, Some(What::Step(0)), "{:#?}", over.verdict);
    assert!(over.reason().contains(why), "{}", over.reason());
}
