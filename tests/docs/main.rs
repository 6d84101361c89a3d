//! The pages for people, held against the program: what they show is run, what they list is generated,
//! what they name exists.
//!
//! Apart from the other tests because its fixtures are README.md, CONTRIBUTING.md, CHANGELOG.md and
//! `docs/`. `REJOIN_BLESS=1` writes what the program says now, for a person to read.

mod examples;
mod generated;
mod links;
mod listings;
mod page;
mod sandbox;
mod standin;
#[path = "../support/table.rs"]
mod table;
mod verdicts;

use std::fs;
use std::path::{Path, PathBuf};

use page::{Page, Segment};
use sandbox::Sandbox;

/// Every page, relative to the package's folder, where tests run.
fn pages() -> Vec<PathBuf> {
    let folder = |path: &str| {
        let entries = fs::read_dir(path).expect("a folder of pages");
        entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .map(|path| path.strip_prefix(".").unwrap_or(&path).to_owned())
            .collect::<Vec<_>>()
    };
    let mut pages = [folder("."), folder("docs")].concat();
    pages.sort();
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a page is readable")
}

fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn what_pages_show_is_what_the_program_says() {
    let bless = std::env::var_os("REJOIN_BLESS").is_some();
    let sandbox = Sandbox::new().expect("a folder to run in");
    let mut problems = Vec::new();
    for path in pages() {
        let text = read(&path);
        let now = match Page::read(&text).and_then(|page| page.refreshed(&sandbox)) {
            Ok(now) => now,
            Err(problem) => {
                problems.push(format!("{}: {problem}", path.display()));
                continue;
            }
        };
        if now == text {
            continue;
        }
        if bless {
            fs::write(&path, now).expect("a page is writable");
        } else {
            let line = text
                .lines()
                .zip(now.lines())
                .position(|(was, is)| was != is);
            let line = line.unwrap_or_else(|| text.lines().count().min(now.lines().count()));
            problems.push(format!(
                "{}:{}: the program now says:\n{}",
                path.display(),
                line + 1,
                now.lines()
                    .skip(line)
                    .take(5)
                    .collect::<Vec<_>>()
                    .join("\n")
            ));
        }
    }
    none(&problems);
}

#[test]
fn commands_that_are_not_run_here_exist_all_the_same() {
    let sandbox = Sandbox::new().expect("a folder to run in");
    let recipes = sandbox::recipes(&read(Path::new("Justfile")));
    let mut problems = Vec::new();
    for path in pages() {
        let Ok(page) = Page::read(&read(&path)) else {
            continue; // the test above says so
        };
        for segment in &page.segments {
            let Segment::Block { info, lines, .. } = segment else {
                continue;
            };
            for line in lines.iter().filter(|_| info == "sh") {
                let found = sandbox.problem_with(line, &recipes);
                problems.extend(found.map(|it| format!("{}: `{line}`: {it}", path.display())));
            }
        }
    }
    none(&problems);
}

#[test]
fn playbooks_and_settings_on_pages_are_sound() {
    let mut problems = Vec::new();
    let mut seen = 0;
    for path in pages() {
        for segment in Page::read(&read(&path)).map_or(Vec::new(), |page| page.segments) {
            let Segment::Block { info, lines } = segment else {
                continue;
            };
            let found = match info.as_str() {
                "yaml" => listings::playbook_problem(&lines),
                "toml" => listings::settings_problem(&lines),
                _ => continue,
            };
            seen += 1;
            problems.extend(found.map(|it| format!("{}: {it}", path.display())));
        }
    }
    assert!(seen > 5, "only {seen} listings on pages");
    none(&problems);
}

#[test]
fn relative_links_lead_somewhere() {
    let mut problems = Vec::new();
    for path in pages() {
        let dead = links::dead(&path, &read(&path));
        problems.extend(
            dead.into_iter()
                .map(|it| format!("{}: {it}", path.display())),
        );
    }
    none(&problems);
}

#[test]
fn every_key_of_the_settings_is_described() {
    let page = read(Path::new("docs/targets.md"));
    let keys = listings::settings_keys();
    assert!(keys.len() > 10, "too few keys: {keys:?}");
    let missing = keys
        .iter()
        .filter(|key| !page.contains(&format!("| `{key}` |")));
    let missing: Vec<String> = missing.cloned().collect();
    none(&missing);
}

#[test]
fn every_log_line_that_is_promised_is_one_of_the_stand_ins() {
    let page = read(Path::new("docs/stand-in.md"));
    let lines = read(Path::new("fixtures/standin/src/core/lines.rs"));
    let marks = [
        "DISPATCH: ",
        "PUBLISH: ",
        "EDGE: ",
        "RECONCILER: ",
        "REEVALUATOR: ",
        "HANDSHAKE: ",
    ];
    let promised: Vec<&str> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| marks.iter().any(|mark| code.starts_with(mark)))
        .collect();
    assert!(promised.len() > 5, "too few lines: {promised:?}");
    let unknown = promised
        .iter()
        .filter(|line| !lines.contains(&format!("\"{line}\"")));
    let unknown: Vec<String> = unknown.map(ToString::to_string).collect();
    none(&unknown);
}
