//! What is wrong with a playbook, and how that is shown.
//!
//! Apart so that every check says what it has to say in the same way: file, line, column, the source
//! line, a caret and what to do.

use std::fmt;

use super::super::Position;
use crate::settings::nearest;

/// The longest piece of a source line that is shown, in characters.
const EXCERPT: usize = 110;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as given, or the argument that the problem is in.
    pub file: String,
    /// Where in the file; `None` where it is the file as a whole.
    pub at: Option<Position>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// The source line around the place, and the caret's column in it, counted from 0.
    excerpt: Option<(String, usize)>,
}

/// Everything that is wrong, in the order of the source; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// A problem of a file as a whole, or of an argument.
    pub(crate) fn whole(
        file: impl Into<String>,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        Self {
            file: file.into(),
            at: None,
            message: message.into(),
            hint,
            excerpt: None,
        }
    }

    /// A problem at a place of a file whose text is known.
    pub(crate) fn at(
        file: impl Into<String>,
        text: &str,
        at: Position,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        Self {
            at: Some(at),
            excerpt: excerpt(text, at),
            ..Self::whole(file, message, hint)
        }
    }
}

/// What to do about a word that is not known.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "none is declared".to_owned(),
        None => format!("known: {}", known.join(", ")),
    }
}

/// The source line of a place, cut to a window around it.
fn excerpt(text: &str, at: Position) -> Option<(String, usize)> {
    let index = usize::try_from(at.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(at.column).ok()?.saturating_sub(1);
    let line = text.lines().nth(index)?;
    let start = if column < EXCERPT - 20 {
        0
    } else {
        column - EXCERPT / 2
    };
    let mut shown: String = line
        .chars()
        .skip(start)
        .take(EXCERPT)
        // One column for every character, whatever it would do to a terminal.
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.chars().nth(start + EXCERPT).is_some() {
        shown.push('…');
    }
    Some((shown.trim_end().to_owned(), column - start))
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.file))?;
        if let Some(at) = self.at {
            write!(f, ":{}:{}", at.line, at.column)?;
        }
        write!(f, ": {}", OneLine(&self.message))?;
        let hint = OneLine(self.hint.as_deref().unwrap_or_default());
        match (self.at, &self.excerpt) {
            (Some(at), Some((line, column))) => {
                write!(f, "\n{:>5} | {line}\n      | {:column$}^", at.line, "")?;
                if self.hint.is_some() {
                    write!(f, " {hint}")?;
                }
            }
            _ if self.hint.is_some() => write!(f, "\n      = {hint}")?,
            _ => {}
        }
        Ok(())
    }
}

/// Text from a file, safe for a terminal.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                fmt::Write::write_char(f, c)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More than a person reads at once.
        const SHOWN: usize = 50;
        for (index, problem) in self.0.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n... and {more} more"),
        }
    }
}

impl std::error::Error for Problems {}
