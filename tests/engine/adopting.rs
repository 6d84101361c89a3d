//! A job that somebody else deployed: found, looked at, never changed.

use std::time::Duration;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;

use crate::fake::{Fake, Trouble};
use crate::{Over, Result, ended_at_once, over, paused, run_with};

/// The name of the job that somebody else deployed.
const THEIRS: &str = "billing";
const ADOPTED: &str = "
  - adopt: { job: theirs, name: billing }
  - deploy: late
  - expect: { executions: { job: theirs, nodes: all, observed: running } }
";
const WAITED: &str = "
  - adopt: { job: theirs, name: billing, within: 1m }
  - expect: { executions: { job: theirs, nodes: all, observed: running } }
";
/// A target on which jobs of these names are there before the run.
fn among(theirs: &[&str]) -> Fake {
    let target = Fake::new(Trouble::Nothing);
    let mut jobs = target.state.jobs.borrow_mut();
    jobs.extend(theirs.iter().map(ToString::to_string));
    drop(jobs);
    target
}

fn adopting(target: Fake, steps: &str) -> Result<Over> {
    let (ledger, stop) = (Ledger::in_memory(), Stop::never());
    paused(run_with(target, steps, ledger, stop, Person::nobody()))
}

#[test]
fn a_job_of_others_is_looked_at_and_left_alone() -> Result {
    let over = adopting(among(&[THEIRS]), ADOPTED)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.events(&["adopted"]), ["adopted theirs"]);
    let acts = over.target.acts();
    assert!(acts.iter().all(|act| !act.contains(THEIRS)), "{acts:?}");
    assert_eq!(*over.target.state.jobs.borrow(), [THEIRS]);
    Ok(())
}

#[test]
fn a_job_that_is_not_there_is_unknown_at_once_or_at_its_deadline() -> Result {
    let over = adopting(among(&["billing-old"]), ADOPTED)?;
    ended_at_once(&over, "no job is called billing");
    assert_eq!(over.took(0), Duration::ZERO);
    let over = adopting(among(&[]), WAITED)?;
    ended_at_once(&over, "no job is called billing");
    assert_eq!(over.took(0), Duration::from_secs(60));
    Ok(())
}

#[test]
fn a_job_that_comes_in_time_is_found() -> Result {
    let over = paused(async {
        let target = among(&[]);
        let state = target.state.clone();
        let come = async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            state.jobs.borrow_mut().push(THEIRS.to_owned());
            std::future::pending::<Result<Over>>().await
        };
        let (ledger, stop) = (Ledger::in_memory(), Stop::never());
        tokio::select! {
            over = run_with(target, WAITED, ledger, stop, Person::nobody()) => over,
            never = come => never,
        }
    })?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let took = over.took(0);
    assert!(
        took >= Duration::from_secs(20) && took < Duration::from_secs(30),
        "{took:?}"
    );
    Ok(())
}

#[test]
fn two_jobs_of_one_name_are_unknown_and_named() -> Result {
    let over = adopting(among(&[THEIRS, THEIRS]), WAITED)?;
    ended_at_once(&over, "2 jobs are called billing");
    assert!(
        over.reason().ends_with("billing, billing"),
        "{}",
        over.reason()
    );
    assert_eq!(over.took(0), Duration::ZERO, "waiting mends nothing");
    Ok(())
}

#[test]
fn a_job_of_a_run_is_not_of_other_hands() -> Result {
    let steps = "
  - adopt: { job: theirs, name: old-0ff0ff }
  - expect: { nodes: { which: all, are: connected } }
";
    let over = over(Trouble::Leftover(false), steps)?;
    ended_at_once(&over, "it is of run 0ff0ff");
    Ok(())
}
