//! What the containers' logs say, as the journal has it, agrees with what the API said: the same
//! execution ids, a new dispatch exactly where a fix makes one, and the words that people search for.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/evidence.rs"]
mod evidence;
#[path = "support/journal.rs"]
mod journal;

use std::collections::BTreeSet;

use cli::Place;
use evidence::{Ran, value};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn run(playbook: &str, variant: &str) -> Result<Ran> {
    let place = Place::new()?;
    let file = format!("playbooks/{playbook}.yaml");
    place
        .rejoin(&["run", &file, "--variant", variant])
        .output()?;
    Ran::read(&journal::only(&place.path().join("runs"))?)
}

#[test]
fn the_ids_in_the_log_are_those_of_the_api() -> Result {
    for variant in ["issue-395", "fix-a", "fix-b", "reconcile"] {
        run("stuck-pending", variant)?.dispatched_what_the_api_shows()?;
    }
    Ok(())
}

#[test]
fn only_the_fix_dispatches_again_and_exactly_the_stuck_ones() -> Result {
    run("stuck-pending", "fix-b")?.dispatched_again(true)?;
    for variant in ["issue-395", "issue-395-per-job", "fix-a", "reconcile"] {
        run("stuck-pending", variant)?.dispatched_again(false)?;
    }
    Ok(())
}

#[test]
fn the_bug_looks_in_the_log_as_its_report_says() -> Result {
    let ran = run("cascade", "issue-395")?;
    let stuck = ran.stuck("late")?;
    // grep -E "(DISPATCH|PUBLISH|leave)": sent to a node that was believed to be there, and never again.
    let found = ran.lines(&["DISPATCH", "PUBLISH", "leave"]);
    for id in &stuck {
        let mine: Vec<_> = found
            .iter()
            .filter(|line| line.contains(id.as_str()))
            .collect();
        let [attempt, publish] = mine.as_slice() else {
            panic!("{id} was not dispatched once: {mine:?}");
        };
        assert!(
            attempt.contains("DISPATCH: Attempting to send message"),
            "{attempt}"
        );
        assert!(
            publish.contains("connection_exists=true connection_alive=true"),
            "{publish}"
        );
    }
    let joined = ran.lines(&["REEVALUATOR: Created evaluation for job"]);
    assert!(
        joined
            .iter()
            .any(|line| value(line, "trigger") == Some("node-join")),
        "{joined:?}"
    );
    // grep -E "(STUCK|nodesToAvoid|skipping)": the stuck ones are noticed, and keep the third job away.
    let found = ran.lines(&["STUCK", "nodesToAvoid", "skipping"]);
    let detected = |line: &&&str| line.contains("RECONCILER: STUCK EXECUTIONS DETECTED");
    assert!(found.iter().any(|line| detected(&line)), "{found:?}");
    let blocking = found
        .iter()
        .filter_map(|line| value(line, "blocking_execution"));
    let blocking: BTreeSet<String> = blocking.map(str::to_owned).collect();
    assert_eq!(blocking, stuck);
    Ok(())
}

#[test]
fn no_node_is_avoided_for_another_job_where_the_block_is_per_job() -> Result {
    let ran = run("cascade", "issue-395-per-job")?;
    assert!(!ran.lines(&["STUCK"]).is_empty());
    let third = ran.record.jobs.get("third").ok_or("never deployed")?;
    let avoided = ran.lines(&["nodesToAvoid", "skipping"]);
    let avoided = avoided.iter().filter(|line| line.contains(&third.0.0));
    assert_eq!(avoided.count(), 0);
    let healthy = run("cascade", "reconcile")?;
    assert!(
        healthy
            .lines(&["STUCK", "nodesToAvoid", "skipping"])
            .is_empty()
    );
    Ok(())
}
