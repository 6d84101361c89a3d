//! `rejoin explore`: what a variant does wrong is found without a hint and made small, nothing is found where nothing
//! is, and neither the number of cores nor the share of a machine changes what is found.

#[path = "support/cli.rs"]
mod cli;

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use cli::Place;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the program: its exit code, its stdout, its stderr.
fn rejoin(place: &Place, args: &[&str]) -> Result<(i32, String, String)> {
    let output = place.rejoin(args).output()?;
    let code = output.status.code().ok_or("no exit code")?;
    let [out, err] = [output.stdout, output.stderr].map(String::from_utf8);
    Ok((code, out?, err?))
}

/// The names of the playbooks that were found.
fn found(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".yaml").map(str::to_owned));
    }
    Ok(names)
}

/// The numbers of the moves that a playbook makes.
fn moves(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with("- id: move-"))
        .count()
}

/// What is wrong with a variant: its name, a seed and the number of schedules of it that show it, and what is found.
type Defect = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

/// Everything that is wrong with any variant: the loss and the cascade, the blocked queue, the lost status, and each
/// mutant. The seeds are those that show it soonest.
const DEFECTS: [Defect; 15] = [
    ("issue-395", "2", "2", &["pending", "not-placed"]),
    ("fix-a", "2463172559", "31", &["held-up"]),
    ("fix-b", "4", "7", &["edge-agrees"]),
    ("no-new-node", "3", "2", &["not-placed"]),
    ("never-lost", "2", "1", &["not-noticed"]),
    ("double-dispatch", "4", "1", &["one-execution-per-node"]),
    ("deaf-stop", "2", "1", &["stopped-runs-nowhere"]),
    ("forgets-evaluations", "1", "22", &["not-placed"]),
    ("running-to-pending", "4", "1", &["legal-transitions"]),
    ("lost-status", "4", "7", &["edge-agrees"]),
    ("update-skips-away", "4", "1", &["pending"]),
    ("stale-connected", "1", "1", &["not-noticed"]),
    ("node-block", "4", "1", &["not-placed"]),
    ("ghost-execution", "4", "1", &["edge-agrees"]),
    ("starved-batch", "2", "26", &["not-placed"]),
];

/// The seeds of `REJOIN_SEEDS`, such as `1,2,fresh`: each has to show everything within 2,000 schedules.
fn seeds() -> Vec<String> {
    let wanted = std::env::var("REJOIN_SEEDS").unwrap_or_default();
    let words = wanted.split(',').filter(|word| !word.is_empty());
    let fresh = || RandomState::new().hash_one(0) & 0xffff_ffff;
    words
        .map(|word| match word {
            "fresh" => fresh().to_string(),
            seed => seed.to_owned(),
        })
        .collect()
}

#[test]
fn everything_that_is_wrong_is_found() -> Result {
    for (variant, seed, runs, wanted) in DEFECTS {
        finds(variant, seed, runs, wanted)?;
        for seed in seeds() {
            finds(variant, &seed, "2000", wanted)?;
            eprintln!("{variant}: found with seed {seed}");
        }
    }
    Ok(())
}

/// What a search of one variant finds, where each is an ordinary playbook that is red there and green on
/// `reconcile`.
fn finds(variant: &str, seed: &str, runs: &str, wanted: &[&str]) -> Result {
    let place = Place::new()?;
    let args = [
        "explore",
        "--variant",
        variant,
        "--runs",
        runs,
        "--seed",
        seed,
    ];
    let (code, out, err) = rejoin(&place, &args)?;
    assert_eq!(code, 1, "{variant}, seed {seed}: {out}{err}");
    let names = found(&place.path().join("found"))?;
    for name in wanted {
        assert!(
            names.contains(*name),
            "{variant}, seed {seed}: no {name} in {names:?}"
        );
    }
    for name in names.iter().filter(|name| *name != "undecided") {
        let path = format!("found/{name}.yaml");
        let text = fs::read_to_string(place.path().join(&path))?;
        assert!(moves(&text) <= 6, "{variant}, seed {seed}: {text}");
        let repeated = text.lines().nth(1).ok_or("no command")?;
        let (_, seed) = repeated.rsplit_once("--seed ").ok_or("no seed")?;
        for (on, wanted) in [(variant, 1), ("reconcile", 0)] {
            let args = ["run", &path, "--variant", on, "--seed", seed];
            let (code, out, _) = rejoin(&place, &args)?;
            assert_eq!(code, wanted, "{path} of {variant} on {on}: {out}\n{text}");
        }
    }
    Ok(())
}

#[test]
fn nothing_is_found_where_nothing_is() -> Result {
    let place = Place::new()?;
    let args = [
        "explore",
        "--variant",
        "reconcile",
        "--runs",
        "24",
        "--seed",
        "1",
    ];
    let (code, out, err) = rejoin(&place, &args)?;
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("nothing was found"), "{out}");
    assert_eq!(found(&place.path().join("found"))?, BTreeSet::new());
    Ok(())
}

#[test]
fn neither_jobs_nor_shards_change_what_is_found() -> Result {
    let place = Place::new()?;
    let search = |more: &[&str]| {
        let args = ["explore", "--runs", "4", "--seed", "2"];
        rejoin(&place, &[&args, more].concat())
    };
    let (code, alone, err) = search(&["--jobs", "1"])?;
    assert_eq!(code, 1, "{alone}{err}");
    assert_eq!(search(&["--jobs", "5"])?.1, alone);
    fs::write(place.path().join("found/old.yaml"), "of an earlier search")?;
    let (_, beside, _) = search(&[])?;
    assert!(beside.contains("found also holds what is not of this search: old"));
    fs::remove_file(place.path().join("found/old.yaml"))?;
    let ran = |out: &str| -> Option<u64> {
        let line = out.lines().find(|line| line.starts_with("schedules "))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let mut parts = 0;
    let mut names = BTreeSet::new();
    for (shard, out) in [("1/2", "first"), ("2/2", "second")] {
        let (_, said, err) = search(&["--shard", shard, "--out", out])?;
        parts += ran(&said).ok_or(err)?;
        names.extend(found(&place.path().join(out))?);
    }
    assert_eq!(Some(parts), ran(&alone));
    assert_eq!(names, found(&place.path().join("found"))?);
    Ok(())
}

#[test]
fn what_cannot_be_searched_is_said_before_anything_is_written() -> Result {
    let place = Place::new()?;
    for (args, words) in [
        (&["--variant", "no-such"][..], "unknown variant `no-such`"),
        (&["--target", "local"], "is no simulation"),
        (&["--runs", "0"], "0 is not in 1.."),
        (&["--shard", "3/2"], "is no part"),
        (
            &["--out", "playbooks/all-connected.yaml"],
            "is not a folder",
        ),
        (&["--confirm", "sim"], "it is a simulation, too"),
        (&["--confirm", "no-such"], "unknown target `no-such`"),
        (&["--up"], "--confirm"),
    ] {
        let (code, _, err) = rejoin(&place, &[&["explore"], args].concat())?;
        assert_eq!(code, 2, "{args:?}: {err}");
        assert!(err.contains(words), "{args:?}: {err}");
        assert!(!place.path().join("found").exists(), "{args:?}");
    }
    Ok(())
}
