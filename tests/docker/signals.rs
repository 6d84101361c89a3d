//! A run that is stopped heals by itself: the containers are as compose made them, nothing is owed. Only
//! a second SIGINT stops the healing too, and then the program says what is left.

use std::thread;
use std::time::{Duration, Instant};

use rejoin::journal::{Event, Phase, file};

use super::Result;
use super::engine::engine_test;
use super::held_back::HeldBack;
use super::journal;
use super::shots::{Shots, fire, fire_at, owed};
use super::stack::{DebugStack, said};

/// How long CI systems wait between the two.
const LATER: Duration = Duration::from_secs(7);

/// CI systems send SIGTERM some seconds after SIGINT; that must not stop the healing.
const HEALED: [(Shots, i32); 5] = [
    (&[("remove edge1, edge2", "INT")], 130),
    (&[("remove edge2: ", "INT"), ("healing", "TERM")], 130),
    (&[("deploy late", "TERM")], 143),
    (&[("restore edge1, edge2", "TERM")], 143),
    (&[("await node-join", "INT")], 130),
];

#[test]
fn a_stopped_run_puts_everything_back() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-signals", "issue-395")?;
        for (shots, exit) in HEALED {
            let report = fire(&stack, shots, exit)?;
            let healed = stack.drift()?.is_empty() && owed(&stack)?.is_empty();
            if !healed || !report.contains("ended by") {
                return Err(format!("{shots:?}: not healed or not said:\n{report}").into());
            }
        }
        Ok(())
    });
}

/// As CI systems do it, and the engine takes so long that the second signal meets healing at work.
#[test]
fn sigterm_seven_seconds_after_sigint_does_not_stop_the_healing() {
    engine_test(async || {
        const SHOTS: Shots = &[("remove edge2: ", "INT"), ("  healing", "TERM")];
        let stack = DebugStack::up("rejoin-patient", "issue-395")?;
        let slow = HeldBack::by(LATER + Duration::from_secs(3))?;
        let run = stack.start_on(&slow.host(), "stuck-pending")?;
        let later = |signal: &str| -> Result {
            if signal == "TERM" {
                let second = Instant::now() + LATER;
                holds_the_target(&stack)?;
                thread::sleep(second.saturating_duration_since(Instant::now()));
            }
            Ok(())
        };
        let report = fire_at(run, SHOTS, 130, later)?;
        if !stack.drift()?.is_empty() || !owed(&stack)?.is_empty() {
            return Err(format!("not healed:\n{report}").into());
        }
        let entries = file::read(&journal::only(&stack.runs())?)?;
        let at = |wanted: &dyn Fn(&Event) -> bool| {
            let found = entries.iter().find(|entry| wanted(&entry.event));
            found.map(|entry| entry.elapsed).ok_or("no such entry")
        };
        let heal = at(&|event| matches!(event, Event::Phase { phase: Phase::Heal }))?;
        let restored = at(&|event| matches!(event, Event::Restored { .. }))?;
        let took = restored.since(heal);
        let told =
            at(&|event| matches!(event, Event::Interrupted { signal } if signal == "SIGTERM"))?;
        if took <= LATER || told < restored {
            return Err(format!("healing was over after {took:?}, before the SIGTERM").into());
        }
        Ok(())
    });
}

/// Nobody else may heal meanwhile, and is told who does.
fn holds_the_target(stack: &DebugStack) -> Result {
    let refused = stack.rejoin(&["heal"]).output()?;
    let text = said(&refused);
    let words = [
        "another run holds this target: ",
        "`rejoin run playbooks/stuck-pending.yaml",
    ];
    if refused.status.code() == Some(3) && words.iter().all(|it| text.contains(it)) {
        return Ok(());
    }
    Err(format!("not refused, or not by whom: {text}").into())
}

#[test]
fn a_second_interrupt_stops_healing_and_heal_mends_what_is_left() {
    engine_test(async || {
        let stack = DebugStack::up("rejoin-insist", "issue-395")?;
        let engine = HeldBack::by(Duration::from_secs(600))?;
        let run = stack.start_on(&engine.host(), "stuck-pending")?;
        let mut sent = 0;
        // The second one once both edges are made again and wait for their start.
        let made = |_: &str| -> Result {
            sent += 1;
            if sent == 2 { engine.holds(2) } else { Ok(()) }
        };
        let shots = &[("remove edge2: ", "INT"), ("  healing", "INT")];
        let report = fire_at(run, shots, 130, made)?;
        drop(engine);
        for words in ["second SIGINT", "left over", "rejoin heal --target local"] {
            if !unwrapped(&report).contains(words) {
                return Err(format!("the report does not say «{words}»:\n{report}").into());
            }
        }
        if owed(&stack)?.is_empty() {
            return Err("the ledger forgot what is left".into());
        }
        let refused = stack.run("all-connected")?;
        let text = said(&refused);
        let words = [&stack.container("edge1"), "rejoin heal --target local"];
        if refused.status.code() != Some(3) || !words.iter().all(|it| text.contains(*it)) {
            return Err(format!("the next run was not refused:\n{text}").into());
        }
        let healed = stack.rejoin(&["heal"]).output()?;
        let text = said(&healed);
        let edges = [stack.container("edge1"), stack.container("edge2")];
        let put_back =
            |edge: &String| text.contains(&format!("{edge}: put back (start, running pid="));
        if !healed.status.success() || !edges.iter().all(put_back) {
            return Err(format!("not healed:\n{text}").into());
        }
        let drift = stack.drift()?;
        if !drift.is_empty() {
            return Err(format!("compose would change: {}", drift.join("; ")).into());
        }
        let passed = stack.run("all-connected")?;
        if passed.status.success() {
            Ok(())
        } else {
            Err(said(&passed).into())
        }
    });
}

/// The page without its line breaks.
fn unwrapped(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}
