//! Faults of services: the orchestrator is away for a while, and the run goes on in its own time.

use std::time::Duration;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::journal::Event;
use rejoin::playbook::FaultKind;

use crate::fake::{Fake, Trouble};
use crate::{Result, over, paused, run};

/// What a step may take longer than it says: a tenth of a heartbeat, at most a quarter of a second.
const MOMENT: Duration = Duration::from_millis(250);

#[test]
fn an_orchestrator_that_was_killed_is_put_back_by_a_step_or_at_the_end() -> Result {
    let steps = "
  - deploy: late
  - kill: { services: [orchestrator] }
  - wait: 30s
  - restore: { services: [orchestrator] }
  - expect: { executions: { job: late, nodes: all, observed: running } }
";
    let healed = "
  - deploy: late
  - expect: { executions: { job: late, nodes: all, observed: running } }
  - kill: { services: [orchestrator] }
";
    for steps in [steps, healed] {
        let over = over(Trouble::Nothing, steps)?;
        assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
        let told = ["injected orchestrator", "restored orchestrator"];
        assert_eq!(over.events(&["injected", "restored", "left-over"]), told);
        assert_eq!(*over.target.state.jobs.borrow(), [""; 0]);
    }
    Ok(())
}

#[test]
fn an_orchestrator_that_hangs_does_not_hold_up_the_next_step() -> Result {
    let steps = "
  - deploy: late
  - kill: { nodes: edge1 }
  - wait: 5s
  - kill: { nodes: edge2 }
  - wait: 0s
  - restore: { nodes: all }
  - expect: { executions: { job: late, nodes: all, observed: running } }
";
    let over = over(Trouble::Hangs, steps)?;
    let waited = over.took(2);
    let seconds = Duration::from_secs(5);
    assert!(
        waited >= seconds && waited <= seconds + MOMENT,
        "{waited:?}"
    );
    for step in [3, 4, 5] {
        assert!(
            over.took(step) <= MOMENT,
            "step {step}: {:?}",
            over.took(step)
        );
    }
    assert!(
        over.journal().contains("no answer within"),
        "what was not answered is recorded"
    );
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    Ok(())
}

/// Between the healing and the clean-up of a run that was ended nothing is waited for.
#[test]
fn the_clean_up_waits_for_an_orchestrator_that_the_run_took_away() -> Result {
    let steps = "
  - deploy: late
  - kill: { services: [orchestrator] }
  - wait: 10m
  - expect: { executions: { job: late, nodes: all, observed: running } }
";
    for (boots, left) in [(5, 0), (60, 1)] {
        let over = paused(async {
            let target = Fake::new(Trouble::Boots(Duration::from_secs(boots)));
            let stop = Stop::listen(Some(Duration::from_secs(20)))?;
            run(target, steps, Ledger::in_memory(), stop).await
        })?;
        assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
        assert_eq!(
            over.target.state.jobs.borrow().len(),
            left,
            "{:?}",
            over.target.acts()
        );
        assert_eq!(
            over.verdict.left_over.is_empty(),
            left == 0,
            "{:?}",
            over.verdict.left_over
        );
    }
    Ok(())
}

#[test]
fn a_restart_settles_what_a_death_before_it_owes() -> Result {
    let steps = "
  - deploy: late
  - kill: { nodes: edge1 }
  - terminate: { services: [orchestrator] }
  - restart: { nodes: edge1 }
  - restart: { services: [orchestrator] }
  - expect: { executions: { job: late, nodes: all, observed: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let told = ["phase settle", "phase cleanup"];
    assert_eq!(over.events(&["restored", "phase"]), told);
    Ok(())
}

#[test]
fn a_restart_does_not_settle_that_a_container_is_cut_off() -> Result {
    let steps = "
  - deploy: late
  - partition: { nodes: edge1 }
  - restart: { nodes: edge1 }
  - expect: { executions: { job: late, nodes: edge2, observed: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.events(&["restored"]), ["restored edge1"]);
    assert_eq!(over.target.up(), ["edge1", "edge2"]);
    Ok(())
}

/// What is undone of a container, and what is left of it meanwhile.
#[test]
fn one_of_two_faults_is_undone_and_the_other_at_the_end() -> Result {
    let steps = "
  - deploy: late
  - partition: { nodes: edge1 }
  - pause: { nodes: edge1 }
  - restore: { nodes: edge1, faults: [kill] }
  - restore: { nodes: edge1, faults: [pause] }
  - expect: { executions: { job: late, nodes: edge2, observed: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let restored = over.entries.iter().filter_map(|entry| match &entry.event {
        Event::Restored { left, .. } => Some(left.clone()),
        _ => None,
    });
    let left: Vec<_> = restored.collect();
    assert_eq!(left, [vec![FaultKind::Partition], vec![]]);
    Ok(())
}

/// What a cache kept differs from the last reading before the restore: that alone is no sign of life.
#[test]
fn an_old_answer_does_not_bring_a_node_back() -> Result {
    let steps = "
  - deploy: late
  - wait: 60s
  - kill: { nodes: edge1, as: victim }
  - wait: 30s
  - restore: { nodes: victim }
  - id: back
    expect: { nodes: { which: victim, are: reconnected } }
";
    let over = over(Trouble::Cached, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    let reason = over.reason();
    assert!(
        reason.contains("last heartbeat of node") && reason.contains("cache"),
        "{reason}"
    );
    Ok(())
}
