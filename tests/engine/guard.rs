//! What changed between the plan and the fault is not hit, nor is anything of the same step.

use rejoin::exit::Exit;
use rejoin::verdict::What;

use crate::fake::Trouble;
use crate::{Result, over};

const BOTH: &str = "
  - deploy: late
  - kill: { nodes: [edge2, edge1] }
  - restore: { nodes: [edge1, edge2] }
";

/// Undone by the run and hit again: what the run itself made anew stays its own.
const TWICE: &str = "
  - deploy: late
  - remove: { nodes: edge2 }
  - restore: { nodes: edge2 }
  - remove: { nodes: edge2 }
";

#[test]
fn a_container_that_changed_under_its_name_is_not_hit() -> Result {
    for (trouble, words) in [
        (
            Trouble::Exchanged(false),
            "kill of edge1 was not injected: it is not the container that the plan was made for",
        ),
        (
            Trouble::Exchanged(true),
            "kill of edge1 was not injected: it is protected by its label rejoin.protect",
        ),
        (
            Trouble::Protected,
            "kill of edge1 was not injected: it is protected by its label rejoin.protect",
        ),
    ] {
        let over = over(trouble, BOTH)?;
        assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
        let what = over.verdict.deciding().map(|part| part.what);
        assert_eq!(what, Some(What::Step(1)), "{:#?}", over.verdict);
        assert!(over.reason().contains(words), "{}", over.reason());
        let hit: Vec<String> = over.target.acts();
        assert!(!hit.iter().any(|act| act.starts_with("kill")), "{hit:?}");
        assert!(!hit.contains(&"put back edge1".to_owned()), "{hit:?}");
    }
    Ok(())
}

#[test]
fn what_the_run_itself_brought_back_may_be_hit_again() -> Result {
    let over = over(Trouble::Nothing, TWICE)?;
    let removed = over.target.acts();
    let removed = removed.iter().filter(|act| *act == "remove edge2").count();
    assert_eq!(removed, 2, "{:#?}", over.verdict);
    Ok(())
}
