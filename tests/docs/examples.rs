//! One real line of a journal for each kind of entry.
//!
//! Apart because most of them come from runs that are made for this; what no run of the simulation
//! shows is built from the types, so that its shape is right all the same.

use std::fs;
use std::mem::discriminant;

use rejoin::api::model::JobId;
use rejoin::clock::{Elapsed, Timestamp};
use rejoin::fault::{ContainerName, Lost};
use rejoin::journal::{Answer, Entry, Event, file};
use rejoin::playbook::FaultKind;

use super::sandbox::Sandbox;

/// The first line of each kind, the long ones shortened.
pub(crate) fn entries(sandbox: &Sandbox) -> String {
    let mut shown: Vec<Entry> = Vec::new();
    let runs = [
        journal(sandbox, "stuck-pending", "whole", ""),
        journal(sandbox, "stuck-pending", "short", "--timeout 1m"),
        journal(sandbox, "scale-up", "larger", ""),
        journal(sandbox, "stop-while-away", "stopped", ""),
        journal(sandbox, "rerun-while-away", "again", ""),
        rare(),
    ];
    for entry in runs.into_iter().flatten() {
        let same_kind = |other: &Entry| discriminant(&other.event) == discriminant(&entry.event);
        if !shown.iter().any(same_kind) {
            shown.push(entry);
        }
    }
    // The end of the journal is the end of the list.
    shown.sort_by_key(|entry| entry.event == Event::End);
    shown.iter_mut().for_each(shorten);
    block(&shown)
}

/// A sweep whose answers are those of an earlier one.
pub(crate) fn repeated(sandbox: &Sandbox) -> String {
    let all_same = |entry: &Entry| match &entry.event {
        Event::Sweep { readings, .. } => readings
            .iter()
            .all(|reading| matches!(reading.answer, Answer::Same(_))),
        _ => false,
    };
    let mut run = journal(sandbox, "stuck-pending", "repeated", "");
    run.retain(all_same);
    run.truncate(1);
    block(&run)
}

fn block(entries: &[Entry]) -> String {
    let lines = entries
        .iter()
        .map(|entry| serde_json::to_string(entry).expect("an entry is JSON"));
    format!("```json\n{}\n```", lines.collect::<Vec<_>>().join("\n"))
}

fn journal(sandbox: &Sandbox, playbook: &str, out: &str, flags: &str) -> Vec<Entry> {
    sandbox.run(
        &format!("run playbooks/{playbook}.yaml --out {out} {flags}"),
        &[],
    );
    let runs = fs::read_dir(sandbox.path().join(out)).expect("a folder of runs");
    let folder = runs.last().expect("a run").expect("an entry").path();
    file::read(&folder.join(file::NAME)).expect("a journal")
}

/// Leaves out what would only repeat itself.
fn shorten(entry: &mut Entry) {
    match &mut entry.event {
        Event::Header { plan, .. } => plan.steps.truncate(1),
        Event::Inventory { containers, .. } => {
            while containers.len() > 1 {
                containers.pop_last();
            }
        }
        _ => {}
    }
}

/// What the simulation never shows.
fn rare() -> Vec<Entry> {
    let edge1 = || ContainerName("edge1-debug".to_owned());
    let text = str::to_owned;
    let events = [
        Event::Asked {
            text: text("Deploy pipelines/new-job.yaml in the UI"),
        },
        Event::Confirmed,
        Event::Adopted {
            job: text("late"),
            name: text("new-test-job"),
            id: JobId(text("cbd6d3f6-4531-4cd5-bf44-130f887405ee")),
            version: Some(1),
        },
        Event::NotInjected {
            fault: FaultKind::Kill,
            on: text("edge1"),
            container: edge1(),
            reason: text("kill of edge1-debug was not injected: it does not run"),
        },
        Event::NotRestored {
            container: edge1(),
            reason: text(
                "healing took longer than 90s; put it back with `rejoin heal --target local`",
            ),
        },
        Event::Gap {
            of: Lost::Events,
            reason: text("the engine closed the stream of events"),
        },
        Event::LeftOver {
            what: text("job late (3a1e…) could not be deleted: …"),
        },
        Event::Interrupted {
            signal: text("SIGINT"),
        },
        Event::Broken {
            reason: text("a step panicked: …"),
        },
    ];
    let entry = |event| Entry {
        seq: 40,
        at: Timestamp(1_767_225_612_345),
        elapsed: Elapsed(12_345),
        event,
    };
    events.map(entry).to_vec()
}
