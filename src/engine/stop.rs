//! Stop signals and the time limit of a run: what ends it from outside.

use std::fmt;
use std::time::Duration;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::time::Instant;

/// What ended the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Ctrl-C.
    Interrupt,
    /// `kill`, a CI system that loses patience.
    Terminate,
    /// `--timeout`.
    Timeout(Duration),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Interrupt => f.write_str("SIGINT"),
            Reason::Terminate => f.write_str("SIGTERM"),
            Reason::Timeout(limit) => {
                let limit = humantime::format_duration(*limit);
                write!(f, "the run took longer than --timeout {limit}")
            }
        }
    }
}

/// Listens for SIGINT and SIGTERM, and for the end of the time.
#[derive(Debug)]
pub struct Stop {
    signals: Option<(Stream, Stream)>,
    limit: Option<(Duration, Instant)>,
}

impl Stop {
    /// Takes over SIGINT and SIGTERM of this process.
    pub fn listen(limit: Option<Duration>) -> std::io::Result<Self> {
        let signals = (
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
        );
        Ok(Self {
            signals: Some(signals),
            limit: limit.map(|time| (time, Instant::now() + time)),
        })
    }

    /// Listens to nothing: for tests and for programs that embed the engine.
    pub fn never() -> Self {
        Self {
            signals: None,
            limit: None,
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
        let Some((interrupt, terminate)) = &mut self.signals else {
            return timeout.await;
        };
        let reason = tokio::select! {
            biased;
            _ = interrupt.recv() => Reason::Interrupt,
            _ = terminate.recv() => Reason::Terminate,
            reason = timeout => reason,
        };
        if matches!(reason, Reason::Timeout(_)) {
            self.limit = None;
        }
        reason
    }

    /// Waits for a second SIGINT: the wish to stop healing too. SIGTERM after SIGINT is no such wish,
    /// since CI systems send both.
    pub async fn insist(&mut self) {
        match &mut self.signals {
            Some((interrupt, _)) => drop(interrupt.recv().await),
            None => std::future::pending().await,
        }
    }
}
