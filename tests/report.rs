//! The report is a function of the journal: the same bytes again, at any width, and never a pass for a
//! run that was killed on its way.

#[path = "support/cli.rs"]
mod cli;
#[path = "support/journal.rs"]
mod journal;

use cli::Place;
use rejoin::exit::Exit;
use rejoin::journal::{Answer, Entry, Event, StepOutcome, Topic, file};
use rejoin::plan::{Action, Claim};
use rejoin::playbook::Observable;
use rejoin::report::{Style, table};
use rejoin::target::Truth;
use rejoin::verdict::{self, Outcome};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A run on `sim`: what it printed, and its journal.
fn run(playbook: &str, variant: &str) -> Result<(String, Vec<Entry>)> {
    let place = Place::new()?;
    let file = format!("playbooks/{playbook}.yaml");
    let output = place
        .rejoin(&["run", &file, "--variant", variant])
        .output()?;
    let entries = file::read(&journal::only(&place.path().join("runs"))?)?;
    Ok((String::from_utf8(output.stdout)?, entries))
}

#[test]
fn the_journal_gives_the_printed_report_again() -> Result {
    for variant in ["issue-395", "fix-b"] {
        let (printed, entries) = run("cascade", variant)?;
        assert_eq!(table::render(&entries, Style::PLAIN), printed);
    }
    Ok(())
}

#[test]
fn no_line_is_wider_than_the_page() -> Result {
    let (_, entries) = run("cascade", "issue-395")?;
    for width in [60, 80, 120] {
        let page = table::render(
            &entries,
            Style {
                width,
                ..Style::PLAIN
            },
        );
        for line in page.lines() {
            assert!(
                line.chars().count() <= usize::from(width),
                "{width}: {line}"
            );
        }
    }
    Ok(())
}

#[test]
fn colour_adds_nothing_but_control_codes() -> Result {
    let (printed, entries) = run("stuck-pending", "issue-395")?;
    assert!(!printed.contains('\u{1b}'));
    let mut coloured = table::render(
        &entries,
        Style {
            colour: true,
            ..Style::PLAIN
        },
    );
    assert!(coloured.contains("\u{1b}["), "nothing is coloured");
    while let Some(begin) = coloured.find("\u{1b}[") {
        let end = coloured[begin..].find('m').ok_or("a code without end")?;
        coloured.replace_range(begin..=begin + end, "");
    }
    assert_eq!(coloured, printed);
    Ok(())
}

#[test]
fn a_run_that_was_killed_anywhere_is_reported_and_never_passes() -> Result {
    let (_, entries) = run("stuck-pending", "fix-b")?;
    assert!(matches!(
        entries.last().map(|entry| &entry.event),
        Some(Event::End)
    ));
    for length in 1..entries.len() {
        let cut = &entries[..length];
        let verdict = verdict::judge(cut).ok_or("no header")?;
        assert_eq!(verdict.outcome, Outcome::Unknown, "after {length} entries");
        assert_eq!(verdict.broken, None, "after {length} entries");
        let page = table::render(cut, Style::PLAIN);
        assert!(
            page.contains("was killed"),
            "after {length} entries:\n{page}"
        );
    }
    Ok(())
}

/// The same run on a target whose edges serve no API: what they said is gone.
fn silenced(mut entries: Vec<Entry>) -> Vec<Entry> {
    let mut about_truth = Vec::new();
    for entry in &mut entries {
        match &mut entry.event {
            Event::Header { plan, .. } => {
                let claims = plan.steps.iter().map(|step| match &step.action {
                    Action::Claim { claim, .. } => matches!(claim, Claim::Truth { .. }),
                    _ => false,
                });
                about_truth.extend(claims);
            }
            Event::Sweep { readings, .. } => {
                for reading in readings {
                    if matches!(reading.of, Topic::Truth(_)) {
                        reading.answer = Answer::Truth(Truth::Silent);
                    }
                }
            }
            Event::StepEnded {
                step,
                outcome,
                readings,
                ..
            } if about_truth[*step] => {
                *outcome = StepOutcome::NotObservable;
                readings.truncate(1);
            }
            _ => {}
        }
    }
    entries
}

#[test]
fn what_a_target_cannot_show_is_told_apart_and_spoils_nothing_unless_required() -> Result {
    let (_, entries) = run("both-restart", "reconcile")?;
    let mut entries = silenced(entries);
    let judged = verdict::judge(&entries).ok_or("no header")?;
    assert_eq!(judged.exit(), Exit::Passed, "{judged:#?}");
    let page = table::render(&entries, Style::PLAIN);
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "unseen not observable here: both-restart.yaml:",
        "both-restart.yaml always edge-agrees (edge1, edge2 serve no API that says what they run)",
        "listed under `require` it would be unknown",
    ] {
        assert!(words.contains(part), "{part}\n{page}");
    }
    if let Some(Event::Header { plan, .. }) = entries.first_mut().map(|entry| &mut entry.event) {
        plan.require.insert(Observable::EdgeTruth);
    }
    let judged = verdict::judge(&entries).ok_or("no header")?;
    assert_eq!(judged.exit(), Exit::Unknown);
    assert!(!table::render(&entries, Style::PLAIN).contains("unseen"));
    Ok(())
}
