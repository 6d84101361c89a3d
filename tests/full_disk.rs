//! A disk that fills up under the journal of a simulated run: unknown, whatever was seen, and what was
//! written can be read.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/journal.rs"]
mod journal;

use std::path::Path;
use std::process::{Command, Output};

use cli::Place;
use rejoin::journal::{Event, file};
use rejoin::report::{Style, table};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// In what `ulimit -f` counts.
const BLOCK: u64 = 512;

/// Runs a playbook that passes where no file may have more than so many blocks. The signal of that limit
/// is ignored, as a full disk has none.
fn run(place: &Place, blocks: &str, out: &Path) -> Result<Output> {
    let rejoin = place.rejoin(&["run", "playbooks/stuck-pending.yaml", "--variant=reconcile"]);
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", &limited, "sh"])
        .arg(rejoin.get_program())
        .args(rejoin.get_args())
        .arg("--out")
        .arg(out)
        .env_clear()
        .env("HOME", place.path())
        .current_dir(place.path());
    Ok(shell.output()?)
}

/// How many entries of these kinds were written: faults, undos, ends.
fn written(journal: &Path) -> Result<[usize; 3]> {
    let entries = file::read(journal)?;
    let count = |wanted: fn(&Event) -> bool| {
        let found = entries.iter().filter(|entry| wanted(&entry.event));
        found.count()
    };
    Ok([
        count(|event| matches!(event, Event::Injected { .. })),
        count(|event| matches!(event, Event::Restored { .. })),
        count(|event| matches!(event, Event::End)),
    ])
}

#[test]
fn a_journal_that_cannot_be_written_to_its_end_is_unknown() -> Result {
    let place = Place::new()?;
    let out = |name: &str| place.path().join(name);
    let whole = run(&place, "unlimited", &out("whole"))?;
    assert_eq!(whole.status.code(), Some(0));
    let whole = journal::only(&out("whole"))?;
    assert_eq!(written(&whole)?, [2, 2, 1]);
    let size = std::fs::metadata(&whole)?.len();
    let text = std::fs::read_to_string(&whole)?;
    let faults = text.rfind("\"injected\"").ok_or("no fault")?;

    let cases = [
        ("faults open", faults as u64 / BLOCK + 2, [2, 0, 0]),
        ("all but the end", (size - 1) / BLOCK, [2, 2, 0]),
    ];
    for (name, blocks, expected) in cases {
        let full = run(&place, &blocks.to_string(), &out(name))?;
        let said = String::from_utf8(full.stdout)?;
        assert_eq!(full.status.code(), Some(4), "{name}: {said}");
        let journal = journal::only(&out(name))?;
        // The table breaks lines at any place.
        let words: Vec<&str> = said.split_whitespace().collect();
        let words = words.join(" ");
        for wanted in [
            "the journal cannot be written any more",
            "File too large",
            "--out",
        ] {
            assert!(
                words.contains(wanted),
                "{name}: «{wanted}» is not said:\n{said}"
            );
        }
        assert_eq!(written(&journal)?, expected, "{name}");
        let report = table::render(&file::read(&journal)?, Style::PLAIN);
        let readable = report.contains("the journal has no end");
        assert!(readable, "{name}:\n{report}");
    }
    Ok(())
}

#[test]
fn a_record_that_cannot_even_be_begun_refuses_the_run_and_leaves_nothing() -> Result {
    let place = Place::new()?;
    let out = place.path().join("runs");
    let refused = run(&place, "0", &out)?;
    let said = String::from_utf8(refused.stderr)?;
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("File too large"), "{said}");
    assert!(said.contains("nothing was touched"), "{said}");
    assert_eq!(std::fs::read_dir(&out)?.count(), 0);
    Ok(())
}
