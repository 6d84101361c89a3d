//! What came out so far, cell by cell, told on stderr as it comes.

use std::collections::BTreeMap;

use super::contenders::Contender;
use crate::cli::Refusal;
use crate::cli::once::Ran;
use crate::cli::terminal::say;
use crate::exit::Exit;
use crate::report::comparison::{Cell, Comparison, Row};
use crate::target::Subject;

/// Which cell: the playbook's and the subject's number.
pub(super) type Place = (usize, usize);

/// All cells that are there.
#[derive(Debug)]
pub(super) struct Tally {
    /// The playbooks by name, in order.
    playbooks: Vec<String>,
    subjects: Vec<String>,
    cells: BTreeMap<Place, Cell>,
    /// What the runs say about the harness and its hands: interrupted, a bug, something left over.
    pub(super) ended: Exit,
    /// Who was under test, by the subject's name.
    pub(super) identities: Vec<(String, Subject)>,
}

impl Tally {
    /// Nothing yet.
    pub(super) fn new(contenders: &[Contender]) -> Self {
        let playbooks = contenders.first().map(|first| &first.playbooks);
        let playbooks = playbooks.into_iter().flat_map(|all| all.iter());
        let names = contenders.iter().map(|contender| contender.name.clone());
        Self {
            playbooks: playbooks.map(|playbook| playbook.name.clone()).collect(),
            subjects: names.collect(),
            cells: BTreeMap::new(),
            ended: Exit::Passed,
            identities: Vec::new(),
        }
    }

    /// How many playbooks there are.
    pub(super) fn playbooks(&self) -> usize {
        self.playbooks.len()
    }

    /// Takes the end of a run, or why there was none.
    pub(super) fn take(&mut self, place: Place, result: Result<&Ran, &Refusal>) {
        let (cell, exit, journal) = match result {
            Ok(ran) => {
                let cell = Cell::of(&ran.plan, &ran.verdict);
                let folder = ran.folder.display();
                (cell, ran.verdict.exit(), format!("  {folder}"))
            }
            Err(refusal) => (Cell::not_run(refusal), refusal.exit, format!(": {refusal}")),
        };
        let ending = if cell.ran {
            cell.ending.to_string()
        } else {
            "not run".to_owned()
        };
        self.cells.insert(place, cell);
        self.ended(exit);
        let done = self.cells.len();
        let all = self.playbooks.len() * self.subjects.len();
        let (playbook, subject) = (&self.playbooks[place.0], &self.subjects[place.1]);
        say(format!(
            "{done:>4}/{all}  {playbook} on {subject}: {ending}{journal}"
        ));
    }

    /// Takes what an exit says that is not a matter of the cells.
    pub(super) fn ended(&mut self, exit: Exit) {
        let about_the_harness = matches!(
            exit,
            Exit::Internal | Exit::Interrupted | Exit::Terminated | Exit::NotRestored
        );
        if about_the_harness {
            self.ended = self.ended.worst(exit);
        }
    }

    /// Whether nothing more shall be begun.
    pub(super) fn over(&self) -> bool {
        matches!(
            self.ended,
            Exit::Internal | Exit::Interrupted | Exit::Terminated
        )
    }

    /// The whole table; what is not there was not run.
    pub(super) fn comparison(mut self) -> Comparison {
        let mut rows = Vec::new();
        for (row, playbook) in self.playbooks.into_iter().enumerate() {
            let mut cell = |column| {
                let cell = self.cells.remove(&(row, column));
                cell.unwrap_or_else(|| Cell::not_run("everything was over before"))
            };
            rows.push(Row {
                playbook,
                cells: (0..self.subjects.len()).map(&mut cell).collect(),
            });
        }
        Comparison {
            subjects: self.subjects,
            rows,
        }
    }
}
