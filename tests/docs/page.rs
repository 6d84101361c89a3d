//! A page of Markdown, as far as these tests care: fenced blocks and generated parts.
//!
//! Apart so that a page is written back byte for byte but for the parts that changed.

use super::sandbox::Sandbox;
use super::{examples, generated, standin, verdicts};

/// A page in pieces; joined again they are the page.
pub(crate) struct Page {
    pub(crate) segments: Vec<Segment>,
}

/// A piece of a page.
pub(crate) enum Segment {
    /// A line that means nothing here.
    Line(String),
    /// A fenced block: the words after the fence, and its lines.
    Block { info: String, lines: Vec<String> },
    /// What stands between `<!-- NAME: generated -->` and `<!-- end -->`.
    Generated { name: String, lines: Vec<String> },
}

const FENCE: &str = "```";
const END: &str = "<!-- end -->";

impl Page {
    /// Takes a page apart; a fence or a generated part without an end is an error.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let mut segments = Vec::new();
        while let Some(line) = lines.next() {
            let mut until = |end: &str| -> Result<Vec<String>, String> {
                let mut inside = Vec::new();
                for next in lines.by_ref() {
                    if next == end {
                        return Ok(inside);
                    }
                    inside.push(next.to_owned());
                }
                Err(format!("`{line}` has no `{end}`"))
            };
            segments.push(if let Some(info) = line.strip_prefix(FENCE) {
                let info = info.trim().to_owned();
                Segment::Block {
                    info,
                    lines: until(FENCE)?,
                }
            } else if let Some(name) = marker(line) {
                Segment::Generated {
                    name,
                    lines: until(END)?,
                }
            } else {
                Segment::Line(line.to_owned())
            });
        }
        Ok(Self { segments })
    }

    /// The page as the program would have it now.
    pub(crate) fn refreshed(mut self, sandbox: &Sandbox) -> Result<String, String> {
        for segment in &mut self.segments {
            match segment {
                Segment::Block { info, lines } if info.starts_with("console") => {
                    *lines = sandbox.session(lines, exit_code(info)?)?;
                }
                Segment::Generated { name, lines } => {
                    let text =
                        part(name, sandbox).ok_or_else(|| format!("nobody generates `{name}`"))?;
                    *lines = text.lines().map(str::to_owned).collect();
                }
                Segment::Block { .. } | Segment::Line(_) => {}
            }
        }
        Ok(self.render())
    }

    fn render(&self) -> String {
        let mut text = String::new();
        let mut add = |line: &str| text.extend([line, "\n"]);
        for segment in &self.segments {
            let (begin, lines, end) = match segment {
                Segment::Line(line) => {
                    add(line);
                    continue;
                }
                Segment::Block { info, lines } => (format!("{FENCE}{info}"), lines, FENCE),
                Segment::Generated { name, lines } => {
                    (format!("<!-- {name}: generated -->"), lines, END)
                }
            };
            add(&begin);
            for line in lines {
                add(line);
            }
            add(end);
        }
        text
    }
}

fn marker(line: &str) -> Option<String> {
    let name = line
        .strip_prefix("<!-- ")?
        .strip_suffix(": generated -->")?;
    Some(name.to_owned())
}

/// The exit code of `console exit=N`; 0 where none is given.
fn exit_code(info: &str) -> Result<i32, String> {
    let rest = info.strip_prefix("console").unwrap_or_default().trim();
    if rest.is_empty() {
        return Ok(0);
    }
    rest.strip_prefix("exit=")
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| format!("`{info}`: write it as `console exit=N`"))
}

/// The generated part of this name.
fn part(name: &str, sandbox: &Sandbox) -> Option<String> {
    Some(match name {
        "exit codes" => generated::exit_codes(),
        "timing profiles" => generated::timing_profiles(),
        "default deadlines" => generated::deadlines(),
        "words" => generated::words(),
        "faults" => generated::faults(),
        "transitions" => generated::transitions(),
        "variants" => standin::variants(),
        "mutants" => standin::mutants(),
        "verdicts" => verdicts::verdicts(),
        "caught mutants" => verdicts::caught(),
        "journal entries" => examples::entries(sandbox),
        "repeated answer" => examples::repeated(sandbox),
        _ => return None,
    })
}
