//! `rejoin doctor --contract` on the stand-in, read only and with its throw-away job.

use std::process::Command;

use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn contract(more: &[&str]) -> Result<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["doctor", "--contract", "-o", "json"])
        .args(more)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn can<'a>(report: &'a Value, what: &str) -> &'a str {
    let claims = report["claims"].as_array().into_iter().flatten();
    let mut found = claims.filter(|claim| claim["what"] == what);
    found
        .next()
        .and_then(|claim| claim["can"].as_str())
        .unwrap_or("?")
}

#[test]
fn without_a_word_nothing_is_written() -> Result {
    let report = contract(&[])?;
    assert_eq!(report["schema"], "rejoin-contract/1");
    assert_eq!(report["trial"], Value::Null);
    assert_eq!(report["endpoints"]["/jobs"], "200, a list of 0");
    assert_eq!(
        (can(&report, "nodes"), can(&report, "evaluations")),
        ("yes", "not-seen")
    );
    Ok(())
}

#[test]
fn the_throw_away_job_shows_more_and_is_gone_afterwards() -> Result {
    let report = contract(&["--yes"])?;
    assert_eq!(
        (can(&report, "job"), can(&report, "evaluations")),
        ("yes", "yes")
    );
    assert_eq!(report["trial"]["left"], Value::Null);
    let writes = report["trial"]["writes"].as_array().ok_or("no writes")?;
    let status = |what: &str| {
        let mut found = writes.iter().filter(|write| write[0] == what);
        found
            .next()
            .and_then(|write| write[1].as_str())
            .unwrap_or("?")
            .to_owned()
    };
    assert!(status("deploy").starts_with("201"), "{writes:?}");
    assert!(
        status("deploy again, unchanged").starts_with("422"),
        "{writes:?}"
    );
    assert!(status("delete").starts_with("200"), "{writes:?}");
    Ok(())
}

#[test]
fn flags_that_mean_nothing_alone_are_refused() -> Result {
    let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["doctor", "--yes"])
        .output()?;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr)?.contains("--contract"));
    Ok(())
}
