//! Edges that the run adds: written down before they are made, gone at the end, whatever happens.

use rejoin::engine::ledger::{Ledger, LedgerError};
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::fault::Faults;
use rejoin::target::Target;

use crate::fake::{Fake, Trouble};
use crate::{Over, Result, over, paused, run};

const ADDED: &str = "
  - deploy: late
  - add: { edges: 2, as: more }
  - expect: { nodes: { which: { added: more }, are: connected } }
  - expect: { executions: { job: late, nodes: all, observed: running, count: 4 } }
";

/// A fault on an added edge that a step undoes.
const HURT: &str = "
  - deploy: late
  - add: { edges: 1, as: more }
  - remove: { nodes: { added: more } }
  - restore: { nodes: { added: more } }
  - expect: { executions: { job: late, nodes: { added: more }, observed: running } }
";

/// The name of an added edge's container.
fn container(over: &Over, name: &str) -> String {
    let plan = over.entries.iter().find_map(|entry| match &entry.event {
        rejoin::journal::Event::Header { plan, .. } => Some(plan),
        _ => None,
    });
    let edge = plan.and_then(|plan| plan.edge(name));
    edge.map_or_else(String::new, |edge| edge.container.to_string())
}

#[test]
fn added_edges_are_owed_before_they_are_made_and_gone_at_the_end() -> Result {
    let state = tempfile::tempdir()?;
    let folder = state.path().join("fake");
    let over = paused(async {
        let target = Fake::new(Trouble::Nothing);
        target
            .state
            .ledger
            .replace(Some(folder.join("ledger.jsonl")));
        let ledger = Ledger::open(&folder, &target.hands().inventory().await?)?;
        run(target, ADDED, ledger, Stop::never()).await
    })?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let [first, second] = ["more-1", "more-2"].map(|name| container(&over, name));
    let acts = over.target.acts();
    let acts: Vec<&str> = acts.iter().map(String::as_str).collect();
    let expected = [
        format!("add {first} like edge1, owed"),
        format!("add {second} like edge1, owed"),
        format!("withdraw {first}"),
        format!("withdraw {second}"),
    ];
    assert_eq!(acts[1..5], expected);
    let told = [
        format!("added {first}"),
        format!("added {second}"),
        "phase heal".to_owned(),
        format!("withdrawn {first}"),
        format!("withdrawn {second}"),
        "phase settle".to_owned(),
        "phase cleanup".to_owned(),
    ];
    let kinds = ["added", "withdrawn", "restored", "phase", "left-over"];
    assert_eq!(over.events(&kinds), told);
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    assert!(!folder.join("ledger.jsonl").exists(), "nothing is owed");
    Ok(())
}

#[test]
fn the_records_of_added_nodes_are_deleted_after_the_jobs() -> Result {
    let over = over(Trouble::Nothing, ADDED)?;
    let acts = over.target.acts();
    let (jobs, nodes) = acts.split_at(acts.len() - 2);
    assert!(
        jobs.last()
            .is_some_and(|act| act.starts_with("delete new-test-job")),
        "{acts:?}"
    );
    let deleted =
        ["more-1", "more-2"].map(|name| format!("delete node {}", container(&over, name)));
    assert_eq!(nodes, deleted);
    assert_eq!(over.target.state.nodes.borrow().len(), 2);
    Ok(())
}

#[test]
fn an_edge_that_cannot_be_added_ends_the_run_unknown() -> Result {
    let over = over(Trouble::NoAdd, ADDED)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    assert!(
        over.reason().contains("no space left on device"),
        "{}",
        over.reason()
    );
    let withdrawn =
        ["more-1", "more-2"].map(|name| format!("withdrawn {}", container(&over, name)));
    assert_eq!(
        over.events(&["withdrawn", "added"]),
        withdrawn,
        "what may be there is taken away"
    );
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    Ok(())
}

#[test]
fn without_an_edge_to_make_it_like_nothing_is_added() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: all }
  - add: { edges: 1, as: more }
  - expect: { job: { late: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    assert!(
        over.reason().contains("none to make new ones like"),
        "{}",
        over.reason()
    );
    assert!(!over.target.acts().iter().any(|act| act.starts_with("add")));
    Ok(())
}

#[test]
fn the_model_of_an_added_edge_is_one_that_nothing_was_done_to() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: edge1 }
  - restore: { nodes: edge1 }
  - restart: { nodes: edge1 }
  - remove: { nodes: edge1 }
  - add: { edges: 1, as: more }
  - expect: { nodes: { which: { added: more }, are: connected } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let added = format!("add {} like edge2", container(&over, "more-1"));
    assert!(
        over.target.acts().contains(&added),
        "{:?}",
        over.target.acts()
    );
    Ok(())
}

#[test]
fn a_fault_of_an_added_edge_is_undone_and_the_edge_still_goes_at_the_end() -> Result {
    let over = over(Trouble::Nothing, HURT)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let added = container(&over, "more-1");
    let told = [
        format!("added {added}"),
        format!("injected {added}"),
        format!("restored {added}"),
        format!("withdrawn {added}"),
    ];
    let kinds = ["added", "injected", "restored", "withdrawn"];
    assert_eq!(over.events(&kinds), told);
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    Ok(())
}

#[test]
fn an_added_edge_that_nothing_was_done_to_needs_no_restore() -> Result {
    let steps = "
  - deploy: late
  - add: { edges: 1, as: more }
  - restart: { nodes: { added: more } }
  - restore: { nodes: { added: more } }
  - expect: { executions: { job: late, nodes: { added: more }, observed: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.events(&["restored"]), [""; 0]);
    assert_eq!(
        over.target.up(),
        ["edge1", "edge2"],
        "a restart does not settle that it was added"
    );
    Ok(())
}

#[test]
fn an_added_edge_of_a_killed_run_is_named_to_the_next() -> Result {
    let state = tempfile::tempdir()?;
    let folder = state.path().join("fake");
    let over = paused(async {
        let target = Fake::new(Trouble::NoUndo(u32::MAX));
        let ledger = Ledger::open(&folder, &target.hands().inventory().await?)?;
        run(target, ADDED, ledger, Stop::never()).await
    })?;
    let added = container(&over, "more-1");
    let left = over.verdict.left_over.join("\n");
    let words = "put it back with `rejoin heal --target fake`";
    assert!(left.contains(words) && left.contains(&added), "{left}");
    let deleted = over
        .target
        .acts()
        .iter()
        .any(|act| act.starts_with("delete node"));
    assert!(!deleted, "an edge that stands would only enrol again");
    let now = paused(async { Ok(over.target.hands().inventory().await?) })?;
    match Ledger::open(&folder, &now) {
        Err(LedgerError::Dirty { left, heal, .. }) => {
            assert!(
                left[0].contains(&format!("{added} was added by run ")),
                "{left:?}"
            );
            assert_eq!(heal, [words]);
        }
        other => panic!("{other:?}"),
    }
    let mut mended = now;
    mended.retain(|name, _| !name.0.starts_with("rejoin-"));
    Ledger::open(&folder, &mended)?.close()?;
    Ok(())
}
