//! The table of expected verdicts on `sim`, whole; the mutants, each caught; and that a failure is told
//! as a person needs it.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/table.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cli::Place;
use rejoin::journal::{Event, file};
use rejoin::plan::{Action, Claim};
use rejoin::report::words;
use rejoin::verdict::{self, Outcome, What};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What can be claimed and what must always hold: each is red for at least one mutant.
const RED: [&str; 12] = [
    "nodes",
    "executions",
    "job",
    "truth",
    "evaluations",
    "history",
    "logs",
    "one-execution-per-node",
    "legal-transitions",
    "stopped-runs-nowhere",
    "edge-agrees",
    "nothing-stuck",
];

/// Runs `rejoin` in a place and returns its exit code, stdout and stderr.
fn rejoin(place: &Place, args: &[&str]) -> Result<(i32, String, String)> {
    let output = place.rejoin(args).output()?;
    let code = output.status.code().ok_or("ended by a signal")?;
    let said = String::from_utf8(output.stderr)?;
    Ok((code, String::from_utf8(output.stdout)?, said))
}

#[test]
fn sim_gives_the_expected_verdicts() -> Result {
    let place = Place::new()?;
    let args = [
        "compare",
        "playbooks",
        "--variants",
        "all",
        "--expected",
        table::FILE,
    ];
    let (code, page, said) = rejoin(&place, &args)?;
    println!("{page}");
    assert_eq!(code, 0, "{page}\n{said}");
    let cells = table::variants(false).len() * table::read()?.len();
    let agreed = format!("all {cells} cells are as {} says", table::FILE);
    assert!(page.contains(&agreed), "{page}");
    Ok(())
}

#[test]
fn the_table_holds_every_playbook_and_variant() -> Result {
    let table = table::read()?;
    let mut playbooks = BTreeSet::new();
    for entry in fs::read_dir(format!("{}/playbooks", cli::ROOT))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Folders below are not entered, neither here nor by `rejoin compare playbooks`.
        playbooks.extend(name.strip_suffix(".yaml").map(str::to_owned));
    }
    let rows: BTreeSet<String> = table.keys().cloned().collect();
    assert_eq!(rows, playbooks);
    let known = [table::variants(false), table::variants(true)].concat();
    for (playbook, row) in &table {
        for variant in table::variants(false) {
            assert!(row.contains_key(variant), "{playbook} on {variant}");
        }
        let unknown = row.keys().find(|name| !known.contains(&name.as_str()));
        assert_eq!(unknown, None, "{playbook} on a variant that is none");
    }
    Ok(())
}

#[test]
fn every_mutant_is_caught_and_every_expectation_and_invariant_catches_one() -> Result {
    let place = Place::new()?;
    let variants = "reconcile,mutants";
    let args = [
        "compare",
        "playbooks",
        "--variants",
        variants,
        "--format",
        "toml",
    ];
    let (code, page, said) = rejoin(&place, &args)?;
    // What is wrong with a mutant can also be a precondition: unknown, and no catch.
    assert!([0, 4].contains(&code), "exit {code}:\n{page}\n{said}");
    let table = table::parse(&page)?;
    let written = table::read()?;
    for (playbook, row) in &table {
        let expected = &written[playbook];
        for (name, ending) in row {
            let same = expected.get(name) == Some(ending);
            assert!(same, "{playbook} on {name}: {ending}, {}", table::FILE);
        }
    }
    let mut red: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mutant in table::variants(true) {
        // A failure is one of the mutant only where the same playbook is green without the mutation.
        let caught = table.iter().filter(|(_, row)| {
            let outcome = |name| row.get(name).map(|ending| ending.outcome);
            (outcome("reconcile"), outcome(mutant)) == (Some(Outcome::Pass), Some(Outcome::Fail))
        });
        let caught: Vec<_> = caught.collect();
        assert!(!caught.is_empty(), "nothing catches {mutant}");
        for (playbook, row) in caught {
            println!("{mutant} -> {playbook} -> {}", row[mutant]);
            for kind in failed(&place, playbook, mutant)? {
                red.entry(kind).or_default().insert(mutant.to_owned());
            }
        }
    }
    for kind in RED {
        println!("{kind}: red for {:?}", red.get(kind));
    }
    let green: Vec<_> = RED
        .iter()
        .filter(|kind| !red.contains_key(**kind))
        .collect();
    assert!(green.is_empty(), "never red: {green:?}");
    Ok(())
}

/// The kinds of the claims and the invariants that failed in a run of a comparison.
fn failed(place: &Place, playbook: &str, variant: &str) -> Result<Vec<String>> {
    let mark = format!("-{playbook}-{variant}-");
    let runs = fs::read_dir(place.path().join("runs"))?;
    let mut runs = runs.flatten().filter(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        // The stamp holds no hyphen, the run's id neither.
        let (start, end) = (name.find('-'), name.rfind('-'));
        start
            .zip(end)
            .is_some_and(|(start, end)| name[start..=end] == mark)
    });
    let run = runs.next().ok_or_else(|| format!("no run {mark}"))?;
    let entries = file::read(&run.path().join(file::NAME))?;
    let verdict = verdict::judge(&entries).ok_or("no header")?;
    let Some(Event::Header { plan, .. }) = entries.first().map(|entry| &entry.event) else {
        return Err("no header".into());
    };
    let parts = verdict.parts.iter();
    let kinds = parts.filter(|part| part.outcome == Outcome::Fail);
    let kinds = kinds.filter_map(|part| match part.what {
        What::Invariant(invariant) => Some(words::invariant(invariant).to_owned()),
        What::Step(step) => match &plan.steps.get(step)?.action {
            Action::Claim { claim, .. } => Some(kind(claim).to_owned()),
            _ => None,
        },
        What::Run => None,
    });
    Ok(kinds.collect())
}

fn kind(claim: &Claim) -> &'static str {
    match claim {
        Claim::Nodes { .. } => "nodes",
        Claim::Executions { .. } => "executions",
        Claim::Job { .. } => "job",
        Claim::Truth { .. } => "truth",
        Claim::Evaluations { .. } => "evaluations",
        Claim::History { .. } => "history",
        Claim::Logs { .. } => "logs",
    }
}

/// The line of the playbook on which the verb of the step with this id stands.
fn line_of(playbook: &str, step: &str) -> Result<usize> {
    let text = fs::read_to_string(format!("{}/playbooks/{playbook}.yaml", cli::ROOT))?;
    let mut lines = text.lines().zip(1..);
    let id = format!("- id: {step}");
    lines
        .find(|(line, _)| line.trim() == id)
        .ok_or_else(|| format!("{playbook} has no step {step}"))?;
    let verb = lines.next().ok_or("a step ends after its id")?;
    Ok(verb.1)
}

#[test]
fn a_failure_says_where_what_instead_since_when_and_that_nothing_was_sent_again() -> Result {
    let place = Place::new()?;
    let (code, report, _) = rejoin(&place, &["run", "playbooks/stuck-pending.yaml"])?;
    assert_eq!(code, 1, "{report}");
    let (_, verdict) = report.split_once("\nFAIL  ").ok_or("no FAIL")?;
    let (verdict, _) = verdict.split_once("  also").ok_or("nothing follows")?;
    let verdict = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = format!(
        "stuck-pending.yaml:{} ",
        line_of("stuck-pending", "late-runs")?
    );
    for words in [
        place.as_str(),
        "expected executions of late on all: running within 2m05s",
        "step late-runs",
        "observed pending on edge1 (desired running), pending on edge2 (desired running)",
        "at the latest: for at least 2m",
        "evidence evaluation ",
        " (node-join) of late was complete at ",
        " without a new dispatch",
        "by readings ",
    ] {
        assert!(verdict.contains(words), "«{words}» is not said:\n{verdict}");
    }
    Ok(())
}
