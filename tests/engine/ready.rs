//! Whether a target is fit for a run, looked at before anything is touched.

use std::time::Duration;

use rejoin::engine::ready::{NotReady, wait};
use rejoin::engine::stop::Stop;
use rejoin::target::Target;

use crate::fake::{Fake, Trouble};
use crate::{RESTORED, Result, Silent, paused, prepare};

/// Waits for a target with this trouble; what is in the way, and how long it took.
fn obstacle(target: &Fake) -> Result<(Option<NotReady>, Duration)> {
    paused(async {
        let prepared = prepare(target, RESTORED).await?;
        let begun = tokio::time::Instant::now();
        let (mut stop, mut watcher) = (Stop::never(), Silent);
        let ready = wait(target.eyes(), &prepared.plan, &mut stop, &mut watcher).await;
        Ok((ready.err(), begun.elapsed()))
    })
}

fn dirty(obstacle: Option<&NotReady>) -> &[String] {
    match obstacle {
        Some(NotReady::Dirty(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_clean_target_is_ready_at_once() -> Result {
    let (obstacle, took) = obstacle(&Fake::new(Trouble::Nothing))?;
    assert!(obstacle.is_none(), "{obstacle:?}");
    assert_eq!(took, Duration::ZERO);
    Ok(())
}

#[test]
fn a_node_that_comes_back_in_time_is_waited_for() -> Result {
    let (obstacle, took) = obstacle(&Fake::new(Trouble::Away(4)))?;
    assert!(obstacle.is_none(), "{obstacle:?}");
    assert_eq!(took, Duration::from_secs(1));
    Ok(())
}

#[test]
fn a_node_that_stays_away_is_named_after_the_plans_time() -> Result {
    let (obstacle, took) = obstacle(&Fake::new(Trouble::Away(u32::MAX)))?;
    let why = dirty(obstacle.as_ref());
    assert_eq!(why, ["edge2: its node edge2 is lost"]);
    assert_eq!(took, Duration::from_secs(40), "2 * heartbeat + 10s");
    Ok(())
}

#[test]
fn a_node_that_the_api_only_believes_in_is_not_enough() -> Result {
    let (obstacle, took) = obstacle(&Fake::new(Trouble::Unheard(4)))?;
    assert!(obstacle.is_none(), "{obstacle:?}");
    assert_eq!(took, Duration::from_secs(1), "the fifth look heard of it");
    let (obstacle, _) = self::obstacle(&Fake::new(Trouble::Unheard(u32::MAX)))?;
    assert_eq!(dirty(obstacle.as_ref()), ["no heartbeat of edge2 yet"]);
    Ok(())
}

#[test]
fn a_node_that_is_not_listed_is_named_with_those_that_are() -> Result {
    let (obstacle, _) = obstacle(&Fake::new(Trouble::NoNodes))?;
    let why = dirty(obstacle.as_ref()).join("\n");
    assert!(
        why.contains(
            "edge1 (edge1) has no node: if it could not enrol, its log says why: docker logs edge1"
        ),
        "{why}"
    );
    Ok(())
}

#[test]
fn leftovers_do_not_go_away_by_waiting() -> Result {
    let (obstacle, took) = obstacle(&Fake::new(Trouble::Leftover(false)))?;
    let why = dirty(obstacle.as_ref()).join("\n");
    assert!(why.contains("old-0ff0ff"), "{why}");
    assert!(why.contains("expanso-cli job delete"), "{why}");
    assert_eq!(took, Duration::ZERO);
    let (deleted, _) = self::obstacle(&Fake::new(Trouble::Leftover(true)))?;
    assert!(deleted.is_none(), "{deleted:?}");
    Ok(())
}

#[test]
fn work_of_others_that_is_half_done_is_in_the_way() -> Result {
    let target = Fake::new(Trouble::NoWork);
    target.state.jobs.borrow_mut().push("theirs".to_owned());
    let (obstacle, _) = obstacle(&target)?;
    let why = dirty(obstacle.as_ref()).join("\n");
    assert!(
        why.contains("edge1: execution theirs-on-edge1 of job theirs is pending"),
        "{why}"
    );
    Ok(())
}

#[test]
fn an_api_that_does_not_answer_is_said_at_once() -> Result {
    let target = Fake::new(Trouble::NoApi);
    target.state.faults.set(1);
    let (obstacle, _) = obstacle(&target)?;
    assert!(matches!(obstacle, Some(NotReady::Api(_))), "{obstacle:?}");
    Ok(())
}
