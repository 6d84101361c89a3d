//! The verdicts that are expected, from a file: for each playbook and subject how the run must end.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use crate::cli::Refusal;
use crate::report::Style;
use crate::report::comparison::Comparison;
use crate::report::ending::Ending;
use crate::report::style::text;

/// The file as it is written: a table for each playbook, in it a key for each subject.
type Written = BTreeMap<String, BTreeMap<String, Spanned<String>>>;

/// What is expected.
#[derive(Debug)]
pub(super) struct Expected {
    file: String,
    endings: BTreeMap<String, BTreeMap<String, Ending>>,
}

/// A cell that is not as the file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disagreement {
    playbook: String,
    subject: String,
    expected: String,
    found: String,
}

impl Expected {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, Refusal> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Refusal::usage(format!("{file}: cannot be read: {error}")))?;
        Self::parse(&file, &text).map_err(Refusal::usage)
    }

    /// Understands the text of a file of this name; all problems come back together.
    fn parse(file: &str, text: &str) -> Result<Self, String> {
        let written: Written = toml::from_str(text)
            .map_err(|error| format!("{file}: {}", error.to_string().trim()))?;
        let mut problems = Vec::new();
        let mut endings: BTreeMap<String, BTreeMap<String, Ending>> = BTreeMap::new();
        for (playbook, cells) in written {
            let row = endings.entry(playbook).or_default();
            for (subject, cell) in cells {
                let start = cell.span().start;
                let line = text
                    .bytes()
                    .take(start)
                    .filter(|byte| *byte == b'\n')
                    .count()
                    + 1;
                match cell.get_ref().parse() {
                    Ok(ending) => drop(row.insert(subject, ending)),
                    Err(error) => problems.push(format!("{file}:{line}: {subject}: {error}")),
                }
            }
        }
        if problems.is_empty() {
            let file = file.to_owned();
            Ok(Self { file, endings })
        } else {
            Err(problems.join("\n"))
        }
    }

    /// The cells that are not as the file says, or of which it says nothing. Subjects and playbooks of
    /// the file that are not compared do not count.
    pub(super) fn disagreements(&self, comparison: &Comparison) -> Vec<Disagreement> {
        let mut wrong = Vec::new();
        for row in &comparison.rows {
            for (subject, cell) in comparison.subjects.iter().zip(&row.cells) {
                let cells = self.endings.get(&row.playbook);
                let expected = cells.and_then(|cells| cells.get(subject));
                if cell.ran && expected == Some(&cell.ending) {
                    continue;
                }
                let found = cell.ending.to_string();
                wrong.push(Disagreement {
                    playbook: row.playbook.clone(),
                    subject: subject.clone(),
                    expected: expected.map_or_else(|| "nothing".to_owned(), Ending::to_string),
                    found: if cell.ran {
                        found
                    } else {
                        "not run".to_owned()
                    },
                });
            }
        }
        wrong
    }

    /// Says which cells are wrong, or that none is.
    pub(super) fn tell(
        &self,
        wrong: &[Disagreement],
        comparison: &Comparison,
        style: Style,
    ) -> String {
        let cells: usize = comparison.rows.iter().map(|row| row.cells.len()).sum();
        if wrong.is_empty() {
            return format!("all {cells} cells are as {} says", self.file);
        }
        let mut table = style.table(&["playbook", "subject", "expected", "found"]);
        for cell in wrong {
            table.add_row([&cell.playbook, &cell.subject, &cell.expected, &cell.found]);
        }
        let count = wrong.len();
        let file = &self.file;
        format!(
            "{count} of {cells} cells are not as {file} says:\n{}",
            text(&table)
        )
    }
}
