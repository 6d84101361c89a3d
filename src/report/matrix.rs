//! Several playbooks on one page: the matrix of scenarios, what was expected, what was seen, the
//! verdict, and how long the work took to come back.

use std::fmt::Write;

use super::ending;
use super::style::{Style, text, wrap};
use crate::clock::brief;
use crate::plan::Plan;
use crate::verdict::{Outcome, Recovery, Verdict};

/// The most that a cell tells of what was seen: the whole report stands above, or in the journal.
const SEEN: usize = 64;

/// One playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    group: String,
    scenario: String,
    name: String,
    expected: String,
    observed: String,
    outcome: Outcome,
    recovery: String,
}

impl Row {
    /// A playbook that was run.
    pub fn of(plan: &Plan, verdict: &Verdict, recovery: &Recovery) -> Self {
        let about = &plan.playbook;
        let decided = verdict.deciding().map(|part| {
            let by = ending::name(plan, part);
            format!("{by}: {}", part.note)
        });
        let why = [&verdict.broken, &verdict.interrupted, &decided];
        let why = why.into_iter().find_map(Clone::clone);
        let why = why.or_else(|| {
            let left = verdict.left_over.first()?;
            Some(format!("as expected, but left over: {left}"))
        });
        let mut row = Self::about(&about.name, about.scenario.as_deref(), &about.title);
        row.observed = why.map_or_else(|| "as expected".to_owned(), |why| shortened(&why));
        row.outcome = verdict.outcome;
        row.recovery = recovered(recovery);
        row
    }

    /// A playbook that was not run: unknown.
    pub fn not_run(name: &str, scenario: Option<&str>, title: &str, why: &str) -> Self {
        let mut row = Self::about(name, scenario, title);
        row.observed = shortened(&format!("not run: {why}"));
        row
    }

    fn about(name: &str, scenario: Option<&str>, title: &str) -> Self {
        let (group, scenario) = match scenario.map(|text| (text, text.split_once(" / "))) {
            Some((_, Some(both))) => both,
            Some((group, None)) => (group, ""),
            None => ("Others", ""),
        };
        Self {
            group: group.to_owned(),
            scenario: scenario.to_owned(),
            name: name.to_owned(),
            expected: title.to_owned(),
            observed: String::new(),
            outcome: Outcome::Unknown,
            recovery: "-".to_owned(),
        }
    }
}

fn recovered(recovery: &Recovery) -> String {
    match recovery {
        Recovery::NothingCameBack => "-".to_owned(),
        Recovery::Never => "never".to_owned(),
        Recovery::After(time) => brief(*time),
    }
}

/// A playbook that passed as one of many, on a line of its own.
pub fn passed(plan: &Plan, style: Style) -> String {
    let word = Outcome::Pass.to_string();
    let indent = word.len() + 2;
    let about = format!("{}: {}", plan.playbook.name, plan.playbook.title);
    let width = usize::from(style.width).saturating_sub(indent).max(20);
    let lines = wrap(&about, width).join(&format!("\n{:indent$}", ""));
    format!("{}  {lines}", style.outcome(Outcome::Pass, word))
}

/// The beginning of a text, cut between two words.
pub fn shortened(text: &str) -> String {
    let lines = wrap(text, SEEN);
    match lines.as_slice() {
        [] => String::new(),
        [all] => all.clone(),
        [first, ..] => format!("{first} ..."),
    }
}

/// The matrix: the rows of one group stand together, the groups in the order in which they first appear.
pub fn render(rows: &[Row], style: Style) -> String {
    let widths = widths(style);
    let header = ["scenario", "expected", "observed", "verdict", "recovery"].map(str::to_owned);
    let mut page = text(&style.columns(widths, [header]));
    let mut groups: Vec<&str> = Vec::new();
    for row in rows {
        if !groups.contains(&row.group.as_str()) {
            groups.push(&row.group);
        }
    }
    for group in groups {
        let mine = rows.iter().filter(|row| row.group == group);
        let mine = mine.map(|row| {
            let (outcome, row) = (row.outcome.to_string(), row.clone());
            let name = broken(&format!("({})", row.name), usize::from(widths[0]) - 2);
            let scenario = format!("{}\n{name}", row.scenario);
            [
                scenario.trim_start().to_owned(),
                row.expected,
                row.observed,
                outcome,
                row.recovery,
            ]
        });
        let table = text(&style.columns(widths, mine));
        let _ = write!(page, "\n\n{group}\n{table}");
    }
    page
}

/// A name on lines of a narrow column, broken only after its hyphens.
fn broken(name: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_inclusive('-') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() <= width => {
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

/// How wide the columns are, the space after them included.
fn widths(style: Style) -> [u16; 5] {
    let (verdict, recovery) = (9, 10);
    let rest = style.width.saturating_sub(2 + verdict + recovery).max(30);
    let (scenario, observed) = (rest * 32 / 100, rest * 34 / 100);
    let expected = rest - scenario - observed;
    [scenario, expected, observed, verdict, recovery]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn row(name: &str, scenario: Option<&str>, observed: &str, outcome: Outcome) -> Row {
        let about = Row::about(
            name,
            scenario,
            "An execution outlives a short absence of its node",
        );
        Row {
            observed: shortened(observed),
            outcome,
            recovery: recovered(&Recovery::After(Duration::from_millis(15_400))),
            ..about
        }
    }

    fn rows() -> Vec<Row> {
        let join = |rest: &str| format!("Node Join - Reconnection / {rest}");
        vec![
            row(
                "reconnect-after-partition",
                Some(&join("Running execution exists, node reconnects")),
                "as expected",
                Outcome::Pass,
            ),
            row("own-idea", None, "as expected", Outcome::Pass),
            row(
                "stuck-pending",
                Some(&join("Pending execution exists, node reconnects")),
                "late-runs: pending on edge1 (desired running), pending on edge2 (desired running)",
                Outcome::Fail,
            ),
        ]
    }

    #[test]
    fn the_rows_of_a_group_stand_together() {
        assert_eq!(
            render(&rows(), Style::PLAIN),
            "  scenario          expected             observed            verdict  recovery

Node Join - Reconnection
  Running           An execution         as expected         PASS     15.4s
  execution         outlives a short
  exists, node      absence of its node
  reconnects
  (reconnect-
  after-partition)
  Pending           An execution         late-runs: pending  FAIL     15.4s
  execution         outlives a short     on edge1 (desired
  exists, node      absence of its node  running), pending
  reconnects                             on edge2 ...
  (stuck-pending)

Others
  (own-idea)        An execution         as expected         PASS     15.4s
                    outlives a short
                    absence of its node"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        for width in [60, 80, 120] {
            let style = Style {
                width,
                ..Style::PLAIN
            };
            let page = render(&rows(), style);
            let wide = page
                .lines()
                .find(|line| line.chars().count() > usize::from(width));
            assert_eq!(wide, None, "{width}");
        }
    }
}
