//! What a person reads of a run: a function of the journal, the width and the colour.
//!
//! [`table`] is the final report on stdout, [`live`] the progress on stderr, [`words`] says steps and
//! claims in the words of the playbook, [`style`] knows width and colour.

pub mod live;
pub mod plan;
pub mod style;
pub mod summary;
pub mod table;
mod verdict_text;
pub mod words;

pub use style::Style;
