//! A run's folder: everything that was seen is in it, and every report comes out of it again.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/journal.rs"]
mod journal;

use std::fs;
use std::path::{Path, PathBuf};

use cli::Place;
use rejoin::journal::{Answer, Entry, Event, file};
use rejoin::report::result::Results;
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the program; its exit code and what it printed.
fn rejoin(place: &Place, args: &[&str]) -> Result<(i32, String)> {
    let output = place.rejoin(args).output()?;
    let code = output.status.code().ok_or("ended by a signal")?;
    Ok((code, String::from_utf8(output.stdout)?))
}

/// A run of the bug, and its folder.
fn stuck(place: &Place) -> Result<PathBuf> {
    let (code, _) = rejoin(place, &["run", "playbooks/stuck-pending.yaml"])?;
    assert_eq!(code, 1);
    let journal = journal::only(&place.path().join("runs"))?;
    Ok(journal.parent().ok_or("no folder")?.to_owned())
}

fn text(folder: &Path, name: &str) -> Result<String> {
    Ok(fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?)
}

fn json(folder: &Path, name: &str) -> Result<Value> {
    Ok(serde_json::from_str(&text(folder, name)?)?)
}

#[test]
fn the_folder_holds_what_the_run_was_made_of_and_what_it_saw() -> Result {
    let place = Place::new()?;
    let folder = stuck(&place)?;
    let shipped = fs::read_to_string(place.path().join("playbooks/stuck-pending.yaml"))?;
    assert_eq!(text(&folder, "playbook.yaml")?, shipped);
    assert_eq!(
        json(&folder, "settings.json")?["target"]["variant"],
        "issue-395"
    );
    assert_eq!(json(&folder, "subject.json")?["kind"], "sim");
    let (before, after) = (
        json(&folder, "inventory/before.json")?,
        json(&folder, "inventory/after.json")?,
    );
    assert_eq!(before["edge1"]["role"], "edge");
    // Another container, and the same to everybody else.
    assert_eq!(before["edge1"]["identity"], after["edge1"]["identity"]);
    assert_ne!(before["edge1"]["id"], after["edge1"]["id"]);
    // Whole logs: also what no report asks for, from before the fault and after the restore.
    let log = text(&folder, "logs/orchestrator.log")?;
    assert!(log.contains("SCHEDULER: Evaluation complete"), "{log}");
    let entries = file::read(&folder.join(file::NAME))?;
    let told = entries.iter().filter(|entry| matches!(&entry.event, Event::Line { container, .. } if container.0 == "orchestrator"));
    assert!(
        log.lines().count() > told.count(),
        "nothing but what the journal has"
    );
    let latest = fs::canonicalize(place.path().join("runs/latest"))?;
    assert_eq!(latest, fs::canonicalize(&folder)?);
    Ok(())
}

/// The number of executions in the reading with this number, `Same` looked up.
fn executions(entries: &[Entry], id: u64) -> Option<usize> {
    let readings = entries.iter().filter_map(|entry| match &entry.event {
        Event::Sweep { readings, .. } => Some(readings),
        _ => None,
    });
    let found = readings.flatten().find(|reading| reading.id.0 == id)?;
    match &found.answer {
        Answer::Executions(all) => Some(all.len()),
        Answer::Same(other) => executions(entries, other.0),
        _ => None,
    }
}

#[test]
fn every_deciding_reading_is_there_as_it_came() -> Result {
    let place = Place::new()?;
    let folder = stuck(&place)?;
    let entries = file::read(&folder.join(file::NAME))?;
    let results: Results = serde_json::from_str(&text(&folder, "result.json")?)?;
    let index = text(&folder, "readings/index.jsonl")?;
    let index: Vec<Value> = index
        .lines()
        .map(serde_json::from_str)
        .collect::<std::result::Result<_, _>>()?;
    let parts = results.runs[0].parts.iter();
    let mut seen = 0;
    for id in parts.flat_map(|part| &part.readings) {
        let mut kept = index.iter().filter(|line| line["reading"] == id.0);
        let line = kept
            .next()
            .ok_or_else(|| format!("reading {} is not kept", id.0))?;
        assert!(
            line["request"]
                .as_str()
                .is_some_and(|it| it.starts_with("GET /")),
            "{line}"
        );
        let body = json(&folder, line["file"].as_str().ok_or("no file")?)?;
        if let Some(count) = executions(&entries, id.0) {
            assert_eq!(
                body["items"].as_array().map(Vec::len),
                Some(count),
                "{line}"
            );
            seen += 1;
        }
    }
    assert!(seen > 2, "no body of executions was compared");
    Ok(())
}

#[test]
fn every_format_comes_out_of_the_record_byte_for_byte() -> Result {
    for playbook in ["stuck-pending", "cascade"] {
        for format in ["table", "json", "junit", "markdown", "html"] {
            let place = Place::new()?;
            let path = format!("playbooks/{playbook}.yaml");
            let file = format!("{format}=here.{format}");
            let (_, printed) = rejoin(&place, &["run", &path, "--format", format])?;
            let run = ["run", &path, "--out", "other", "--format", &file];
            rejoin(&place, &run)?;
            let written = fs::read_to_string(place.path().join(format!("here.{format}")))?;
            assert_eq!(
                written, printed,
                "{playbook} {format}: the file is not what is printed"
            );
            let (code, again) = rejoin(&place, &["report", "runs/latest", "--format", format])?;
            assert_eq!((code, again), (0, printed), "{playbook} {format}");
            if format == "json" {
                let folder = place.path().join("runs/latest");
                assert_eq!(text(&folder, "result.json")?, written);
            }
        }
    }
    Ok(())
}

#[test]
fn a_killed_run_is_reported_in_every_format_and_it_is_said_where_the_record_ends() -> Result {
    let place = Place::new()?;
    let folder = stuck(&place)?;
    let journal = fs::read_to_string(folder.join(file::NAME))?;
    let lines: Vec<&str> = journal.lines().collect();
    let killed = place.path().join("killed");
    fs::create_dir(&killed)?;
    for kept in [1, 2, lines.len() / 2, lines.len() - 1] {
        // The last line was half written when the power went.
        let half = &lines[kept][..lines[kept].len() / 2];
        let cut = format!("{}\n{half}", lines[..kept].join("\n"));
        fs::write(killed.join(file::NAME), cut)?;
        for format in ["table", "json", "junit", "markdown", "html"] {
            let (code, page) = rejoin(&place, &["report", "killed", "--format", format])?;
            assert_eq!(code, 0, "{format} of {kept} lines");
            let page: Vec<&str> = page.split_whitespace().collect();
            let page = page.join(" ");
            assert!(
                page.contains("the journal has no end"),
                "{format} of {kept} lines: {page}"
            );
        }
    }
    fs::write(killed.join(file::NAME), "")?;
    assert_eq!(rejoin(&place, &["report", "killed"])?.0, 2);
    assert_eq!(rejoin(&place, &["report", "playbooks"])?.0, 2);
    Ok(())
}

#[test]
fn what_changed_between_two_runs_is_shown() -> Result {
    let place = Place::new()?;
    let run = |variant: &str, out: &str| {
        let args = [
            "run",
            "playbooks/stuck-pending.yaml",
            "--variant",
            variant,
            "--out",
            out,
        ];
        rejoin(&place, &args)
    };
    run("issue-395", "before")?;
    run("reconcile", "after")?;
    let (code, fixed) = rejoin(&place, &["diff", "before/latest", "after/latest"])?;
    assert_eq!(code, 0, "{fixed}");
    for words in [
        "fail: late-runs  pass   fixed",
        "variant  issue-395  reconcile",
        "late         edge1  never   ",
    ] {
        assert!(fixed.contains(words), "«{words}»\n{fixed}");
    }
    // Folders of runs are compared by playbook; the other way round it is a regression.
    let (code, worse) = rejoin(&place, &["diff", "after", "before"])?;
    assert_eq!(code, 1, "{worse}");
    assert!(worse.contains("REGRESSION"), "{worse}");
    let (code, same) = rejoin(&place, &["diff", "after", "after"])?;
    assert_eq!(code, 0);
    assert!(same.contains("stuck-pending: nothing changed"), "{same}");
    assert_eq!(rejoin(&place, &["diff", "before", "nowhere"])?.0, 2);
    Ok(())
}

#[test]
fn recovery_is_judged_where_the_playbook_asks_for_it() -> Result {
    let place = Place::new()?;
    let late = "  - expect: { executions: { job: late, nodes: all, observed: running } }\n";
    let text = fs::read_to_string(place.path().join("playbooks/stuck-pending.yaml"))?;
    let text = text.replace("../fixtures", "fixtures");
    for (limit, code, words) in [
        ("10s", 0, "within 10.0s of the restore"),
        ("1ms", 1, "it ran 3"),
    ] {
        let recovers = late.replace(" }\n", &format!(", recovers: {{ within: {limit} }} }}\n"));
        let steps = text.split_once("always:").ok_or("no invariants")?;
        fs::write(
            place.path().join("own.yaml"),
            format!("{}{recovers}always:{}", steps.0, steps.1),
        )?;
        let (ended, page) = rejoin(&place, &["run", "own.yaml", "--variant", "reconcile"])?;
        let page: Vec<&str> = page.split_whitespace().collect();
        let page = page.join(" ");
        assert_eq!(ended, code, "{limit}: {page}");
        assert!(page.contains(words), "{limit}: {page}");
    }
    Ok(())
}

#[test]
fn a_bad_place_for_a_report_is_said_before_anything_is_run() -> Result {
    let place = Place::new()?;
    fs::write(place.path().join("kept.json"), "what was there")?;
    for (formats, words) in [
        (&["json=nowhere/x.json"][..], "nowhere/x.json"),
        (&["json", "markdown"], "both go to stdout"),
        (&["json=a", "markdown=a"], "the same file"),
        (&["pdf"], "is none of table, json"),
        (&["json="], "a file belongs behind"),
    ] {
        let mut args = vec![
            "run",
            "playbooks/stuck-pending.yaml",
            "--format",
            "json=kept.json",
        ];
        for format in formats {
            args.extend(["--format", format]);
        }
        let output = place.rejoin(&args).output()?;
        let said = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert!(
            !place.path().join("runs").exists(),
            "{formats:?}: it was run"
        );
        assert_eq!(
            fs::read_to_string(place.path().join("kept.json"))?,
            "what was there"
        );
    }
    Ok(())
}
