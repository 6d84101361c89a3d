//! What the terminal can take: width, colour, log lines.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdout};

use tracing_subscriber::EnvFilter;

use crate::report::Style;
use crate::settings::{Environment, secrets};

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
        .with_writer(|| Stderr)
        .with_ansi(false) // log lines are for files, and the library's colours are not built in
        .init();
}

/// Prints a line of the answer on stdout. A reader that went away is no reason for a panic.
pub(super) fn print(text: impl Display) {
    write(format!("{text}\n"));
}

/// Prints a part of the answer on stdout, as it is but for secrets.
pub(super) fn write(text: impl AsRef<str>) {
    let _ = stdout().write_all(secrets::hide(text.as_ref()).as_bytes());
}

/// Says something beside the answer, on stderr.
pub(super) fn say(text: impl Display) {
    let _ = writeln!(stderr(), "{}", secrets::hide(&text.to_string()));
}

/// Standard error without secrets, for who writes there by himself; a write holds whole texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stderr;

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        stderr().write_all(secrets::hide(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        stderr().flush()
    }
}

/// The width of standard error, where it is a terminal.
pub(super) fn width_of_stderr() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(stderr())?;
    stderr().is_terminal().then_some(usize::from(width.0))
}

/// How many lines the terminal has.
pub(super) fn lines() -> usize {
    terminal_size::terminal_size().map_or(24, |size| usize::from(size.1.0))
}

/// Draws a page over the one before: from the first line on, each line to its end, and nothing below it.
pub(super) fn redraw(page: &str, lines: usize) {
    let mut out = String::from("\u{1b}[H");
    // One line less than there is: the last line break would move everything up.
    for line in page.lines().take(lines.saturating_sub(1)) {
        out.push_str(line);
        out.push_str("\u{1b}[K\n");
    }
    out.push_str("\u{1b}[J");
    let mut stdout = stdout();
    let _ = stdout
        .write_all(out.as_bytes())
        .and_then(|()| stdout.flush());
}
