//! What a search found, and what it came to see.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::style::{Style, text};

/// A search that is over, ready to be told.
#[derive(Debug, Clone, Default)]
pub struct Explored {
    /// What was searched: target, variant, profile, seed.
    pub subject: String,
    /// How many schedules were run.
    pub ran: u64,
    /// How many passed.
    pub passed: u64,
    /// How many could not be decided, and why the first of them could not.
    pub undecided: (u64, Option<String>),
    /// Where the playbooks of the findings are.
    pub folder: String,
    /// What was found.
    pub findings: Vec<Row>,
    /// How often each fault hit a node with an execution in each state.
    pub hits: BTreeMap<(String, String), u64>,
    /// How often each fault came that long after what was before it.
    pub gaps: BTreeMap<(String, String), u64>,
    /// The faults, the states and the gaps, in their order.
    pub axes: Axes,
    /// How many combinations of the three were seen, and of how many.
    pub combinations: (usize, usize),
    /// Whether an execution was ever pending.
    pub saw_pending: bool,
}

/// The rows and columns of what was seen.
#[derive(Debug, Clone, Default)]
pub struct Axes {
    /// Faults.
    pub faults: Vec<String>,
    /// States of executions.
    pub states: Vec<String>,
    /// Gaps.
    pub gaps: Vec<String>,
}

/// One way to fail.
#[derive(Debug, Clone)]
pub struct Row {
    /// How it fails.
    pub symptom: String,
    /// The number of the first schedule that does.
    pub number: u64,
    /// How many do.
    pub seen: u64,
    /// Its moves, as drawn and as small as they could be made.
    pub moves: (usize, usize),
}

/// The report.
pub fn render(explored: &Explored, style: Style) -> String {
    let mut page = style.sentence("subject   ", &explored.subject);
    let _ = writeln!(
        page,
        "\nschedules {} run, {} passed, {} undecided",
        explored.ran, explored.passed, explored.undecided.0
    );
    if let (count, Some(why)) = &explored.undecided {
        let what = if *count == 1 { "it" } else { "the first" };
        page.push_str(&style.sentence("          ", &format!("{what}: {why}")));
        page.push('\n');
    }
    page.push('\n');
    if explored.findings.is_empty() {
        page.push_str("nothing was found\n");
    } else {
        page.push_str(&findings(&explored.findings, &explored.folder, style));
    }
    page.push_str(&seen(explored, style));
    page
}

fn findings(rows: &[Row], folder: &str, style: Style) -> String {
    let mut table = style.table(&["finding", "seen", "schedule", "moves"]);
    for row in rows {
        table.add_row([
            row.symptom.clone(),
            row.seen.to_string(),
            row.number.to_string(),
            format!("{} of {}", row.moves.1, row.moves.0),
        ]);
    }
    format!(
        "{}\n\neach has a playbook that shows it: {folder}/FINDING.yaml\n",
        text(&table)
    )
}

/// What the faults hit, and when; a dash where they never did.
fn seen(explored: &Explored, style: Style) -> String {
    let axes = &explored.axes;
    let (reached, all) = explored.combinations;
    let mut page = format!(
        "\nreached   {reached} of {all} combinations of fault, state of an execution there, and gap before\n\n"
    );
    page.push_str(&cross(
        "fault",
        &axes.faults,
        &axes.states,
        &explored.hits,
        style,
    ));
    page.push('\n');
    let turned = explored.gaps.iter();
    let turned = turned.map(|((fault, gap), count)| ((gap.clone(), fault.clone()), *count));
    page.push_str(&cross(
        "gap before",
        &axes.gaps,
        &axes.faults,
        &turned.collect(),
        style,
    ));
    if !explored.saw_pending {
        page.push_str(
            "\nno execution was ever seen pending: what happens to those was not tested; search longer\n",
        );
    }
    page
}

fn cross(
    corner: &str,
    rows: &[String],
    columns: &[String],
    counts: &BTreeMap<(String, String), u64>,
    style: Style,
) -> String {
    let header: Vec<&str> = [corner]
        .into_iter()
        .chain(columns.iter().map(String::as_str))
        .collect();
    let mut table = style.table(&header);
    for row in rows {
        let cells = columns.iter().map(|column| {
            let count = counts.get(&(row.clone(), column.clone()));
            count.map_or("-".to_owned(), u64::to_string)
        });
        table.add_row([row.clone()].into_iter().chain(cells));
    }
    format!("{}\n", text(&table))
}
