//! What a line of a container's log is compared with: a regular expression with captures.
//!
//! A capture stands for an id that nobody knows before the run, such as `${exec.late.edge1}`; it is
//! filled in when the line is looked for.

use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// A regular expression with captures. Serialises as its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Regex(String),
    Capture(Capture),
}

/// Something of the run that a pattern names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capture {
    /// `${exec.JOB.EDGE}`: the id of the newest execution of the job's current version on that edge.
    Execution {
        /// The job's alias.
        job: String,
        /// The edge's name.
        edge: String,
    },
    /// `${job.JOB}`: the job's id on the target.
    Job(String),
    /// `${node.EDGE}`: the id of the edge's node.
    Node(String),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// `${` without `}`.
    #[error("`${{` without `}}`; write `\\$\\{{` for the characters themselves")]
    Open,
    /// A capture that does not exist.
    #[error(
        "unknown capture `${{{0}}}`; there are ${{exec.JOB.EDGE}}, ${{job.JOB}} and ${{node.EDGE}}"
    )]
    Unknown(String),
    /// No regular expression.
    #[error("not a regular expression: {0}")]
    Regex(String),
}

impl Pattern {
    /// Reads a pattern; every mistake that can be known before the run is known here.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or(PatternError::Open)?;
            parts.push(Part::Regex(before.to_owned()));
            parts.push(Part::Capture(capture(name)?));
            rest = after;
        }
        parts.push(Part::Regex(rest.to_owned()));
        let pattern = Self {
            text: text.to_owned(),
            parts,
        };
        let any = pattern.any();
        Regex::new(&any).map_err(|error| PatternError::Regex(shortly(&error)))?;
        Ok(pattern)
    }

    /// The captures, in order.
    pub fn captures(&self) -> impl Iterator<Item = &Capture> {
        self.parts.iter().filter_map(|part| match part {
            Part::Capture(capture) => Some(capture),
            Part::Regex(_) => None,
        })
    }

    /// The regular expression with anything at all in the place of captures: what is to be followed
    /// before their values are known.
    pub fn any(&self) -> String {
        self.join(|_| Some(".*".to_owned())).unwrap_or_default()
    }

    /// The regular expression with the values of the captures; the error is the capture without one.
    pub fn fill(&self, value: impl Fn(&Capture) -> Option<String>) -> Result<Regex, String> {
        let text = self.join(|capture| value(capture).map(|value| regex::escape(&value)));
        let text = text.map_err(ToString::to_string)?;
        Regex::new(&text).map_err(|error| shortly(&error))
    }

    fn join(&self, value: impl Fn(&Capture) -> Option<String>) -> Result<String, &Capture> {
        let mut whole = String::new();
        for part in &self.parts {
            match part {
                Part::Regex(text) => whole.push_str(text),
                Part::Capture(capture) => whole.push_str(&value(capture).ok_or(capture)?),
            }
        }
        Ok(whole)
    }
}

/// The last line of a regex error says what is wrong; those above draw where.
fn shortly(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn capture(name: &str) -> Result<Capture, PatternError> {
    let unknown = || PatternError::Unknown(name.to_owned());
    let mut words = name.split('.');
    let kind = words.next().unwrap_or_default();
    let mut word = || words.next().filter(|word| !word.is_empty());
    let found = match (kind, word(), word()) {
        ("exec", Some(job), Some(edge)) => Capture::Execution {
            job: job.to_owned(),
            edge: edge.to_owned(),
        },
        ("job", Some(job), None) => Capture::Job(job.to_owned()),
        ("node", Some(edge), None) => Capture::Node(edge.to_owned()),
        _ => return Err(unknown()),
    };
    match words.next() {
        None => Ok(found),
        Some(_) => Err(unknown()),
    }
}

impl fmt::Display for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Capture::Execution { job, edge } => write!(f, "${{exec.{job}.{edge}}}"),
            Capture::Job(job) => write!(f, "${{job.{job}}}"),
            Capture::Node(edge) => write!(f, "${{node.{edge}}}"),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        Self::parse(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_is_filled_in_literally() {
        let pattern = Pattern::parse("execution_id=${exec.late.edge1}( |$)").expect("a pattern");
        assert_eq!(pattern.captures().count(), 1);
        assert!(
            Regex::new(&pattern.any())
                .expect("a regex")
                .is_match("execution_id=x y")
        );
        let regex = pattern.fill(|_| Some("a.b".to_owned())).expect("a regex");
        assert!(regex.is_match("execution_id=a.b "));
        assert!(!regex.is_match("execution_id=aXb "));
        assert_eq!(
            pattern.fill(|_| None).expect_err("no value"),
            "${exec.late.edge1}"
        );
    }

    #[test]
    fn what_is_no_pattern_is_said_at_once() {
        assert_eq!(Pattern::parse("a ${exec.late"), Err(PatternError::Open));
        for name in ["exec.late", "exec.a.b.c", "exec..edge1", "pod.x", ""] {
            let unknown = PatternError::Unknown(name.to_owned());
            assert_eq!(Pattern::parse(&format!("${{{name}}}")), Err(unknown));
        }
        assert!(matches!(Pattern::parse("a(b"), Err(PatternError::Regex(_))));
    }

    #[test]
    fn it_travels_as_its_text() {
        let pattern = Pattern::parse("a ${job.late}").expect("a pattern");
        let json = serde_json::to_string(&pattern).expect("json");
        assert_eq!(json, r#""a ${job.late}""#);
        assert_eq!(
            serde_json::from_str::<Pattern>(&json).expect("back"),
            pattern
        );
    }
}
