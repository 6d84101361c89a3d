//! The steps that change and end jobs.

use rejoin::exit::Exit;
use rejoin::journal::{Entry, Event};
use rejoin::verdict::What;

use crate::fake::Trouble;
use crate::{Result, over};

const STOPPED: &str = "
  - deploy: late
  - stop: late
  - expect: { nodes: { which: all, are: connected } }
";
const DELETED: &str = "
  - deploy: late
  - delete: late
  - expect: { nodes: { which: all, are: connected } }
";
const UPDATED: &str = "
  - deploy: late
  - update: { job: late, to: newer }
  - expect: { executions: { job: late, nodes: all, observed: running } }
";

const RERUN: &str = "
  - deploy: late
  - rerun: late
  - expect: { nodes: { which: all, are: connected } }
";

#[test]
fn a_rerun_is_asked_for_once_and_recorded_with_the_version_that_is_there() -> Result {
    let over = over(Trouble::Nothing, RERUN)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let acts = over.target.acts();
    assert_eq!(acts.len(), 3, "{acts:?}");
    assert!(acts[1].starts_with("rerun new-test-job-"), "{acts:?}");
    let recorded = over.entries.iter().find_map(|entry| match &entry.event {
        Event::Rerun {
            version, unclear, ..
        } => Some((*version, *unclear)),
        _ => None,
    });
    // The answer says none, so the job was asked.
    assert_eq!(recorded, Some((Some(1), false)));
    Ok(())
}

#[test]
fn a_rerun_whose_answer_got_lost_is_not_sent_again() -> Result {
    let over = over(Trouble::LostAnswer, RERUN)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    assert!(over.reason().contains("reset"), "{}", over.reason());
    let acts = over.target.acts();
    let reruns = acts.iter().filter(|act| act.starts_with("rerun"));
    assert_eq!(reruns.count(), 1, "{acts:?}");
    let unclear = |entry: &Entry| matches!(entry.event, Event::Rerun { unclear: true, .. });
    assert!(over.entries.iter().any(unclear), "{}", over.journal());
    Ok(())
}

#[test]
fn an_update_gives_the_job_another_specification_and_keeps_its_name() -> Result {
    let over = over(Trouble::Nothing, UPDATED)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let acts = over.target.acts();
    let deploys = acts.iter().filter_map(|act| act.strip_prefix("deploy "));
    let deploys: Vec<_> = deploys
        .filter_map(|deploy| deploy.split_once(": "))
        .collect();
    let [(name, first), (again, second)] = deploys.as_slice() else {
        panic!("{acts:?}");
    };
    assert_eq!(name, again);
    assert!(name.starts_with("new-test-job-"), "{name}");
    assert_ne!(first, second);
    assert!(second.contains("NEWER"), "{second}");
    assert_eq!(
        over.events(&["deployed"]),
        ["deployed late", "deployed late"]
    );
    Ok(())
}

#[test]
fn a_job_that_was_stopped_is_deleted_at_the_end() -> Result {
    let over = over(Trouble::Nothing, STOPPED)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let acts = over.target.acts();
    assert!(acts[1].starts_with("stop new-test-job-"), "{acts:?}");
    assert!(acts[1].ends_with(", step step-2"), "{acts:?}");
    assert!(acts[2].ends_with("is over"), "{acts:?}");
    assert_eq!(over.events(&["ended"]), ["ended late"]);
    Ok(())
}

#[test]
fn a_job_that_the_run_deleted_is_not_deleted_again() -> Result {
    let over = over(Trouble::Nothing, DELETED)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let acts = over.target.acts();
    assert_eq!(acts.len(), 2, "{acts:?}");
    assert!(acts[1].starts_with("delete new-test-job-"), "{acts:?}");
    Ok(())
}

#[test]
fn what_the_orchestrator_refuses_ends_the_run_unknown() -> Result {
    for steps in [STOPPED, DELETED, UPDATED, RERUN] {
        let over = over(Trouble::NoChange, steps)?;
        assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
        let what = over.verdict.deciding().map(|part| part.what);
        assert_eq!(what, Some(What::Step(1)), "{:#?}", over.verdict);
        assert!(
            over.reason().contains("409 a rollout is going on"),
            "{}",
            over.reason()
        );
        assert_eq!(over.events(&["ended"]), [""; 0]);
        assert_eq!(
            *over.target.state.jobs.borrow(),
            [""; 0],
            "it is deleted at the end"
        );
    }
    Ok(())
}
