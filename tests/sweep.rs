//! `rejoin sweep` on the simulation: where the verdict changes is where the timing profile says that it must, what a
//! sweep says of a value is what a run with it says, and the number of cores changes nothing.

#[path = "support/cli.rs"]
mod cli;

use std::fs;

use cli::Place;
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const AWAY: &str = "playbooks/deploy-while-away.yaml";
/// Of the profile `fast`, in milliseconds.
const HEARTBEAT: u64 = 1_000;
const DISCONNECT: u64 = 6_000;
const LOST: u64 = 15_000;
/// How long after a moment of the cluster the playbook may come to its own, at the most: its steps before the
/// absence, and a look of the scheduler.
const LATE: u64 = 500;

/// Runs the program: its exit code, its stdout, its stderr.
fn rejoin(place: &Place, args: &[&str]) -> Result<(i32, String, String)> {
    let output = place.rejoin(args).output()?;
    let code = output.status.code().ok_or("no exit code")?;
    let [out, err] = [output.stdout, output.stderr].map(String::from_utf8);
    Ok((code, out?, err?))
}

/// A sweep as data, and how it ended.
fn swept(place: &Place, playbook: &str, var: &str, more: &[&str]) -> Result<(i32, Value)> {
    let fixed = [
        "sweep", playbook, "--var", var, "--timing", "fast", "--format", "json",
    ];
    let (code, out, err) = rejoin(place, &[&fixed, more].concat())?;
    let data = serde_json::from_str(&out).map_err(|error| format!("{error}: {out}{err}"))?;
    Ok((code, data))
}

fn all<'a>(data: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    Ok(data[key].as_array().ok_or(format!("no {key} in {data}"))?)
}

/// The two sides of the only change.
fn edge(data: &Value) -> Result<(u64, u64)> {
    let [edge] = all(data, "edges")?.as_slice() else {
        return Err(format!("not one edge: {data}").into());
    };
    let at = |key: &str| edge[key].as_u64().ok_or("no number");
    Ok((at("below_ms")?, at("above_ms")?))
}

#[test]
fn the_loss_ends_where_a_node_counts_as_lost() -> Result {
    let place = Place::new()?;
    let var = "gap=0s..disconnect_timeout+lost_timeout+4s";
    let (code, data) = swept(&place, AWAY, var, &["--points", "9"])?;
    assert_eq!(code, 1);
    let (below, above) = edge(&data)?;
    assert!(above - below <= 100, "{below} to {above}");
    // Silence counts from the last heartbeat; what is lost has been away for both times.
    let must = DISCONNECT + LOST;
    assert!(above >= must - HEARTBEAT, "{above}");
    assert!(below <= must + LATE, "{below}");
    let [loss, pass] = all(&data, "windows")?.as_slice() else {
        return Err(format!("not two windows: {data}").into());
    };
    assert_eq!(
        (&loss["verdict"], &loss["decided_by"]),
        (&"fail".into(), &"late-runs".into())
    );
    assert_eq!(
        (&loss["from_ms"], &loss["symptom"]),
        (&0.into(), &"pending".into())
    );
    assert_eq!(
        (&pass["verdict"], &pass["to_ms"]),
        (&"pass".into(), &(must + 4_000).into())
    );
    // A run with either side says the same.
    for (at, wanted) in [(below, 1), (above, 0)] {
        let set = format!("gap={at}ms");
        let args = [
            "run", AWAY, "--timing", "fast", "--set", &set, "--seed", "1",
        ];
        let (code, out, _) = rejoin(&place, &args)?;
        assert_eq!(code, wanted, "{set}: {out}");
    }
    assert!(!place.path().join("runs").join("sweep").exists());
    Ok(())
}

#[test]
fn one_fix_ends_the_loss_where_a_node_counts_as_disconnected() -> Result {
    let place = Place::new()?;
    let var = "gap=0s..disconnect_timeout+2s";
    let more = ["--points", "5", "--variant", "fix-a", "--within", "20ms"];
    let (code, data) = swept(&place, AWAY, var, &more)?;
    assert_eq!(code, 1);
    let (below, above) = edge(&data)?;
    assert!(above - below <= 20, "{below} to {above}");
    assert!(above >= DISCONNECT - HEARTBEAT, "{above}");
    assert!(below <= DISCONNECT + LATE, "{below}");
    let recovery = &all(&data, "windows")?[1]["recovery"];
    assert_eq!(recovery[0]["job"], "late", "{recovery}");
    assert_eq!(recovery[0]["never"], 0, "{recovery}");
    assert!(recovery[0]["max_ms"].as_u64() > Some(0), "{recovery}");
    Ok(())
}

#[test]
fn nothing_is_lost_where_states_are_exchanged() -> Result {
    let place = Place::new()?;
    let args = [
        "sweep",
        AWAY,
        "--var",
        "gap=0s..disconnect_timeout+lost_timeout+4s",
        "--timing",
        "fast",
        "--points",
        "6",
        "--variant",
        "reconcile",
    ];
    let (code, out, err) = rejoin(&place, &args)?;
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("PASS  nothing changes: pass for every gap"),
        "{out}"
    );
    assert!(out.contains("6: 6 passed, 0 failed, 0 unknown"), "{out}");
    assert!(!place.path().join("runs").exists());
    Ok(())
}

#[test]
fn what_could_not_be_decided_is_never_a_pass() -> Result {
    let place = Place::new()?;
    // Its assumption, that the API still believes in the node, ends with the disconnect timeout.
    let stuck = "playbooks/stuck-pending.yaml";
    let var = "gap=0s..disconnect_timeout+2s";
    let more = ["--points", "5", "--variant", "fix-b"];
    let (code, data) = swept(&place, stuck, var, &more)?;
    assert_eq!(code, 4, "{data}");
    let verdicts: Vec<&Value> = all(&data, "windows")?
        .iter()
        .map(|it| &it["verdict"])
        .collect();
    assert_eq!(verdicts, ["pass", "unknown"]);
    assert_eq!(data["verdict"], "unknown");
    // A failure is worse than what is unknown.
    let (code, data) = swept(&place, stuck, var, &["--points", "5"])?;
    assert_eq!(code, 1, "{data}");
    assert_eq!(data["verdict"], "fail");
    assert!(data["runs"]["unknown"].as_u64() > Some(0), "{data}");
    Ok(())
}

#[test]
fn the_number_of_jobs_changes_nothing() -> Result {
    let place = Place::new()?;
    let said = |jobs: &str, format: &str| {
        let args = [
            "sweep",
            AWAY,
            "--var",
            "gap=0s..disconnect_timeout+2s",
            "--timing",
            "fast",
            "--points",
            "4",
            "--variant",
            "fix-a",
            "--jobs",
            jobs,
            "--format",
            format,
        ];
        rejoin(&place, &args)
    };
    for format in ["table", "json", "html"] {
        let (code, alone, err) = said("1", format)?;
        assert_eq!(code, 1, "{alone}{err}");
        assert_eq!(said("7", format)?.1, alone);
    }
    Ok(())
}

#[test]
fn other_vars_may_be_part_of_an_end_and_be_set() -> Result {
    let place = Place::new()?;
    let text = fs::read_to_string(place.path().join(AWAY))?
        .replace("../fixtures", "fixtures")
        .replace("vars: { gap: 0s }", "vars: { gap: 0s, base: 1s }")
        .replace("wait: gap", "wait: gap + base");
    fs::write(place.path().join("two.yaml"), text)?;
    let more = [
        "--points",
        "3",
        "--set",
        "base=2s",
        "--variant",
        "reconcile",
    ];
    let (code, data) = swept(&place, "two.yaml", "gap=base..2 * base+500ms", &more)?;
    assert_eq!(code, 0, "{data}");
    let at: Vec<Option<u64>> = all(&data, "points")?
        .iter()
        .map(|it| it["at_ms"].as_u64())
        .collect();
    assert_eq!(at, [Some(2_000), Some(3_250), Some(4_500)]);
    Ok(())
}

#[test]
fn runs_have_a_bound_and_what_they_left_open_is_said() -> Result {
    let place = Place::new()?;
    let args = [
        "sweep",
        AWAY,
        "--var",
        "gap=0s..disconnect_timeout+2s",
        "--timing",
        "fast",
        "--points",
        "3",
        "--variant",
        "fix-a",
        "--runs",
        "4",
        "--format",
        "json=sweep.json",
        "--format",
        "html=sweep.html",
        "--format",
        "table",
    ];
    let (code, out, err) = rejoin(&place, &args)?;
    assert_eq!(code, 1, "{out}{err}");
    assert!(
        out.contains("not all  the 4 runs that were allowed"),
        "{out}"
    );
    let read = |name: &str| fs::read_to_string(place.path().join(name));
    let data: Value = serde_json::from_str(&read("sweep.json")?)?;
    assert_eq!(
        (&data["complete"], &data["runs"]["all"]),
        (&false.into(), &4.into())
    );
    assert!(read("sweep.html")?.contains("the 4 runs that were allowed"));
    Ok(())
}
