//! The style of the house as a test: sizes, openings, which room may see which, who may use what.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const MOST_LINES: usize = 500;
const MEDIAN_LINES: usize = 120;
const FUNCTION_LINES: usize = 70;

/// The rooms in the order in which data flows; rooms of one rank do not see each other.
const ROOMS: [(&str, u8); 16] = [
    ("crash_point", 0),
    ("clock", 0),
    ("exit", 1),
    ("settings", 2),
    ("playbook", 3),
    ("fault", 4),
    ("api", 4),
    ("target", 5),
    ("plan", 6),
    ("journal", 7),
    ("verdict", 8),
    ("engine", 9),
    ("report", 9),
    ("search", 10),
    ("cli", 11),
    ("main", 12),
];

/// Libraries that have one room, and the files that may name them.
const KEPT: [(&str, &[&str]); 8] = [
    ("bollard", &["src/fault/docker/"]),
    // The engine's containers are read and made as raw JSON: bollard's models drop unknown fields.
    ("reqwest", &["src/api/http/", "src/fault/docker/"]),
    ("standin", &["src/target/sim/"]),
    ("serde_saphyr", &["src/playbook/parse/"]),
    ("comfy_table", &["src/report/"]),
    ("maud", &["src/report/html/"]),
    ("quick_junit", &["src/report/junit.rs"]),
    ("indicatif", &["src/report/live/"]),
];

struct Source {
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [
        "src",
        "tests",
        "benches",
        "fixtures/standin/src",
        "fixtures/standin/tests",
    ] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let relative = |path: &PathBuf| path.strip_prefix(root).map(|p| p.display().to_string());
    files
        .iter()
        .map(|path| Source {
            path: relative(path).unwrap_or_default(),
            text: fs::read_to_string(path).unwrap_or_default(),
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

/// The code of a file: what is not a comment, line by line, numbered from 1.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(index, line)| (index + 1, line))
}

fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_hold() {
    let sources = sources();
    let mut lengths: Vec<usize> = sources.iter().map(|s| s.text.lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    let mut problems = Vec::new();
    if median >= MEDIAN_LINES {
        problems.push(format!(
            "the median file has {median} lines, {MEDIAN_LINES} is too much"
        ));
    }
    for source in &sources {
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            problems.push(format!("{}: {lines} lines", source.path));
        }
        if !source.text.starts_with("//! ") {
            problems.push(format!("{}: does not open with `//!`", source.path));
        }
    }
    none(&problems);
}

#[test]
fn functions_fit_on_a_page() {
    let mut problems = Vec::new();
    for source in sources() {
        let lines: Vec<&str> = source.text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let words: Vec<&str> = line.split_whitespace().collect();
            let begins = words.iter().take(5).any(|word| *word == "fn") && line.contains('(');
            let declared = line.ends_with(';'); // a trait's method without a body
            if !begins || declared || line.trim_start().starts_with("//") {
                continue;
            }
            // Formatted code: the body ends at the first closing brace of the same depth.
            let end = format!("{}}}", " ".repeat(indent));
            let length = lines[index..].iter().position(|line| *line == end);
            if let Some(length) = length.filter(|length| *length >= FUNCTION_LINES) {
                let at = index + 1;
                problems.push(format!(
                    "{}:{at}: a function of {length} lines",
                    source.path
                ));
            }
        }
    }
    none(&problems);
}

#[test]
fn rooms_see_only_what_stands_to_their_left() {
    let ranks: BTreeMap<&str, u8> = ROOMS.into_iter().collect();
    let mut problems = Vec::new();
    for source in sources() {
        let Some(inside) = source.path.strip_prefix("src/") else {
            continue;
        };
        let room = inside.split(['/', '.']).next().unwrap_or_default();
        if room == "lib" {
            continue;
        }
        let Some(own) = ranks.get(room) else {
            problems.push(format!(
                "{}: no such room in the design: {room}",
                source.path
            ));
            continue;
        };
        for (line, text) in code(&source) {
            for used in text.split("crate::").skip(1) {
                let used = used
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let used = used.unwrap_or_default();
                let rank = ranks.get(used);
                if used != room && rank.is_some_and(|rank| rank >= own) {
                    problems.push(format!(
                        "{}:{line}: {room} must not see {used}",
                        source.path
                    ));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut problems = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| source.path.starts_with("src/"))
    {
        for (line, text) in code(source) {
            for (library, places) in KEPT {
                let named = text.contains(&format!("{library}::"));
                if named && !places.iter().any(|place| source.path.starts_with(place)) {
                    problems.push(format!(
                        "{}:{line}: {library} belongs to {places:?}",
                        source.path
                    ));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn only_the_terminal_prints() {
    let mut problems = Vec::new();
    for source in sources()
        .iter()
        .filter(|source| source.path.starts_with("src/"))
    {
        for (line, text) in code(source) {
            // They panic where the reader went away: `rejoin get nodes | head -1`.
            if text.contains("println!(") || text.contains("print!(") {
                problems.push(format!(
                    "{}:{line}: use cli::terminal::{{print, say}}",
                    source.path
                ));
            }
        }
    }
    none(&problems);
}

#[test]
fn nothing_is_left_half_done() {
    let words = [
        "todo!(",
        "unimplemented!(",
        "dbg!(",
        "#[allow(",
        "#![allow(",
        "process::exit(",
    ];
    let words = words.map(str::to_owned);
    let notes = ["FIX", "TO", "X"].map(|start| match start {
        "FIX" => "FIXME".to_owned(),
        "TO" => "TODO".to_owned(),
        _ => "XXX".to_owned(),
    });
    let mut problems = Vec::new();
    for source in sources() {
        if source.path == "tests/tidy.rs" {
            continue;
        }
        for (index, text) in source.text.lines().enumerate() {
            for word in words.iter().chain(&notes) {
                if text.contains(word.as_str()) {
                    problems.push(format!("{}:{}: {word}", source.path, index + 1));
                }
            }
        }
    }
    none(&problems);
}
