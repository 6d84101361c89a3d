//! Following the lines of one container.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;

use super::engine::{Engine, reason, status};
use super::time::EngineTime;
use super::watch::REOPEN;
use crate::fault::recreate::state;
use crate::fault::{ContainerName, Heed, Lost, RunState, Sighting};

/// What is kept of a line that does not end, in bytes.
const LONGEST_LINE: usize = 256 * 1024;

/// The engine's time of the latest line told; shared with whoever follows the container next.
#[derive(Debug, Clone)]
pub(super) struct Place(Arc<Mutex<EngineTime>>);

impl Place {
    /// Nothing was told since this moment.
    pub(super) fn at(time: EngineTime) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    fn get(&self) -> EngineTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lines of the two streams may come out of order; the place never goes back.
    fn reach(&self, time: EngineTime) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *place = time.max(*place);
    }
}

/// One container's lines on their way to the listener.
pub(super) struct Lines {
    pub(super) container: ContainerName,
    pub(super) engine: Engine,
    pub(super) id: String,
    pub(super) told: Place,
    pub(super) to: UnboundedSender<Sighting>,
    /// Which lines are told.
    pub(super) heed: Heed,
}

impl Lines {
    /// Tells until the container ends. A stream that breaks is opened again where it broke: the engine
    /// keeps the lines. Says so where it does not.
    pub(super) async fn tell(self) {
        let mut whole = true;
        loop {
            let broken = self.stream().await;
            match self.engine.plain.inspect(&self.id).await {
                Ok(found) => {
                    let runs = found
                        .as_ref()
                        .is_some_and(|inspect| state(inspect) != RunState::Exited);
                    if self
                        .after(broken.as_ref(), found.is_some(), runs)
                        .is_break()
                    {
                        return;
                    }
                    whole = true;
                }
                // The engine is away; whether it still has the lines when it is back, nobody knows.
                Err(error) if whole => {
                    self.gap(&error.to_string());
                    whole = false;
                }
                Err(_) => {}
            }
            tokio::time::sleep(REOPEN).await;
        }
    }

    /// What follows the end of a stream, when the engine answers.
    fn after(&self, broken: Option<&Error>, exists: bool, runs: bool) -> ControlFlow<()> {
        match broken {
            // An end in order, of the container itself.
            None if !runs => ControlFlow::Break(()),
            // Refused (no such log, a driver that cannot be read), or the lines are gone for good.
            Some(error) if status(error).is_some() || !exists => {
                self.gap(&reason(error));
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn gap(&self, reason: &str) {
        let reason = format!("the lines of {} broke off: {reason}", self.container);
        let of = Lost::Lines;
        let _ = self.to.send(Sighting::Gap { of, reason });
    }

    /// Tells the lines of one stream to its end; `Some` where it broke.
    async fn stream(&self) -> Option<Error> {
        // Told already, up to here. The engine takes whole seconds, so the stream repeats some.
        let place = self.told.get();
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .since(i32::try_from(place.0 / 1_000_000_000).unwrap_or(0))
            .build();
        let mut frames = Box::pin(self.engine.docker.logs(&self.id, Some(options)));
        let mut partial: BTreeMap<bool, String> = BTreeMap::new();
        while let Some(frame) = frames.next().await {
            match frame {
                Ok(frame) => {
                    let from_stderr = matches!(frame, LogOutput::StdErr { .. });
                    let partial = partial.entry(from_stderr).or_default();
                    self.frame(&frame.to_string(), place, partial);
                }
                Err(error) => return Some(error),
            }
        }
        None
    }

    /// Takes one frame, `TIME TEXT`; the engine cuts lines of more than 16 KiB into several.
    fn frame(&self, frame: &str, place: EngineTime, partial: &mut String) {
        let Some((time, text)) = frame.split_once(' ') else {
            return;
        };
        let Some(time) = EngineTime::parse(time).filter(|time| *time > place) else {
            return;
        };
        if partial.len() < LONGEST_LINE || text.ends_with('\n') {
            partial.push_str(text);
        }
        let Some(line) = partial.strip_suffix('\n') else {
            return;
        };
        self.told.reach(time);
        let line = line.trim_end_matches('\r');
        if self.heed.tells(line) {
            let _ = self.to.send(Sighting::Line {
                at: time.timestamp(),
                container: self.container.clone(),
                text: line.to_owned(),
            });
        }
        partial.clear();
    }
}
