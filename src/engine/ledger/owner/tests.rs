//! What a lock says of whom.

use super::*;

fn owner() -> Owner {
    Owner {
        user: "ann".to_owned(),
        host: "box".to_owned(),
        pid: 4711,
        command: "rejoin run a.yaml".to_owned(),
        since: Timestamp(1_767_225_600_000),
        boot: Some("b1".to_owned()),
    }
}

const WORDS: &str =
    "ann on box (process 4711, `rejoin run a.yaml`, since 2026-01-01T00:00:00.000Z)";

fn text(owner: &Owner) -> String {
    serde_json::to_string(owner).unwrap_or_default()
}

#[test]
fn a_holder_is_told_by_name_process_command_and_time() {
    assert_eq!(holder(&text(&owner())), WORDS);
    assert_eq!(holder("\n"), "somebody who has just begun");
    let odd = holder("process 12\u{1b}");
    assert_eq!(odd, "somebody who says of himself \"process 12\\u{1b}\"");
}

#[test]
fn a_lock_that_was_never_given_back_is_told_from_one_of_an_earlier_boot() {
    let here = owner();
    let gone = format!("{WORDS}; that process is no more");
    assert_eq!(left_by(&text(&here), &here), Some(gone.clone()));
    for (other, fate) in [
        (Some("b0"), "the machine was started anew since"),
        (None, "that process is no more"),
    ] {
        let mut was = owner();
        was.boot = other.map(str::to_owned);
        let words = format!("{WORDS}; {fate}");
        assert_eq!(left_by(&text(&was), &here), Some(words), "{other:?}");
    }
    // Of another machine's boots nothing is known here.
    let elsewhere = Owner {
        host: "other".to_owned(),
        boot: Some("b9".to_owned()),
        ..owner()
    };
    let said = left_by(&text(&elsewhere), &here).unwrap_or_default();
    assert!(said.ends_with("that process is no more"), "{said}");
    assert_eq!(left_by(" \n", &here), None);
}

#[test]
fn a_command_is_one_short_line() {
    let words = |args: &[&str]| command(args.iter().map(ToString::to_string));
    assert_eq!(words(&["/usr/bin/rejoin", "run", "a\nb"]), "rejoin run a b");
    let long = words(&["rejoin", &"ä".repeat(300)]);
    assert_eq!(long.chars().count(), LONGEST + 3, "{long}");
    assert!(long.ends_with("ä..."), "{long}");
    assert_eq!(words(&[]), "");
}

#[test]
fn a_user_has_the_name_of_the_first_line_with_its_number() {
    let users = "root:x:0:0::/root:/bin/sh\nbroken\nann:x:1000:0::/:\nbob:x:1000:0::/:\n";
    assert_eq!(name_of(1000, users).as_deref(), Some("ann"));
    assert_eq!(name_of(7, users), None);
}
