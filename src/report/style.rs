//! Width and colour, and what a table looks like.

use std::fmt::Display;

use anstyle::{AnsiColor, Style as Ansi};
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};

use crate::verdict::Outcome;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// The width in characters.
    pub width: u16,
    /// Whether control codes may be used.
    pub colour: bool,
}

impl Style {
    /// What a file or a CI log can take.
    pub const PLAIN: Style = Style {
        width: 80,
        colour: false,
    };

    /// A sentence with a word before it, folded to the page.
    pub fn sentence(self, before: &str, text: &str) -> String {
        let lines = wrap(
            text,
            usize::from(self.width).saturating_sub(before.len()).max(20),
        );
        format!(
            "{before}{}",
            lines.join(&format!("\n{:1$}", "", before.len()))
        )
    }

    /// The word, coloured as its meaning is.
    pub fn outcome(self, outcome: Outcome, word: impl Display) -> String {
        let colour = match outcome {
            Outcome::Pass => AnsiColor::Green,
            Outcome::Unobservable | Outcome::Unknown => AnsiColor::Yellow,
            Outcome::Fail => AnsiColor::Red,
        };
        self.paint(word, Ansi::new().bold().fg_color(Some(colour.into())))
    }

    fn paint(self, word: impl Display, style: Ansi) -> String {
        if self.colour {
            format!("{style}{word}{style:#}")
        } else {
            word.to_string()
        }
    }

    /// An empty table with this header, no wider than the page.
    pub fn table(self, header: &[&str]) -> Table {
        let mut table = self.empty();
        table.set_header(header.iter().copied());
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        table
    }

    fn empty(self) -> Table {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(self.width.saturating_sub(2));
        table
    }

    /// Rows without a header in columns as wide as given, so that several tables stand in line.
    pub(super) fn columns<const N: usize>(
        self,
        widths: [u16; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) -> Table {
        let mut table = self.empty();
        table.add_rows(rows);
        for (column, width) in table.column_iter_mut().zip(widths) {
            column.set_padding((0, 2));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
        }
        table
    }

    /// An empty table for lists of ids: as wide as it needs, since a broken id cannot be copied.
    pub fn listing(self, header: &[&str]) -> Table {
        let mut table = self.table(header);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table
    }
}

/// A table as text: two spaces in, no space at the ends of lines.
pub fn text(table: &Table) -> String {
    let lines = table.lines().map(|line| format!("  {}", line.trim_end()));
    lines.collect::<Vec<_>>().join("\n")
}

/// A text in lines of at most so many characters; a longer word has a line of its own.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
