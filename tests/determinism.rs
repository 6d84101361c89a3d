//! The same seed gives the same bytes: wherever, whenever, under whatever name and load.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/journal.rs"]
mod journal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cli::Place;
use sha2::{Digest, Sha256};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const RUNS: usize = 20;
const AT_A_TIME: usize = 4;

/// A run that goes on.
struct Going {
    process: Child,
    out: PathBuf,
}

/// What is left of a run.
struct Gone {
    journal: Vec<u8>,
    stdout: Vec<u8>,
}

impl Going {
    fn start(place: &Place, number: usize, seed: &str, playbook: &str) -> Result<Self> {
        let out = place.path().join(format!("out-{number}"));
        let even = number.is_multiple_of(2);
        let mut command = place.rejoin(&["run", playbook, "--seed", seed, "--out"]);
        let process = command
            .arg(&out)
            .env("TZ", if even { "Asia/Kathmandu" } else { "UTC" })
            .env("LC_ALL", if even { "tr_TR.UTF-8" } else { "C" })
            .env("HOME", if even { Path::new("/") } else { place.path() })
            .env("COLUMNS", if even { "200" } else { "61" })
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { process, out })
    }

    fn end(self) -> Result<Gone> {
        let output = self.process.wait_with_output()?;
        if output.status.code() != Some(1) {
            return Err(format!("{:?}", output.status).into());
        }
        Ok(Gone {
            journal: fs::read(journal::only(&self.out)?)?,
            stdout: output.stdout,
        })
    }
}

/// Keeps the other cores busy while something is done.
fn under_load<T>(work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let done = work();
        over.store(true, Ordering::Relaxed);
        done
    })
}

fn runs(seed: &str, playbook: &str) -> Result<Vec<Gone>> {
    let places = [Place::new()?, Place::new()?];
    let absolute = format!("{}/{playbook}", cli::ROOT);
    let mut gone = Vec::new();
    for batch in 0..RUNS / AT_A_TIME {
        let start = |index: usize| {
            let number = batch * AT_A_TIME + index;
            let path = if number.is_multiple_of(3) {
                &absolute
            } else {
                playbook
            };
            Going::start(&places[index % 2], number, seed, path)
        };
        let work = || -> Result<Vec<Gone>> {
            let going: Vec<Going> = (0..AT_A_TIME).map(start).collect::<Result<_>>()?;
            going.into_iter().map(Going::end).collect()
        };
        // Every second batch finds the machine busy.
        gone.extend(if batch.is_multiple_of(2) {
            work()?
        } else {
            under_load(work)?
        });
    }
    Ok(gone)
}

#[test]
fn one_seed_gives_one_journal_and_one_report() -> Result {
    let runs = runs("7", "playbooks/stuck-pending.yaml")?;
    assert_eq!(runs.len(), RUNS);
    let first = &runs[0];
    for run in &runs {
        let (hash, wanted) = (Sha256::digest(&run.journal), Sha256::digest(&first.journal));
        assert_eq!(hash, wanted, "a journal differs");
        assert_eq!(run.stdout, first.stdout, "a report differs");
    }
    Ok(())
}

#[test]
fn another_seed_gives_another_journal() -> Result {
    let place = Place::new()?;
    let journal = |number, seed| {
        let going = Going::start(&place, number, seed, "playbooks/stuck-pending.yaml")?;
        going.end().map(|gone| gone.journal)
    };
    assert_ne!(journal(0, "7")?, journal(1, "8")?);
    Ok(())
}

#[test]
fn a_journal_names_nothing_of_the_machine() -> Result {
    let place = Place::new()?;
    let going = Going::start(&place, 1, "7", "playbooks/stuck-pending.yaml")?;
    let pid = format!("pid={}", going.process.id());
    let out = going.out.display().to_string();
    let journal = String::from_utf8(going.end()?.journal)?;
    let today = rejoin::clock::Timestamp::from(std::time::SystemTime::now()).to_string();
    let (today, _) = today.split_once('T').ok_or("no date")?;
    let here = place.path().display().to_string();
    // Jobs have versions too; these count.
    let found = journal
        .replace("\"job_version\":", "")
        .replace("\"version\":1", "");
    let release = env!("CARGO_PKG_VERSION");
    for trace in [out.as_str(), &here, cli::ROOT, &pid, release, "version"] {
        assert!(!found.contains(trace), "«{trace}» stands in the journal");
    }
    assert!(
        !journal.contains(&format!("\"{today}T")),
        "today stands in the journal"
    );
    Ok(())
}
