//! The report for documents and pull requests: Markdown.

use std::fmt::Write;

use super::result::{Results, RunResult};
use super::words::printable;
use crate::clock::{Elapsed, brief};

/// The document.
pub fn render(results: &Results) -> String {
    let mut page = String::new();
    if results.runs.len() + results.not_run.len() > 1 {
        overview(&mut page, results);
    }
    for run in &results.runs {
        section(&mut page, run, &results.title(run));
    }
    page
}

/// All playbooks, a line each.
fn overview(page: &mut String, results: &Results) {
    page.push_str("| playbook | verdict | decided by | recovery |\n|---|---|---|---|\n");
    for run in &results.runs {
        let by = run.decided_by.as_deref().unwrap_or_default();
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            cell(&results.title(run)),
            cell(&run.standing()),
            cell(by),
            slowest(run)
        );
    }
    for one in &results.not_run {
        let (name, reason) = (cell(&one.playbook), cell(&one.reason));
        let _ = writeln!(page, "| {name} | unknown | not run: {reason} | |");
    }
    page.push('\n');
}

/// How long the slowest execution took to come back.
fn slowest(run: &RunResult) -> String {
    if run.recoveries.iter().any(|it| it.took_ms.is_none()) {
        return "never".to_owned();
    }
    let slowest = run.recoveries.iter().filter_map(|it| it.took_ms).max();
    slowest.map_or_else(|| "-".to_owned(), time)
}

fn section(page: &mut String, run: &RunResult, title: &str) {
    let about = &run.playbook;
    let _ = writeln!(page, "## {}: {}\n", cell(title), run.verdict.to_uppercase());
    let _ = writeln!(page, "{}\n", cell(&about.title));
    let _ = writeln!(
        page,
        "**{}** {}\n",
        run.verdict.to_uppercase(),
        cell(&run.sentence)
    );
    for fact in &run.facts {
        let _ = writeln!(page, "- {}: {}", fact.label, cell(&fact.text));
    }
    page.push_str("\n| line | step | at | took | result |\n|---|---|---|---|---|\n");
    for step in &run.steps {
        let at = step
            .started_ms
            .map_or(String::new(), |at| Elapsed(at).to_string());
        let took = step.started_ms.zip(step.ended_ms);
        let took = took.map_or(String::new(), |(start, end)| {
            time(end.saturating_sub(start))
        });
        let (text, result) = (cell(&step.text), cell(&step.result));
        let _ = writeln!(
            page,
            "| {} | {text} | {at} | {took} | {result} |",
            step.line
        );
    }
    executions(page, run);
    let subject = &run.subject;
    let mut facts = vec![format!("target {}", subject.target)];
    facts.extend(subject.variant.iter().map(|it| format!("variant {it}")));
    facts.extend(subject.version.iter().map(|it| format!("version {it}")));
    facts.push(format!("timing {}", subject.timing));
    facts.push(format!("seed {}", run.seed));
    facts.push(format!("run {}", run.run));
    let _ = writeln!(page, "\n{}\n", cell(&facts.join(", ")));
}

fn executions(page: &mut String, run: &RunResult) {
    if run.executions.is_empty() {
        return;
    }
    page.push_str("\n| job | node | desired | observed | recovery |\n|---|---|---|---|---|\n");
    for one in &run.executions {
        let mut recoveries = run.recoveries.iter();
        let recovery = recoveries.find(|it| it.execution == one.execution);
        let recovery = recovery.map_or_else(
            || "-".to_owned(),
            |it| it.took_ms.map_or_else(|| "never".to_owned(), time),
        );
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} | {recovery} |",
            cell(&one.job),
            cell(&one.node),
            cell(&one.desired),
            cell(&one.observed)
        );
    }
}

fn time(ms: u64) -> String {
    brief(std::time::Duration::from_millis(ms))
}

/// A text of other people that a table shows and nothing more: no markup, no markers, one line.
fn cell(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '!' => {
                shown.push('\\');
                shown.push(c);
            }
            // What would notify people of that name.
            '@' => shown.push_str("&#64;"),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_no_markup() {
        assert_eq!(
            cell("<script>|`*[x](y)\n@all"),
            "&lt;script&gt;\\|\\`\\*\\[x\\](y) &#64;all"
        );
    }
}
