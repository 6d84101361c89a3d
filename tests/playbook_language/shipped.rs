//! The playbooks that are shipped.

use std::path::Path;

use rejoin::playbook::Step;
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::Timing;

use super::EXAMPLE;

#[test]
fn the_shipped_playbooks_are_sound_on_every_profile() {
    let mut seen = 0;
    for entry in std::fs::read_dir("playbooks").expect("the playbooks") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
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

#[test]
fn the_deciding_steps_have_ids() {
    let cascade = parse::load(
        Path::new("playbooks/cascade.yaml"),
        &Overrides::default(),
        &Timing::default(),
    )
    .unwrap_or_else(|problems| panic!("{problems}"));
    let ids: Vec<&str> = cascade.steps.iter().map(|step| step.id.as_str()).collect();
    assert!(
        ids.contains(&"late-runs") && ids.contains(&"third-runs"),
        "{ids:?}"
    );
}
