//! Which lines of container logs are worth telling.

use regex::RegexSet;

use super::MARKS;

/// Which lines of container logs are worth telling: an edge may print thousands of lines of its own work
/// while nobody reads them.
#[derive(Debug, Clone)]
pub struct Heed {
    wanted: RegexSet,
    whole: bool,
}

impl Heed {
    /// Lines with one of [`MARKS`], and those that match one of these regular expressions.
    pub fn marks_and(patterns: &[String]) -> Result<Self, regex::Error> {
        let marks = MARKS.iter().map(|mark| regex::escape(mark));
        let wanted = RegexSet::new(marks.chain(patterns.iter().cloned()))?;
        Ok(Self {
            wanted,
            whole: false,
        })
    }

    /// Every line, for who keeps whole logs.
    #[must_use]
    pub fn whole(self) -> Self {
        Self {
            whole: true,
            ..self
        }
    }

    /// Whether this line is to be told.
    pub fn tells(&self, line: &str) -> bool {
        self.whole || self.wants(line)
    }

    /// Whether this line says something about the work.
    pub fn wants(&self, line: &str) -> bool {
        self.wanted.is_match(line)
    }
}
