//! `rejoin gate`: what is known to fail is let through, everything else is not; and how often playbooks are run.

#[path = "support/cli.rs"]
mod cli;

use std::fmt::Write;
use std::fs;

use cli::Place;
use rejoin::report::result::Results;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs the program; its exit code, what it printed and what it said.
fn rejoin(place: &Place, args: &[&str]) -> Result<(i32, String, String)> {
    let output = place.rejoin(args).output()?;
    let code = output.status.code().ok_or("ended by a signal")?;
    let (printed, said) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    Ok((code, printed, said))
}

/// The known issue of stuck-pending, in its three places.
const KNOWN: [(&str, &str); 3] = [
    ("late-runs", "pending on edge1"),
    ("late-is-running", "job late is deploying"),
    ("nothing-stuck", "of late on edge1 is pending"),
];

fn gate(head: &str, known: &[(&str, &str)]) -> String {
    let mut text = format!("gate = 1\nname = \"test\"\n{head}\n");
    for (step, observed) in known {
        let _ = write!(
            text,
            "[[known]]\nplaybook = \"stuck-pending\"\nstep = \"{step}\"\nobserved = \"{observed}\"\nsubject = \"issue-395\"\nreference = \"expanso-io/expanso#395\"\n"
        );
    }
    text
}

/// Runs a gate of this text.
fn run(text: &str, more: &[&str]) -> Result<(i32, String, String)> {
    let place = Place::new()?;
    fs::write(place.path().join("gate.toml"), text)?;
    let args = [&["gate", "gate.toml"][..], more].concat();
    rejoin(&place, &args)
}

const STUCK: &str =
    "playbooks = [\"playbooks/stuck-pending.yaml\", \"playbooks/all-connected.yaml\"]";

#[test]
fn what_fails_exactly_as_it_is_known_to_is_let_through_and_shown() -> Result {
    let (code, page, said) = run(&gate(STUCK, &KNOWN), &[])?;
    assert_eq!(code, 0, "{page}{said}");
    assert!(
        page.contains("stuck-pending  sim  known   5m25s  expanso-io/expanso#395"),
        "{page}"
    );
    assert!(
        page.contains("gate test: 2 of 2 runs: 1 passed, 1 known"),
        "{page}"
    );
    Ok(())
}

#[test]
fn any_other_failure_in_the_same_run_is_news() -> Result {
    for missing in 0..KNOWN.len() {
        let mut known = KNOWN.to_vec();
        known.remove(missing);
        let (code, page, _) = run(&gate(STUCK, &known), &[])?;
        assert_eq!(code, 1, "{page}");
        assert!(page.contains("FAILED"), "{page}");
        assert!(
            page.contains("FAIL  stuck-pending.yaml"),
            "the whole report:\n{page}"
        );
    }
    // Seen otherwise than it is known, or of another subject: news as well.
    let other = gate(STUCK, &KNOWN).replace("job late is deploying", "job late is lost");
    assert_eq!(run(&other, &[])?.0, 1);
    let other = gate(STUCK, &KNOWN).replace("issue-395\"\nref", "fix-a\"\nref");
    assert_eq!(run(&other, &[])?.0, 1);
    Ok(())
}

#[test]
fn what_is_mended_is_asked_about_and_refused_where_the_gate_is_strict() -> Result {
    let text = gate(&format!("{STUCK}\nvariants = [\"reconcile\"]"), &KNOWN);
    let text = text.replace("subject = \"issue-395\"\n", "");
    let (code, page, _) = run(&text, &[])?;
    assert_eq!(code, 0, "{page}");
    assert!(page.contains("fixed?"), "{page}");
    assert_eq!(run(&text, &["--strict-known"])?.0, 1);
    Ok(())
}

#[test]
fn fewer_runs_than_planned_are_no_pass() -> Result {
    let (code, page, _) = run(&gate(&format!("{STUCK}\nbudget = \"0s\""), &KNOWN), &[])?;
    // Before the first run it is a refusal of all.
    assert!([3, 4].contains(&code), "{page}");
    let (code, page, _) = run(&gate(STUCK, &[]), &["--fail-fast"])?;
    assert_eq!(code, 1, "{page}");
    assert!(page.contains("NOT RUN"), "{page}");
    Ok(())
}

#[test]
fn a_gate_that_would_let_things_through_by_mistake_is_refused() -> Result {
    for (text, words) in [
        (gate("playbooks = []", &[]), "`playbooks` is empty"),
        (gate(STUCK, &[("no-such-step", "x")]), "`no-such-step`"),
        (
            gate(STUCK, &[("late-runs", " ")]),
            "`observed` and `reference` must say",
        ),
        (
            gate(&format!("{STUCK}\nflaky = [\"cascade\"]"), &[]),
            "`flaky` names `cascade`",
        ),
        (gate(&format!("{STUCK}\nrepeat = 0"), &[]), "`repeat` is 0"),
        (
            gate(&format!("{STUCK}\nbudgte = \"1m\""), &[]),
            "unknown field `budgte`",
        ),
        (
            gate(STUCK, &[]).replace("gate = 1", "gate = 2"),
            "`gate = 1`, not 2",
        ),
        (gate(&format!("{STUCK}\nbudget = \"soon\""), &[]), "budget"),
        (
            gate(&format!("{STUCK}\nvariants = [\"reconcil\"]"), &[]),
            "did you mean `reconcile`",
        ),
    ] {
        let (code, printed, said) = run(&text, &[])?;
        assert_eq!((code, printed.as_str()), (2, ""), "{said}");
        assert!(
            said.contains(words) && said.contains("gate.toml"),
            "«{words}»: {said}"
        );
    }
    Ok(())
}

#[test]
fn the_shipped_gate_is_open_on_the_known_bug() -> Result {
    let place = Place::new()?;
    let gate = format!("{}/gates/release.toml", cli::ROOT);
    let args = [
        "gate",
        &gate,
        "--quiet",
        "--format",
        "json=gate.json",
        "--format",
        "junit=gate.xml",
    ];
    let (code, page, said) = rejoin(&place, &args)?;
    assert_eq!((code, said.as_str()), (0, ""), "{page}");
    assert!(page.contains("1 known"), "{page}");
    let results: Results =
        serde_json::from_str(&fs::read_to_string(place.path().join("gate.json"))?)?;
    let known: Vec<_> = results
        .runs
        .iter()
        .filter_map(|run| run.allowed.as_deref())
        .collect();
    assert_eq!(known, ["known issue: expanso-io/expanso#395"]);
    let junit = fs::read_to_string(place.path().join("gate.xml"))?;
    assert!(junit.contains("failures=\"0\" errors=\"0\""), "{junit}");
    Ok(())
}

/// How many runs of each playbook there were, and the exit code.
fn runs(args: &[&str]) -> Result<(i32, Vec<String>)> {
    let place = Place::new()?;
    let all = [&["run"][..], args, &["--quiet", "--format", "json"]].concat();
    let (code, printed, said) = rejoin(&place, &all)?;
    let results: Results =
        serde_json::from_str(&printed).map_err(|error| format!("{error}: {said}"))?;
    let names = results
        .runs
        .into_iter()
        .map(|run| format!("{} {}", run.playbook.name, run.seed));
    Ok((code, names.collect()))
}

#[test]
fn playbooks_are_run_as_often_as_asked_for() -> Result {
    let (good, bad) = (
        "playbooks/all-connected.yaml",
        "playbooks/stuck-pending.yaml",
    );
    let (code, all) = runs(&[good, "--repeat", "3"])?;
    assert_eq!(
        (code, all),
        (
            0,
            ["all-connected 1", "all-connected 2", "all-connected 3"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    let (code, all) = runs(&[bad, "--repeat", "5", "--until-fail"])?;
    assert_eq!((code, all.len()), (1, 1));
    let (code, all) = runs(&[bad, good, "--fail-fast"])?;
    assert_eq!((code, all.len()), (1, 1));
    // The same seed fails again: no retry helps a run on the simulation.
    let (code, all) = runs(&[bad, "--retries", "2"])?;
    assert_eq!((code, all.len()), (1, 1));
    let mut shards = Vec::new();
    for shard in ["1/2", "2/2"] {
        let (code, all) = runs(&[good, bad, "--variant", "reconcile", "--shard", shard])?;
        assert_eq!(code, 0);
        shards.extend(all);
    }
    assert_eq!(shards, ["all-connected 1", "stuck-pending 1"]);
    Ok(())
}

#[test]
fn on_github_failures_are_annotated_and_nothing_that_is_printed_is_a_command() -> Result {
    let place = Place::new()?;
    let summary = place.path().join("summary.md");
    let mut command = place.rejoin(&["run", "playbooks/stuck-pending.yaml", "--quiet"]);
    command
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &summary);
    let printed = String::from_utf8(command.output()?.stdout)?;
    let lines: Vec<&str> = printed.lines().collect();
    let word = lines[0]
        .strip_prefix("::stop-commands::")
        .ok_or("commands are on")?;
    let end = format!("::{word}::");
    let on = lines
        .iter()
        .position(|line| *line == end)
        .ok_or("commands stay off")?;
    assert!(
        lines[1..on]
            .iter()
            .any(|line| line.starts_with("FAIL  stuck-pending.yaml"))
    );
    let annotation = "::error file=playbooks/stuck-pending.yaml,line=";
    assert!(lines[on + 1].starts_with(annotation), "{}", lines[on + 1]);
    let summary = fs::read_to_string(summary)?;
    assert!(summary.starts_with("## stuck-pending: FAIL"), "{summary}");
    Ok(())
}

#[test]
fn the_commands_of_the_workflow_example_work() -> Result {
    let place = Place::new()?;
    std::os::unix::fs::symlink(format!("{}/gates", cli::ROOT), place.path().join("gates"))?;
    let example = fs::read_to_string(format!("{}/docs/github-workflow.yml", cli::ROOT))?;
    let commands = example
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- run: rejoin "));
    let mut count = 0;
    for command in commands {
        for shard in ["1", "2", "3"] {
            let command = command.replace("${{ matrix.shard }}", shard);
            let args: Vec<&str> = command.split_whitespace().collect();
            let mut command = place.rejoin(&args);
            let output = command.env("GITHUB_ACTIONS", "true").output()?;
            let said = String::from_utf8(output.stderr)?;
            assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
        }
        count += 1;
    }
    assert_eq!(count, 3);
    for file in ["gate.xml", "gate.json", "run.xml", "runs"] {
        assert!(
            example.contains(file) && place.path().join(file).exists(),
            "{file}"
        );
    }
    Ok(())
}
