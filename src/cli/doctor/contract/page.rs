//! The report as a page.

use super::Report;
use super::decide::{Can, Decidable};
use super::words::Words;
use crate::report::style::{Style, text};

/// The page.
pub(super) fn render(report: &Report, style: Style) -> String {
    let mut parts = vec![head(report, style)];
    let mut table = style.table(&["endpoint", "answer"]);
    for (name, came) in &report.endpoints {
        table.add_row([(*name).to_owned(), clean(came)]);
    }
    parts.push(text(&table));
    let mut table = style.table(&[
        "record",
        "seen",
        "fields that are missing",
        "null",
        "not documented",
    ]);
    for (kind, fields) in &report.fields {
        let list = |names: &std::collections::BTreeSet<String>| {
            let names: Vec<String> = names.iter().map(|name| clean(name)).collect();
            names.join(", ")
        };
        let absent = if fields.records == 0 {
            String::new()
        } else {
            list(&fields.absent)
        };
        let seen = fields.records.to_string();
        table.add_row([
            (*kind).to_owned(),
            seen,
            absent,
            list(&fields.null),
            list(&fields.unknown),
        ]);
    }
    parts.push(text(&table));
    let vocabulary = &report.vocabulary;
    let mut table = style.table(&["words of", "seen", "not documented"]);
    for (what, words) in [
        ("nodes", &vocabulary.nodes),
        ("jobs", &vocabulary.jobs),
        ("executions, observed", &vocabulary.observed),
        ("executions, desired", &vocabulary.desired),
        ("evaluations", &vocabulary.evaluations),
        ("triggers", &vocabulary.triggers),
    ] {
        let Words { seen, new } = words;
        let list = |words: &std::collections::BTreeSet<String>| {
            let words: Vec<String> = words.iter().map(|word| clean(word)).collect();
            words.join(", ")
        };
        table.add_row([what.to_owned(), list(seen), list(new)]);
    }
    parts.push(text(&table));
    parts.push(decidable(&report.claims, &report.invariants, style));
    let mut table = style.table(&["open question", "answer"]);
    for it in &report.questions {
        table.add_row([it.question.to_owned(), clean(&it.answer)]);
    }
    parts.push(text(&table));
    parts.push(trial(report, style));
    parts.join("\n\n")
}

fn head(report: &Report, style: Style) -> String {
    let server = report.server.as_deref().map_or("?".to_owned(), clean);
    let because = report.because.join(", ");
    style.sentence(
        "",
        &format!(
            "server {server}, fields of generation {} ({because})",
            report.generation
        ),
    )
}

fn decidable(claims: &[Decidable], invariants: &[Decidable], style: Style) -> String {
    let mut table = style.table(&["can be decided", "here", "by"]);
    for it in claims.iter().chain(invariants) {
        let can = match it.can {
            Can::Yes => "yes",
            Can::No => "no",
            Can::NotSeen => "not seen yet",
        };
        table.add_row([it.what, can, it.by]);
    }
    text(&table)
}

fn trial(report: &Report, style: Style) -> String {
    let Some(trial) = &report.trial else {
        return style.sentence("", "nothing was written: with --yes one job is deployed that runs nowhere, and deleted again");
    };
    let mut table = style.table(&["write", "answer"]);
    for (what, came) in &trial.writes {
        table.add_row([(*what).to_owned(), clean(came)]);
    }
    match &trial.left {
        None => text(&table),
        Some(left) => format!(
            "{}\n\n{}",
            text(&table),
            style.sentence("LEFT OVER: ", &clean(left))
        ),
    }
}

fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}
