//! What a person reads of a run: a function of the journal, the width and the colour.
//!
//! [`formats`] knows them all: [`table`] is the final report on stdout, [`matrix`] that of several playbooks,
//! [`result`] the same as data, [`junit`] and [`markdown`] are made of that, [`html`] is a page for a browser. [`comparison`] shows several
//! subjects, [`diff`] two runs, [`gate`] what a release has to pass, [`ending`] says in a phrase how a run ended, [`telling`] in sentences, [`told`] arranges its steps and
//! executions. [`live`] is the progress on stderr, [`watch`] what an orchestrator shows without any run, [`words`]
//! says steps and claims in the words of the playbook, [`style`] knows width and colour.

pub mod comparison;
pub mod diff;
pub mod ending;
pub mod explored;
pub mod formats;
pub mod gate;
pub mod html;
pub mod junit;
pub mod live;
pub mod markdown;
pub mod matrix;
pub mod plan;
pub mod result;
pub mod style;
pub mod swept;
pub mod table;
pub mod telling;
pub mod told;
mod verdict_text;
pub mod watch;
pub mod words;

pub use style::Style;
