//! How an env file is read.

use super::*;

fn read(text: &str) -> Result<Variables, SettingsError> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("build.env");
    std::fs::write(&file, text).expect("a file");
    Variables::read(&file)
}

#[test]
fn an_env_file_is_read_as_compose_reads_it() {
    let text = "# before\n\nEDGE_IMAGE=edge:1 # the last good one\nexport API_TOKEN='a b#c'\nNATS_IMAGE=\n";
    let variables = read(text).expect("an env file");
    let all: Vec<_> = variables.iter().collect();
    let expected = [
        ("API_TOKEN", "a b#c"),
        ("EDGE_IMAGE", "edge:1"),
        ("NATS_IMAGE", ""),
    ];
    assert_eq!(all, expected);
    assert!(
        !format!("{variables:?}").contains("a b#c"),
        "a secret is shown"
    );
}

#[test]
fn a_line_that_is_no_variable_is_named() {
    for line in ["EDGE_IMAGE", "EDGE IMAGE=edge:1", "1ST=a", "=a"] {
        let error = read(&format!("A=1\n{line}\n")).expect_err(line);
        let said = error.to_string();
        assert!(
            said.contains(&format!("build.env:2: `{line}` is no NAME=value")),
            "{said}"
        );
    }
}

#[test]
fn variables_of_a_file_win_over_those_that_were_there() {
    let before = Environment::of("/", [("API_PORT", "9010"), ("EDGE_IMAGE", "edge:0")]);
    let with = before.with(&read("EDGE_IMAGE=edge:1\n").expect("an env file"));
    assert_eq!(with.get("EDGE_IMAGE"), Some("edge:1"));
    assert_eq!(with.get("API_PORT"), Some("9010"));
}
