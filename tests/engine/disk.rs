//! A full disk under the ledger: nothing is injected that could not be written down first.

use rejoin::engine::ledger::Ledger;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::fault::Faults;
use rejoin::target::Target;

use crate::fake::{Fake, Trouble};
use crate::{RESTORED, Result, paused, run};

/// An edge that does not become part of the target.
const ADDED: &str = "
  - deploy: late
  - add: { edges: 1, as: more }
  - expect: { nodes: { which: { added: more }, are: connected } }
";

#[test]
fn a_ledger_that_cannot_be_written_keeps_every_fault_from_happening() -> Result {
    for steps in [RESTORED, ADDED] {
        let state = tempfile::tempdir()?;
        let folder = state.path().join("fake");
        let over = paused(async {
            let target = Fake::new(Trouble::Nothing);
            let ledger = Ledger::open(&folder, &target.hands().inventory().await?)?;
            // The disk fills up after the run has begun.
            std::os::unix::fs::symlink("/dev/full", folder.join("ledger.jsonl"))?;
            run(target, steps, ledger, Stop::never()).await
        })?;
        assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
        for words in ["ledger.jsonl", "No space left on device", "injects nothing"] {
            assert!(
                over.reason().contains(words),
                "«{words}»: {}",
                over.reason()
            );
        }
        let acts = over.target.acts();
        let hit = acts
            .iter()
            .any(|act| act.starts_with("remove") || act.starts_with("add"));
        assert!(!hit, "{acts:?}");
        assert_eq!(over.verdict.left_over, [""; 0]);
        assert_eq!(over.target.up(), ["edge1", "edge2"]);
    }
    Ok(())
}
