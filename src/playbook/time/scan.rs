//! Reading a time expression, character by character.
//!
//! Apart from its meaning: everything here is about spelling, and every error knows its column.

use super::{Atom, Term, TimeError};

/// Decimals are kept in billionths.
pub(super) const BILLION: u64 = 1_000_000_000;

/// How to write a time; ends most of the messages.
const EXAMPLES: &str = "write it like `30s`, `1.5s` or `2 * heartbeat + 5s`";

/// The text and how far it was read.
struct Scanner {
    chars: Vec<char>,
    at: usize,
}

/// Reads a whole expression: `term ((+ | -) term)*`.
pub(super) fn terms(text: &str) -> Result<Vec<Term>, TimeError> {
    let mut scanner = Scanner {
        chars: text.chars().collect(),
        at: 0,
    };
    scanner.spaces();
    if scanner.peek().is_none() {
        return Err(scanner.error(format!("a time is missing; {EXAMPLES}")));
    }
    if scanner.peek() == Some('-') {
        return Err(scanner.error("a time cannot be negative"));
    }
    let mut terms = vec![scanner.term(false)?];
    loop {
        scanner.spaces();
        let negative = match scanner.peek() {
            None => return Ok(terms),
            Some('+') => false,
            Some('-') => true,
            Some(_) => {
                return Err(
                    scanner.error(format!("`+`, `-` or the end should stand here; {EXAMPLES}"))
                );
            }
        };
        scanner.at += 1;
        scanner.spaces();
        terms.push(scanner.term(negative)?);
    }
}

impl Scanner {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn error(&self, message: impl Into<String>) -> TimeError {
        TimeError::Syntax {
            at: self.at,
            message: message.into(),
        }
    }

    fn spaces(&mut self) {
        self.take_while(|c| c == ' ');
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let taken: String = rest.iter().copied().take_while(|c| fits(*c)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// `[N *] (duration | name)`.
    fn term(&mut self, negative: bool) -> Result<Term, TimeError> {
        let start = self.at;
        let mut billionths = BILLION;
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let number = self.number()?;
            self.spaces();
            if self.peek() != Some('*') {
                self.at = start;
                return Ok(Term {
                    negative,
                    billionths,
                    atom: Atom::Nanos(self.duration()?),
                });
            }
            self.at += 1;
            self.spaces();
            billionths = number;
        }
        let atom = match self.peek() {
            Some(c) if c.is_ascii_digit() => Atom::Nanos(self.duration()?),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let at = self.at;
                Atom::Name(
                    self.take_while(|c| c.is_ascii_alphanumeric() || c == '_'),
                    at,
                )
            }
            _ => {
                return Err(self.error(format!(
                    "a duration or a name should stand here; {EXAMPLES}"
                )));
            }
        };
        Ok(Term {
            negative,
            billionths,
            atom,
        })
    }

    /// A decimal number, in billionths.
    fn number(&mut self) -> Result<u64, TimeError> {
        let start = self.at;
        let whole = self.take_while(|c| c.is_ascii_digit());
        let mut fraction = String::new();
        if self.peek() == Some('.') {
            self.at += 1;
            fraction = self.take_while(|c| c.is_ascii_digit());
            if fraction.is_empty() {
                return Err(self.error("a digit should follow the point"));
            }
        }
        let parsed = (fraction.len() <= 9)
            .then(|| format!("{whole}{fraction:0<9}"))
            .and_then(|digits| digits.parse().ok());
        parsed.ok_or_else(|| {
            self.at = start;
            self.error("this number is too long (at most 9 decimals, and below 18 billion)")
        })
    }

    /// A duration such as `1m30s`, in nanoseconds.
    fn duration(&mut self) -> Result<u64, TimeError> {
        let mut total: u64 = 0;
        loop {
            let start = self.at;
            let number = self.number()?;
            let nanos_per_unit = self.unit()?;
            let nanos = u128::from(number) * u128::from(nanos_per_unit) / u128::from(BILLION);
            let sum = u64::try_from(nanos)
                .ok()
                .and_then(|nanos| total.checked_add(nanos));
            let Some(sum) = sum else {
                self.at = start;
                return Err(self.error("this is longer than a year"));
            };
            total = sum;
            if !self.peek().is_some_and(|c| c.is_ascii_digit()) {
                return Ok(total);
            }
        }
    }

    /// A unit of time, in nanoseconds.
    fn unit(&mut self) -> Result<u64, TimeError> {
        let start = self.at;
        let unit = self.take_while(char::is_alphabetic);
        let message = match unit.as_str() {
            "ms" => return Ok(1_000_000),
            "s" => return Ok(BILLION),
            "m" => return Ok(60 * BILLION),
            "h" => return Ok(3_600 * BILLION),
            "d" => return Ok(86_400 * BILLION),
            "" => format!("this number needs a unit (ms, s, m, h, d); {EXAMPLES}"),
            "M" => "`M` could mean minutes or months: write `m` for minutes".to_owned(),
            "y" => "`y`: nothing here takes years; the units are ms, s, m, h, d".to_owned(),
            other => format!("unknown unit `{other}`; the units are ms, s, m, h, d"),
        };
        self.at = start;
        Err(self.error(message))
    }
}
