//! Crash points where nothing on disk or at an engine changes: they count, and nothing else is different.
//! What happens where something does is ring 3's.

#[path = "support/cli.rs"]
mod cli;

use cli::Place;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

#[test]
fn a_run_on_sim_passes_none_and_says_so_only_when_asked() -> Result {
    let place = Place::new()?;
    let run = ["run", "playbooks/all-connected.yaml"];
    let plain = place.rejoin(&run).output()?;
    let armed = place.rejoin(&run).env("REJOIN_CRASH_AT", "1").output()?;
    assert_eq!(plain.status.code(), Some(0));
    assert_eq!(armed.status.code(), Some(0), "it passed a crash point");
    assert_eq!(armed.stdout, plain.stdout);
    let said = String::from_utf8(armed.stderr)?;
    assert!(said.ends_with("rejoin: 0 crash points passed\n"), "{said}");
    let said = String::from_utf8(plain.stderr)?;
    assert!(!said.contains("crash points"), "{said}");
    Ok(())
}
