//! How many of many things are done: in place on a terminal, else a line now and then.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines where there is no terminal.
const EVERY: Duration = Duration::from_secs(30);

/// Counts on standard error, for several threads.
#[derive(Debug)]
pub struct Counter {
    bar: ProgressBar,
    what: &'static str,
    /// When the next line is due; never where there is a terminal or nothing is to be said.
    due: Option<Mutex<Instant>>,
}

impl Counter {
    /// Of these things; silent if `quiet`.
    pub fn new(quiet: bool, what: &'static str) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        let style = ProgressStyle::with_template("{pos} {msg}, {elapsed}, {per_sec}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what);
        let lines = !quiet && bar.is_hidden();
        let due = lines.then(|| Mutex::new(Instant::now() + EVERY));
        Self { bar, what, due }
    }

    /// So many are done; the line to say, where one is due.
    pub fn set(&self, done: u64) -> Option<String> {
        self.bar.set_position(done);
        let mut due = self.due.as_ref()?.try_lock().ok()?;
        (Instant::now() >= *due).then(|| {
            *due = Instant::now() + EVERY;
            format!("{done} {}", self.what)
        })
    }

    /// Takes it from the terminal.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
