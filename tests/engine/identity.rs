//! Edges that come back as somebody else: the records of who they were are deleted.

use rejoin::exit::Exit;

use crate::fake::Trouble;
use crate::{Over, Result, over};

fn nodes(over: &Over) -> Vec<String> {
    let nodes = over.target.state.nodes.borrow();
    nodes.iter().map(|(_, id)| id.clone()).collect()
}

#[test]
fn the_old_record_of_a_wiped_edge_goes_and_the_new_one_stays() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: edge1, wipe: true, as: reborn }
  - restore: { nodes: reborn }
  - expect: { nodes: { which: reborn, are: connected } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(nodes(&over), ["edge2", "edge1-anew-2"]);
    assert_eq!(over.events(&["left-over"]), [""; 0]);
    Ok(())
}

#[test]
fn an_edge_wiped_twice_leaves_one_record() -> Result {
    let steps = "
  - deploy: late
  - repeat:
      times: 2
      steps:
        - remove: { nodes: edge1, wipe: true }
        - restore: { nodes: edge1 }
  - expect: { nodes: { which: edge1, are: connected } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(nodes(&over), ["edge2", "edge1-anew-3"]);
    Ok(())
}

#[test]
fn an_edge_that_has_not_come_back_as_somebody_else_keeps_its_record() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: edge1, wipe: true }
  - expect: { nodes: { which: edge2, are: connected } }
";
    let over = over(Trouble::NoUndo(u32::MAX), steps)?;
    assert_eq!(nodes(&over), ["edge1", "edge2"]);
    let left = over.verdict.left_over.join("\n");
    for words in [
        "edge1 was wiped and has not come back under a new identity",
        "expanso-cli node delete edge1 --yes --force",
    ] {
        assert!(left.contains(words), "«{words}» is not said: {left}");
    }
    Ok(())
}

#[test]
fn an_edge_that_was_only_removed_keeps_its_record() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: edge1 }
  - expect: { nodes: { which: edge1, are: connected } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(nodes(&over), ["edge1", "edge2"]);
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    Ok(())
}

/// A token that is good for one node only, a server that takes no new ones: not what the playbook is about.
#[test]
fn an_edge_that_cannot_enrol_is_never_a_failure() -> Result {
    let steps = "
  - deploy: late
  - remove: { nodes: edge1, wipe: true, as: reborn }
  - restore: { nodes: reborn }
  - expect: { nodes: { which: reborn, are: reconnected } }
  - expect: { executions: { job: late, nodes: reborn, observed: running } }
  - expect: { truth: { job: late, nodes: reborn, observed: running } }
";
    let over = over(Trouble::NoEnrolment, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    assert!(
        over.reason().contains("has not joined as a new node"),
        "{}",
        over.reason()
    );
    Ok(())
}
