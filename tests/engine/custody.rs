//! Other hands on the containers, or nobody to see whether there were: the verdict is unknown, nothing is
//! hit twice, and what is not as it was is put back or said.

use rejoin::exit::Exit;
use rejoin::fault::Lost;

use crate::fake::{Moment, Trouble};
use crate::{HEALED, RESTORED, Result, over};

/// A fault that leaves the container there.
const KILLED: &str = "
  - deploy: late
  - kill: { nodes: edge1 }
  - restore: { nodes: edge1 }
  - wait: 5s
  - expect: { executions: { job: late, nodes: edge2, observed: running } }
";

#[test]
fn a_container_that_others_remove_is_not_hit_twice_and_healed_or_reported() -> Result {
    let foreign = "edge1: destroy at ";
    let cases = [
        (Moment::BeforeTheFault, "edge1 is not there", 0, false),
        (Moment::UnderTheFault, foreign, 1, true),
        (Moment::AfterTheUndo, foreign, 1, false),
    ];
    for (moment, words, hits, back) in cases {
        let over = over(Trouble::Thief(moment), KILLED)?;
        assert_eq!(
            over.verdict.exit(),
            Exit::Unknown,
            "{moment:?}: {:#?}",
            over.verdict
        );
        let said = over
            .verdict
            .parts
            .iter()
            .any(|part| part.note.contains(words));
        assert!(said, "{moment:?}: {:#?}", over.verdict);
        let acts = over.target.acts();
        let hit = acts.iter().filter(|act| *act == "kill edge1").count();
        assert_eq!(hit, hits, "{moment:?}: {acts:?}");
        let gone = over
            .verdict
            .left_over
            .iter()
            .any(|what| what == "edge1: gone");
        assert_eq!(gone, !back, "{moment:?}: {:?}", over.verdict.left_over);
        let up: &[&str] = if back {
            &["edge1", "edge2"]
        } else {
            &["edge2"]
        };
        assert_eq!(over.target.up(), up, "{moment:?}");
    }
    Ok(())
}

#[test]
fn without_the_engines_events_nobody_knows_what_others_did() -> Result {
    for trouble in [Trouble::Gap(Lost::Events), Trouble::Unwatched] {
        for steps in [RESTORED, HEALED] {
            let over = over(trouble, steps)?;
            assert_eq!(
                over.verdict.exit(),
                Exit::Unknown,
                "{trouble:?}: {:#?}",
                over.verdict
            );
            assert!(over.reason().contains("was not seen"), "{}", over.reason());
            assert_eq!(over.events(&["gap"]).len(), 1, "{trouble:?}");
            assert_eq!(over.target.up(), ["edge1", "edge2"]);
        }
    }
    let lines = over(Trouble::Gap(Lost::Lines), RESTORED)?;
    assert_eq!(
        lines.verdict.exit(),
        Exit::Passed,
        "lines say nothing of others"
    );
    Ok(())
}
