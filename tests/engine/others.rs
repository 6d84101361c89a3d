//! The steps that other hands have a part in: a rerun of the run's own job, a job that somebody else
//! deployed, a person who is asked.

use std::time::Duration;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::target::Kind;
use rejoin::verdict::What;
use tokio::sync::mpsc::channel;

use crate::fake::{Fake, Trouble};
use crate::{Over, Result, over, paused, run_with};

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
const ASKED: &str = "
  - manual: { do: Water the plants, within: 10m }
  - expect: { nodes: { which: all, are: connected } }
";
const TWICE: &str = "
  - manual: { do: Water the plants, within: 10m }
  - manual: { do: Feed the cat, within: 10m }
  - expect: { nodes: { which: all, are: connected } }
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

/// Somebody who presses Enter after each of these times, and then goes away.
fn asking(pauses: &'static [u64], steps: &str, stays: bool) -> Result<Over> {
    paused(async {
        let (tell, lines) = channel(8);
        tokio::spawn(async move {
            for pause in pauses {
                tokio::time::sleep(Duration::from_secs(*pause)).await;
                let _ = tell.send(()).await;
            }
            if stays {
                std::future::pending::<()>().await;
            }
        });
        let mut target = Fake::new(Trouble::Nothing);
        target.kind = Kind::Docker;
        let person = Person::told_by(lines);
        run_with(target, steps, Ledger::in_memory(), Stop::never(), person).await
    })
}

/// The run is unknown because of its first step.
fn ended_at_once(over: &Over, why: &str) {
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    let what = over.verdict.deciding().map(|part| part.what);
    assert_eq!(what, Some(What::Step(0)), "{:#?}", over.verdict);
    assert!(over.reason().contains(why), "{}", over.reason());
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

#[test]
fn what_a_person_confirms_goes_on_and_is_no_observation() -> Result {
    let over = asking(&[90], ASKED, true)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.took(0), Duration::from_secs(90));
    assert_eq!(over.events(&["asked", "confirmed"]).len(), 2);
    assert_eq!(over.verdict.parts.len(), 1, "{:#?}", over.verdict);
    let sweeps = over.events(&["sweep"]).len();
    assert!(sweeps > 20, "only {sweeps} looks meanwhile");
    Ok(())
}

#[test]
fn every_question_takes_one_line() -> Result {
    let over = asking(&[1, 1], TWICE, false)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    let over = asking(&[1], TWICE, false)?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    let what = over.verdict.deciding().map(|part| part.what);
    assert_eq!(what, Some(What::Step(1)), "{:#?}", over.verdict);
    Ok(())
}

#[test]
fn nobody_and_a_person_who_does_not_come_are_unknown() -> Result {
    let over = asking(&[], ASKED, false)?;
    ended_at_once(&over, "standard input is closed");
    let over = asking(&[], ASKED, true)?;
    ended_at_once(&over, "nobody confirmed it in time");
    assert_eq!(over.took(0), Duration::from_mins(10));
    Ok(())
}

#[test]
fn a_timeout_ends_the_waiting_for_a_person() -> Result {
    let over = paused(async {
        let (tell, lines) = channel(1);
        let mut target = Fake::new(Trouble::Nothing);
        target.kind = Kind::Docker;
        let stop = Stop::listen(Some(Duration::from_secs(60)))?;
        let person = Person::told_by(lines);
        let over = run_with(target, ASKED, Ledger::in_memory(), stop, person).await;
        drop(tell);
        over
    })?;
    assert_eq!(over.verdict.exit(), Exit::Unknown, "{:#?}", over.verdict);
    assert_eq!(over.took(0), Duration::from_secs(60));
    assert!(over.reason().contains("--timeout 1m"), "{}", over.reason());
    Ok(())
}
