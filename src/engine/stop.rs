//! Stop signals and the time limit of a run: what ends it from outside.

use std::fmt;
use std::time::Duration;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::time::Instant;

use crate::exit::Exit;

/// Long enough for a signal that was sent to be heard.
const A_MOMENT: Duration = Duration::from_millis(1);

/// What ended the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM: a CI system that loses patience.
    Terminate,
    /// SIGHUP: the terminal went away.
    HangUp,
    /// `--timeout`.
    Timeout(Duration),
}

impl Reason {
    /// How a program that was ended by this ends; `None` where no signal ended it.
    pub const fn exit(self) -> Option<Exit> {
        match self {
            Reason::Interrupt => Some(Exit::Interrupted),
            Reason::Terminate | Reason::HangUp => Some(Exit::Terminated),
            Reason::Timeout(_) => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Interrupt => f.write_str("SIGINT"),
            Reason::Terminate => f.write_str("SIGTERM"),
            Reason::HangUp => f.write_str("SIGHUP"),
            Reason::Timeout(limit) => {
                let limit = humantime::format_duration(*limit);
                write!(f, "the run took longer than --timeout {limit}")
            }
        }
    }
}

/// Listens for signals and for the end of the time, and remembers what it heard.
#[derive(Debug)]
pub struct Stop {
    signals: Option<Signals>,
    limit: Option<(Duration, Instant)>,
    interrupts: u32,
}

#[derive(Debug)]
struct Signals {
    interrupt: Stream,
    terminate: Stream,
    hang_up: Stream,
}

impl Stop {
    /// Takes over SIGINT, SIGTERM and SIGHUP of this process.
    pub fn listen(limit: Option<Duration>) -> std::io::Result<Self> {
        let signals = Signals {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        };
        Ok(Self {
            signals: Some(signals),
            limit: limit.map(|time| (time, Instant::now() + time)),
            interrupts: 0,
        })
    }

    /// Listens to nothing: for tests and for programs that embed the engine.
    pub fn never() -> Self {
        Self {
            signals: None,
            limit: None,
            interrupts: 0,
        }
    }

    /// Waits for the next reason to stop. Safe to drop while waiting.
    pub async fn next(&mut self) -> Reason {
        let limit = self.limit;
        let timeout = async move {
            match limit {
                Some((time, at)) => {
                    tokio::time::sleep_until(at).await;
                    Reason::Timeout(time)
                }
                None => std::future::pending().await,
            }
        };
        let over = tokio::select! {
            biased;
            reason = self.signal() => return reason,
            over = timeout => over,
        };
        self.limit = None;
        over
    }

    /// Waits for the next signal, whatever the time. Safe to drop while waiting.
    async fn signal(&mut self) -> Reason {
        let Some(signals) = &mut self.signals else {
            return std::future::pending().await;
        };
        let reason = tokio::select! {
            biased;
            _ = signals.interrupt.recv() => Reason::Interrupt,
            _ = signals.terminate.recv() => Reason::Terminate,
            _ = signals.hang_up.recv() => Reason::HangUp,
        };
        self.interrupts += u32::from(reason == Reason::Interrupt);
        reason
    }

    /// A signal that came and was not taken yet.
    pub async fn heard(&mut self) -> Option<Reason> {
        tokio::time::timeout(A_MOMENT, self.signal()).await.ok()
    }

    /// Waits for the wish to stop healing too: a second SIGINT, whenever the first one came. SIGTERM
    /// after SIGINT is no such wish, since CI systems send both. What else comes is put into `first`
    /// if nothing stands there yet.
    pub async fn insist(&mut self, first: &mut Option<Reason>) {
        while self.interrupts < 2 {
            let reason = self.signal().await;
            first.get_or_insert(reason);
        }
    }
}
