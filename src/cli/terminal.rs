//! What the terminal can take: width, colour, log lines.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdout};

use tracing_subscriber::EnvFilter;

use crate::report::Style;
use crate::settings::Environment;

/// The widest page: longer lines are hard to read.
const WIDEST: usize = 120;

/// How to print on stdout. Where it is no terminal the page is 80 columns wide, whatever `COLUMNS`
/// says, so that logs of different machines can be compared.
pub(super) fn style(environment: &Environment) -> Style {
    if !stdout().is_terminal() {
        return Style::PLAIN;
    }
    let width = environment.columns().or_else(|| {
        let size = terminal_size::terminal_size()?;
        Some(usize::from(size.0.0))
    });
    let width = width.unwrap_or(80).clamp(60, WIDEST);
    Style {
        width: u16::try_from(width).unwrap_or(80),
        colour: !environment.no_color(),
    }
}

/// Sends log lines to stderr; `REJOIN_LOG` overrides.
pub(super) fn log(verbose: u8) {
    let default = match verbose {
        0 => "warn",
        1 => "rejoin=debug,warn",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_env("REJOIN_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(false) // log lines are for files, and the library's colours are not built in
        .init();
}

/// Prints a line of the answer on stdout. A reader that went away is no reason for a panic.
pub(super) fn print(text: impl Display) {
    let _ = writeln!(stdout(), "{text}");
}

/// Says something beside the answer, on stderr.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(stderr(), "{text}");
}
