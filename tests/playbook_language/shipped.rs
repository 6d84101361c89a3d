//! The playbooks that are shipped.

use std::path::{Path, PathBuf};

use rejoin::playbook::parse::{self, Overrides};
use rejoin::playbook::{Step, Verb};
use rejoin::settings::Timing;

use super::EXAMPLE;

/// Every playbook, also those that need a person.
fn shipped() -> Vec<PathBuf> {
    let folders = ["playbooks", "playbooks/by-hand"].into_iter();
    let entries =
        folders.flat_map(|folder| std::fs::read_dir(folder).expect("a folder of playbooks"));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect()
}

#[test]
fn the_shipped_playbooks_are_sound_on_every_profile() {
    let mut seen = 0;
    for path in shipped() {
        seen += 1;
        for profile in Timing::PROFILES {
            let timing = Timing::profile(profile).expect("a profile");
            let playbook = parse::load(&path, &Overrides::default(), &timing)
                .unwrap_or_else(|problems| panic!("{problems}"));
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            assert_eq!(Some(playbook.name.as_str()), stem);
        }
    }
    assert!(seen >= 3, "{seen} playbooks");
}

#[test]
fn the_shipped_stuck_pending_does_what_the_example_does() {
    let shipped = parse::load(
        Path::new("playbooks/stuck-pending.yaml"),
        &Overrides::default(),
        &Timing::default(),
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    let verb = |step: &Step| format!("{:?}", step.verb);
    let mut rest = shipped.steps.iter().map(verb);
    for step in &super::parse(EXAMPLE, &[]).steps {
        // More steps may stand between them.
        let found = rest.any(|shipped| shipped == verb(step));
        assert!(found, "missing, or out of order: {}", verb(step));
    }
}

/// Tables name steps by their ids, and a number changes with every step that is put before it.
#[test]
fn what_can_decide_after_the_first_change_has_an_id_of_its_own() {
    let mut seen = 0;
    for path in shipped() {
        let playbook = parse::load(&path, &Overrides::default(), &Timing::default());
        let playbook = playbook.unwrap_or_else(|problems| panic!("{problems}"));
        let hit = |step: &&Step| matches!(step.verb, Verb::Fault { .. } | Verb::Add { .. });
        let first = playbook.steps.iter().find(hit).map(|step| step.at.line);
        for step in playbook
            .steps
            .iter()
            .filter(|step| Some(step.at.line) > first)
        {
            if first.is_some() && matches!(step.verb, Verb::Expect(_)) {
                seen += 1;
                let place = format!("{}:{}", path.display(), step.at.line);
                assert!(!step.id.starts_with("step-"), "{place} has no id");
            }
        }
    }
    assert!(seen > 50, "only {seen} expectations");
}
