//! A Markdown document as far as its fenced blocks go.

use std::collections::VecDeque;

use super::Result;

/// What the documents call the language of their commands, and of the blocks that only show something.
const COMMANDS: &str = "bash";
const SHOWN: [&str; 4] = ["", "diff", "go", "mermaid"];

/// A fenced block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The heading that it stands under.
    pub(crate) heading: String,
    /// What stands after the opening fence.
    language: String,
    /// The lines between the fences.
    pub(crate) text: String,
}

/// The blocks of a document in their order.
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
}

impl Document {
    /// Takes a document apart. A fence without an end is an error, and so is a language of which nobody
    /// has said whether it is to be run.
    pub(crate) fn read(file: &str) -> Result<Self> {
        let path = format!("{}/fixtures/seed/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path)?;
        let (mut heading, mut blocks) = (String::new(), Vec::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                if language != COMMANDS && !SHOWN.contains(&language) {
                    return Err(format!("{file}: a block in {language:?} under «{heading}»").into());
                }
                let mut text = String::new();
                loop {
                    match lines.next() {
                        Some("```") => break,
                        Some(line) => text.extend([line, "\n"]),
                        None => return Err(format!("{file}: a fence under «{heading}»").into()),
                    }
                }
                blocks.push(Block {
                    heading: heading.clone(),
                    language: language.to_owned(),
                    text,
                });
            } else if line.starts_with('#') {
                line.trim_start_matches('#').trim().clone_into(&mut heading);
            }
        }
        Ok(Self { blocks })
    }

    /// The blocks that are commands.
    pub(crate) fn commands(&self) -> VecDeque<Block> {
        let blocks = self
            .blocks
            .iter()
            .filter(|block| block.language == COMMANDS);
        blocks.cloned().collect()
    }

    /// The lines of the blocks under a heading that show what a log says, without their comments.
    pub(crate) fn log_lines(&self, heading: &str) -> Vec<&str> {
        let blocks = self
            .blocks
            .iter()
            .filter(|block| block.language.is_empty() && block.heading == heading);
        let lines = blocks.flat_map(|block| block.text.lines());
        lines.filter(|line| !line.starts_with('#')).collect()
    }
}

impl Block {
    /// Cuts a block in two before the first line that reads so.
    pub(crate) fn before(&self, line: &str) -> Result<[Self; 2]> {
        let at = self.place_of(line)?;
        Ok(self.cut(at))
    }

    /// Cuts a block in two after the first line that reads so.
    pub(crate) fn after(&self, line: &str) -> Result<[Self; 2]> {
        let at = self.place_of(line)? + line.len() + 1;
        Ok(self.cut(at))
    }

    fn place_of(&self, wanted: &str) -> Result<usize> {
        let mut at = 0;
        for line in self.text.lines() {
            if line == wanted {
                return Ok(at);
            }
            at += line.len() + 1;
        }
        Err(format!("no line {wanted:?} under «{}»", self.heading).into())
    }

    fn cut(&self, at: usize) -> [Self; 2] {
        let (head, tail) = self.text.split_at(at);
        [head, tail].map(|text| Self {
            text: text.to_owned(),
            ..self.clone()
        })
    }
}
