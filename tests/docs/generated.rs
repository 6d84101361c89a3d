//! The tables of the pages that come from the harness's own types.

use std::fmt::Write as _;
use std::path::Path;

use rejoin::api::model::ExecutionState;
use rejoin::clock::brief;
use rejoin::exit::Exit;
use rejoin::fault::catalogue;
use rejoin::plan::budget::{of_adopt, of_await, of_claim, of_connecting, of_settling};
use rejoin::plan::{Budget, Claim, Mode, Who};
use rejoin::playbook::NodeIs;
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::Timing;
use rejoin::verdict::invariants;

/// A Markdown table.
pub(crate) fn table<const N: usize>(
    header: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut text = format!("| {} |\n|{}", header.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = write!(text, "\n| {} |", row.join(" | "));
    }
    text
}

pub(crate) fn exit_codes() -> String {
    let rows = Exit::ALL.map(|(exit, meaning)| [exit.code().to_string(), meaning.to_owned()]);
    table(&["code", "meaning"], rows)
}

fn profiles() -> [Timing; 4] {
    Timing::PROFILES.map(|name| Timing::profile(name).unwrap_or_default())
}

pub(crate) fn timing_profiles() -> String {
    let rows = Timing::NAMES.map(|name| {
        let [a, b, c, d] = profiles().map(|timing| brief(timing.get(name).unwrap_or_default()));
        [format!("`{name}`"), a, b, c, d]
    });
    let [a, b, c, d] = Timing::PROFILES.map(|name| format!("`{name}`"));
    table(&["name", &a, &b, &c, &d], rows)
}

pub(crate) fn deadlines() -> String {
    type Deadline = fn(&Timing) -> Budget;
    let nodes = |are| Claim::Nodes { on: Who::All, are };
    let expect = |claim: &Claim, timing: &Timing| of_claim(claim, Mode::Expect, timing);
    let executions = Claim::Job {
        job: String::new(),
        is: "running".into(),
    };
    let claims = [
        (
            "`expect` nodes `connected` or `reconnected`",
            nodes(NodeIs::Connected),
        ),
        ("`expect` nodes `disconnected`", nodes(NodeIs::Disconnected)),
        ("`expect` nodes `lost`", nodes(NodeIs::Lost)),
        ("`expect` anything else", executions.clone()),
    ];
    let others: [(&str, Deadline); 3] = [
        ("`await` a re-evaluation", of_await),
        (
            "before step 1: nodes connected and heard of, nothing half-done",
            of_connecting,
        ),
        ("at the end: settling", of_settling),
    ];
    let row = |what: &str, deadline: &dyn Fn(&Timing) -> Budget| {
        let [a, b, c, d] = profiles().map(|timing| brief(deadline(&timing).time));
        [
            what.to_owned(),
            format!("`{}`", deadline(&Timing::default()).from),
            a,
            b,
            c,
            d,
        ]
    };
    let mut rows: Vec<_> = claims
        .iter()
        .map(|(what, claim)| row(what, &|timing| expect(claim, timing)))
        .collect();
    rows.push(row("`assume` anything", &|timing| {
        of_claim(&executions, Mode::Assume, timing)
    }));
    rows.push(row("`adopt`", &|_| of_adopt()));
    rows.extend(others.map(|(what, deadline)| row(what, &deadline)));
    let [a, b, c, d] = Timing::PROFILES.map(|name| format!("`{name}`"));
    table(
        &["what", "made of (profile `default`)", &a, &b, &c, &d],
        rows,
    )
}

pub(crate) fn faults() -> String {
    let rows = catalogue::ALL.map(|fault| {
        let entry = catalogue::entry(fault);
        [
            format!("`{}`", entry.word),
            entry.does.to_owned(),
            entry.proof.to_owned(),
            entry.undo.to_owned(),
            entry.lasting.unwrap_or("nothing").to_owned(),
        ]
    });
    table(
        &["fault", "what happens", "proof", "undo", "what lasts"],
        rows,
    )
}

pub(crate) fn transitions() -> String {
    let rows = observed().into_iter().map(|state| {
        let next = invariants::next(&ExecutionState::from(state.as_str()));
        let next: Vec<String> = next
            .iter()
            .filter(|next| next.as_str() != state)
            .map(|next| format!("`{next}`"))
            .collect();
        let next = if next.is_empty() {
            "nothing".to_owned()
        } else {
            next.join(", ")
        };
        [format!("`{state}`"), next]
    });
    table(&["from", "to"], rows)
}

/// The words that the parser itself offers where one is not known.
pub(crate) fn words() -> String {
    let step = |step: &str| known(&format!("jobs: {{}}\nsteps:\n  - {step}"));
    let rows = [
        ("keys of a playbook", known("zzzzzzzzzzzz: 1\nsteps: []")),
        ("keys of a step", step("zzzzzzzzzzzz: 1")),
        (
            "keys of `expect`, `assume`",
            step("expect: { zzzzzzzzzzzz: 1 }"),
        ),
        (
            "keys of a selection",
            step("kill: { nodes: { zzzzzzzzzzzz: 1 } }"),
        ),
        ("`services:`", step("kill: { services: [zzzzzzzzzzzz] }")),
        (
            "`are:` of nodes",
            step("expect: { nodes: { which: all, are: zzzzzzzzzzzz } }"),
        ),
        (
            "`observed:` of executions and edge truth; states of a history",
            observed(),
        ),
        (
            "`desired:` of executions",
            step("expect: { executions: { job: a, desired: zzzzzzzzzzzz } }"),
        ),
        (
            "states of a job",
            step("expect: { job: { a: zzzzzzzzzzzz } }"),
        ),
        (
            "`trigger:`",
            step("await: { reevaluation: { job: a, trigger: zzzzzzzzzzzz } }"),
        ),
        (
            "`state:` of evaluations",
            step("expect: { evaluations: { job: a, state: zzzzzzzzzzzz } }"),
        ),
        ("`require:`", known("steps: []\nrequire: [zzzzzzzzzzzz]")),
        ("`always:`", known("steps: []\nalways: [zzzzzzzzzzzz]")),
    ];
    let rows = rows.map(|(what, words)| {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        [what.to_owned(), words.join(", ")]
    });
    table(&["where", "words"], rows)
}

fn observed() -> Vec<String> {
    known("steps:\n  - expect: { executions: { job: a, observed: zzzzzzzzzzzz } }")
}

fn known(playbook: &str) -> Vec<String> {
    let text = format!("rejoin: 1\nname: words\n{playbook}\n");
    let none = Overrides::default();
    let Err(problems) = parse::parse(Path::new("words.yaml"), text, &none, &Timing::default())
    else {
        return Vec::new();
    };
    let mut hints = problems
        .0
        .iter()
        .filter_map(|problem| problem.hint.as_deref());
    let list = hints.find_map(|hint| hint.strip_prefix("known: "));
    let list = list.unwrap_or_else(|| panic!("no list of words in:\n{problems}"));
    list.split(", ").map(str::to_owned).collect()
}
