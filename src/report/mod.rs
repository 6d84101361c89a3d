//! What a person reads of a run: a function of the journal, the width and the colour.
//!
//! [`table`] is the final report on stdout, [`matrix`] that of several playbooks, [`comparison`] that of
//! several subjects, [`ending`] says in a phrase how a run ended. [`live`] is the progress on stderr,
//! [`watch`] what an orchestrator shows without any run, [`words`] says steps and claims in the words of the playbook, [`style`] knows width and colour.

pub mod comparison;
pub mod ending;
pub mod live;
pub mod matrix;
pub mod plan;
pub mod style;
pub mod table;
mod verdict_text;
pub mod watch;
pub mod words;

pub use style::Style;
