//! A person who is asked: with each line one question goes on, without one the run is unknown.

use std::time::Duration;

use rejoin::engine::ledger::Ledger;
use rejoin::engine::person::Person;
use rejoin::engine::stop::Stop;
use rejoin::exit::Exit;
use rejoin::target::Kind;
use rejoin::verdict::What;
use tokio::sync::mpsc::channel;

use crate::fake::{Fake, Trouble};
use crate::{Over, Result, ended_at_once, paused, run_with};

const ASKED: &str = "
  - manual: { do: Water the plants, within: 10m }
  - expect: { nodes: { which: all, are: connected } }
";
const TWICE: &str = "
  - manual: { do: Water the plants, within: 10m }
  - manual: { do: Feed the cat, within: 10m }
  - expect: { nodes: { which: all, are: connected } }
";

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
