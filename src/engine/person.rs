//! A person at standard input, who confirms with Enter what the run cannot do itself.
//!
//! A thread of its own reads the lines, since a read from a terminal can neither be waited for beside other
//! things nor be taken back; it is begun with the first question, so that no other run ever reads.

use std::io::{BufRead, IsTerminal, stdin};
use std::sync::Arc;
use std::thread::Builder;

use rustix::termios::{QueueSelector, tcflush};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many lines are read before they are asked for: `yes` writes without end.
const AHEAD: usize = 64;

/// What came from the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// A line, whatever it says: it is done.
    Done,
    /// There is nobody any more, and never was anybody perhaps.
    Closed,
}

/// Somebody who can be asked. Clones ask the same one, so that one run takes no line from the next.
#[derive(Debug, Clone)]
pub struct Person(Arc<Mutex<Lines>>);

#[derive(Debug)]
enum Lines {
    /// Nobody has read from standard input yet.
    Unread,
    /// One for each line; closed where the input is.
    Read(Receiver<()>),
}

impl Person {
    /// Whoever is at standard input. Reads nothing before somebody is asked.
    pub fn at_stdin() -> Self {
        Self(Arc::new(Mutex::new(Lines::Unread)))
    }

    /// Somebody whose lines come from elsewhere: for tests and for programs that embed the engine.
    pub fn told_by(lines: Receiver<()>) -> Self {
        Self(Arc::new(Mutex::new(Lines::Read(lines))))
    }

    /// Nobody: every question ends at once.
    pub fn nobody() -> Self {
        Self::told_by(channel(1).1)
    }

    /// A question is about to be asked. What was typed on a terminal before is no answer to it; what stands
    /// in a pipe is, since whoever wrote it knew the questions.
    pub fn ask(&mut self) {
        // Nobody else is waiting for a line while a question begins.
        let Ok(mut lines) = self.0.try_lock() else {
            return;
        };
        let terminal = stdin().is_terminal();
        match &mut *lines {
            Lines::Unread => {
                if terminal {
                    // Not every terminal can forget what was typed; then an early Enter counts.
                    let _ = tcflush(stdin(), QueueSelector::IFlush);
                }
                *lines = Lines::Read(from_stdin());
            }
            Lines::Read(read) if terminal => while read.try_recv().is_ok() {},
            Lines::Read(_) => {}
        }
    }

    /// Waits for the next line. Safe to drop while waiting.
    pub async fn told(&mut self) -> Told {
        match &mut *self.0.lock().await {
            Lines::Unread => Told::Closed,
            Lines::Read(read) => match read.recv().await {
                Some(()) => Told::Done,
                None => Told::Closed,
            },
        }
    }
}

/// The lines of standard input from now on, as long as this process lives.
fn from_stdin() -> Receiver<()> {
    let (told, lines) = channel(AHEAD);
    // Without a thread nothing is read, and the input is as good as closed.
    let _ = Builder::new()
        .name("stdin".to_owned())
        .spawn(move || read(stdin().lock(), &told));
    lines
}

/// Tells of every whole line. What it says is not kept: it may be long, and means nothing.
fn read(mut input: impl BufRead, told: &Sender<()>) {
    while let Ok(seen) = input.fill_buf() {
        if seen.is_empty() {
            return;
        }
        let lines = seen.split(|byte| *byte == b'\n').skip(1).count();
        let length = seen.len();
        input.consume(length);
        if (0..lines).any(|_| told.blocking_send(()).is_err()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> usize {
        let (told, mut lines) = channel(AHEAD);
        read(input, &told);
        drop(told);
        std::iter::from_fn(|| lines.try_recv().ok()).count()
    }

    #[test]
    fn a_line_is_what_ends() {
        assert_eq!(lines(b""), 0);
        assert_eq!(lines(b"not yet"), 0);
        assert_eq!(lines(b"\n"), 1);
        assert_eq!(lines(b"done\r\n\xff\xfe\nrest"), 2);
    }

    #[tokio::test]
    async fn nobody_is_closed_and_a_clone_takes_what_is_left() {
        assert_eq!(Person::nobody().told().await, Told::Closed);
        let (tell, lines) = channel(AHEAD);
        let mut first = Person::told_by(lines);
        let mut second = first.clone();
        assert!(tell.try_send(()).is_ok() && tell.try_send(()).is_ok());
        drop(tell);
        assert_eq!(first.told().await, Told::Done);
        assert_eq!(second.told().await, Told::Done);
        assert_eq!(first.told().await, Told::Closed);
    }
}
