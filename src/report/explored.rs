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
    /// How many could not be decided, the number of the first of them and why it could not.
    pub undecided: (u64, Option<(u64, String)>),
    /// Where the playbooks of the findings are.
    pub folder: String,
    /// What was found.
    pub findings: Vec<Row>,
    /// The playbooks in the folder that are of an earlier search.
    pub earlier: Vec<String>,
    /// The target that was asked to confirm the findings, and what it said of each.
    pub confirmed: Option<(String, Vec<Replay>)>,
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
    /// The number of the schedule that was made small.
    pub number: u64,
    /// How many do.
    pub seen: u64,
    /// Its moves, as drawn and as small as they could be made.
    pub moves: (usize, usize),
    /// In how many runs it fails like that, and of how many.
    pub odds: (u64, u64),
}

/// What another target said of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// It fails there in the same way.
    Same,
    /// It passes there.
    Passes,
    /// It passes there, and in some runs on the simulation as well.
    Chance,
    /// It fails there in these other ways.
    Otherwise(String),
    /// It could not be decided there.
    Undecided,
}

impl Replay {
    fn words(&self) -> String {
        match self {
            Self::Same => "the same".to_owned(),
            Self::Passes => "PASSES".to_owned(),
            Self::Chance => "passes this time".to_owned(),
            Self::Otherwise(ways) if ways.is_empty() => "FAILS otherwise".to_owned(),
            Self::Otherwise(ways) => format!("FAILS: {ways}"),
            Self::Undecided => "unknown".to_owned(),
        }
    }

    /// Whether the two say different things of one playbook.
    const fn disagrees(&self) -> bool {
        matches!(self, Self::Passes | Self::Otherwise(_))
    }
}

/// The report.
pub fn render(explored: &Explored, style: Style) -> String {
    let mut page = style.sentence("subject   ", &explored.subject);
    let _ = writeln!(
        page,
        "\nschedules {} run, {} passed, {} undecided",
        explored.ran, explored.passed, explored.undecided.0
    );
    if let Some((number, why)) = &explored.undecided.1 {
        let folder = &explored.folder;
        let first = format!("undecided: schedule {number} ({folder}/undecided.yaml): {why}");
        page.push_str(&style.sentence("          ", &first));
        page.push('\n');
    }
    page.push('\n');
    if explored.findings.is_empty() {
        page.push_str("nothing was found\n");
    } else {
        page.push_str(&findings(explored, style));
    }
    if !explored.earlier.is_empty() {
        let folder = &explored.folder;
        let earlier = explored.earlier.join(", ");
        let said = format!("{folder} also holds what is not of this search: {earlier}");
        page.push_str(&style.sentence("", &said));
        page.push('\n');
    }
    page.push_str(&seen(explored, style));
    page
}

fn findings(explored: &Explored, style: Style) -> String {
    let confirmed = explored.confirmed.as_ref();
    let on = confirmed.map(|(name, _)| format!("on {name}"));
    let mut header = vec!["finding", "seen", "schedule", "moves", "sure"];
    header.extend(on.as_deref());
    let mut table = style.table(&header);
    for (index, row) in explored.findings.iter().enumerate() {
        let replay = confirmed.map(|(_, replays)| replays.get(index));
        let replay = replay.map(|replay| replay.unwrap_or(&Replay::Undecided).words());
        let cells = [
            row.symptom.clone(),
            row.seen.to_string(),
            row.number.to_string(),
            format!("{} of {}", row.moves.1, row.moves.0),
            format!("{} of {}", row.odds.0, row.odds.1),
        ];
        table.add_row(cells.into_iter().chain(replay));
    }
    let folder = &explored.folder;
    let mut page = format!(
        "{}\n\neach has a playbook that shows it: {folder}/FINDING.yaml\n",
        text(&table)
    );
    if let Some((name, replays)) = confirmed {
        let disagree = replays.iter().filter(|replay| replay.disagrees()).count();
        let said = match disagree {
            0 => format!("the records of the runs on {name} are in {folder}/runs"),
            _ => format!(
                "on {name} they end otherwise: {disagree} of {}, which is a finding of its own: it or the simulation is not what it is taken for; the records are in {folder}/runs",
                replays.len()
            ),
        };
        page.push_str(&style.sentence("", &said));
        page.push('\n');
    }
    page
}

/// What the faults hit, and when; a dash where they never did.
fn seen(explored: &Explored, style: Style) -> String {
    let axes = &explored.axes;
    let (reached, all) = explored.combinations;
    let reached = format!(
        "{reached} of {all} combinations of fault, state of an execution there, and gap before"
    );
    let mut page = format!("\n{}\n\n", style.sentence("reached   ", &reached));
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
        let untested = "no execution was ever seen pending: what happens to those was not tested; search longer";
        let _ = writeln!(page, "\n{}", style.sentence("", untested));
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

#[cfg(test)]
mod tests;
