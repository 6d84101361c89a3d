//! What is asked when, and for how long the end is watched.

use std::collections::BTreeSet;
use std::time::Duration;

use rejoin::exit::Exit;
use rejoin::journal::{Event, Phase, Topic};

use crate::fake::Trouble;
use crate::{Over, Result, over};

/// The topics of every sweep, with the step in which it was made; `None` outside of the steps.
fn sweeps(over: &Over) -> Vec<(Option<usize>, BTreeSet<&Topic>)> {
    let mut step = None;
    let mut sweeps = Vec::new();
    for entry in &over.entries {
        match &entry.event {
            Event::StepStarted { step: begun } => step = Some(*begun),
            Event::StepEnded { .. } => step = None,
            Event::Sweep { readings, .. } => {
                sweeps.push((step, readings.iter().map(|reading| &reading.of).collect()));
            }
            _ => {}
        }
    }
    sweeps
}

fn truth(edge: &str) -> Topic {
    Topic::Truth(edge.to_owned())
}

/// Whether the sweeps of these steps, and no others, ask for that; the end does where `end` says so.
fn asked_only_in(over: &Over, steps: &[usize], end: bool, topic: &Topic) {
    let sweeps = sweeps(over);
    let last_step = sweeps.iter().rposition(|(step, _)| step.is_some());
    for (index, (step, topics)) in sweeps.iter().enumerate() {
        let at_the_end = Some(index) > last_step;
        let wanted = match step {
            Some(step) => steps.contains(step),
            None => end && at_the_end,
        };
        assert_eq!(
            topics.contains(topic),
            wanted,
            "{topic:?} in sweep {index} of {step:?}"
        );
    }
}

#[test]
fn edges_are_asked_only_where_somebody_needs_their_word() -> Result {
    let steps = "
  - deploy: late
  - expect: { executions: { job: late, nodes: all, observed: running } }
  - expect: { truth: { job: late, nodes: edge1, observed: running } }
  - remove: { nodes: edge2 }
  - wait: 1m
  - observe: { truth: { job: late } }
  - restore: { nodes: edge2 }
";
    let without = over(Trouble::Nothing, steps)?;
    assert_eq!(
        without.verdict.exit(),
        Exit::Passed,
        "{:#?}",
        without.verdict
    );
    for edge in ["edge1", "edge2"] {
        asked_only_in(&without, &[2, 5], false, &truth(edge));
    }
    for invariant in ["edge-agrees", "stopped-runs-nowhere"] {
        let with = over(Trouble::Nothing, &format!("{steps}always: [{invariant}]\n"))?;
        assert_eq!(with.verdict.exit(), Exit::Passed, "{:#?}", with.verdict);
        asked_only_in(&with, &[2, 5], true, &truth("edge1"));
    }
    Ok(())
}

#[test]
fn an_edge_is_asked_from_the_moment_it_is_added() -> Result {
    let steps = "
  - deploy: late
  - observe: { truth: { job: late } }
  - add: { edges: 1, as: more }
  - observe: { truth: { job: late } }
  - kill: { nodes: { added: more } }
  - observe: { truth: { job: late } }
  - expect: { nodes: { which: all, are: connected } }
always: [edge-agrees]
";
    let over = over(Trouble::Nothing, steps)?;
    asked_only_in(&over, &[3, 5], false, &truth("more-1"));
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    Ok(())
}

#[test]
fn histories_are_read_for_claims_about_them_and_once_at_the_end() -> Result {
    let steps = "
  - deploy: late
  - expect: { history: { job: late, nodes: all, passed: [pending, running] } }
  - expect: { nodes: { which: all, are: connected } }
";
    let history = Topic::History("late".to_owned());
    let without = over(Trouble::Nothing, steps)?;
    assert_eq!(
        without.verdict.exit(),
        Exit::Passed,
        "{:#?}",
        without.verdict
    );
    asked_only_in(&without, &[1], false, &history);
    let with = over(
        Trouble::Nothing,
        &format!("{steps}always: [legal-transitions]\n"),
    )?;
    assert_eq!(with.verdict.exit(), Exit::Passed, "{:#?}", with.verdict);
    let sweeps = sweeps(&with);
    let outside: Vec<usize> = (0..sweeps.len())
        .filter(|index| sweeps[*index].0.is_none() && sweeps[*index].1.contains(&history))
        .collect();
    assert_eq!(outside, [sweeps.len() - 1], "the last sweep of all");
    Ok(())
}

#[test]
fn what_a_target_cannot_show_is_not_observable() -> Result {
    let truth = "
  - deploy: late
  - id: shown
    expect: { truth: { job: late, nodes: all, observed: running } }
";
    let history = "
  - deploy: late
  - id: shown
    expect: { history: { job: late, nodes: all, passed: [running] } }
";
    for (trouble, steps) in [(Trouble::NoTruth, truth), (Trouble::NoHistory, history)] {
        let over = over(trouble, steps)?;
        assert_eq!(
            over.verdict.exit(),
            Exit::Unknown,
            "nothing was tested: {:#?}",
            over.verdict
        );
        assert!(
            over.journal().contains("NotObservable"),
            "{}",
            over.journal()
        );
        assert!(
            over.took(1) < Duration::from_secs(1),
            "nothing is waited for"
        );
    }
    Ok(())
}

/// How long the run was watched at the end.
fn settled(over: &Over) -> Duration {
    let settle = Event::Phase {
        phase: Phase::Settle,
    };
    let mut after = over
        .entries
        .iter()
        .skip_while(|entry| entry.event != settle);
    let begun = after.next().map(|entry| entry.elapsed).unwrap_or_default();
    let sweeps = after.filter(|entry| matches!(entry.event, Event::Sweep { .. }));
    let last = sweeps.last().map(|entry| entry.elapsed).unwrap_or_default();
    last.since(begun)
}

#[test]
fn settling_goes_on_while_something_is_pending() -> Result {
    let steps = "
  - deploy: late
  - expect: { nodes: { which: all, are: connected } }
";
    let settle = Duration::from_secs(45);
    let budget = Duration::from_secs(125);
    let stuck = format!("{steps}always: [nothing-stuck]\n");
    let starts = over(Trouble::Slow(Duration::from_secs(100)), &stuck)?;
    assert_eq!(starts.verdict.exit(), Exit::Passed, "{:#?}", starts.verdict);
    let took = settled(&starts);
    assert!(took > Duration::from_secs(90) && took < budget, "{took:?}");

    let never = over(Trouble::NoWork, &stuck)?;
    assert_eq!(never.verdict.exit(), Exit::Failed, "{:#?}", never.verdict);
    let took = settled(&never);
    assert!(took >= budget && took < budget + settle, "{took:?}");

    let not_asked = over(Trouble::NoWork, steps)?;
    let took = settled(&not_asked);
    assert!(
        took >= settle && took < settle + Duration::from_secs(1),
        "{took:?}"
    );
    Ok(())
}

#[test]
fn rounds_of_a_repeat_are_steps_of_their_own() -> Result {
    let steps = "
  - deploy: late
  - repeat:
      times: 3
      steps:
        - id: hit
          remove: { nodes: { pick: 1 }, as: flapper }
        - wait: 1s
        - restore: { nodes: flapper }
  - expect: { executions: { job: late, nodes: all, observed: running } }
";
    let over = over(Trouble::Nothing, steps)?;
    assert_eq!(over.verdict.exit(), Exit::Passed, "{:#?}", over.verdict);
    assert_eq!(over.events(&["step-ended"]).len(), 11);
    let hurt = over
        .target
        .acts()
        .iter()
        .filter(|act| act.starts_with("remove"))
        .count();
    assert_eq!(hurt, 3);
    Ok(())
}
