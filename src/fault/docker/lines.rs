//! Following the lines of one container.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptionsBuilder;
use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;

use super::engine::{Engine, reason};
use crate::clock::Timestamp;
use crate::fault::{ContainerName, Sighting};

/// One container's lines on their way to the listener.
pub(super) struct Lines {
    pub(super) container: ContainerName,
    pub(super) engine: Engine,
    pub(super) id: String,
    /// The engine's time of the last line told.
    pub(super) told: Arc<Mutex<String>>,
    pub(super) to: UnboundedSender<Sighting>,
}

impl Lines {
    /// Tells until the container ends or the stream breaks.
    pub(super) async fn tell(self) {
        // The engine takes whole seconds here; what was told already is left out below.
        let told = self
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let since = Timestamp::parse(&told).map_or(0, |time| time.0 / 1000);
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .timestamps(true)
            .since(i32::try_from(since).unwrap_or(0))
            .build();
        let mut frames = Box::pin(self.engine.docker.logs(&self.id, Some(options)));
        let mut partial: BTreeMap<bool, String> = BTreeMap::new();
        while let Some(frame) = frames.next().await {
            match frame {
                Ok(frame) => {
                    let from_stderr = matches!(frame, LogOutput::StdErr { .. });
                    self.frame(&frame.to_string(), partial.entry(from_stderr).or_default());
                }
                Err(error) => {
                    let _ = self.to.send(Sighting::Gap {
                        reason: format!(
                            "the lines of {} broke off: {}",
                            self.container,
                            reason(&error)
                        ),
                    });
                    return;
                }
            }
        }
    }

    /// Takes one frame, `TIME TEXT`; the engine cuts lines of more than 16 KiB into several.
    fn frame(&self, frame: &str, partial: &mut String) {
        let Some((time, text)) = frame.split_once(' ') else {
            return;
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if time <= told.as_str() {
            return;
        }
        partial.push_str(text);
        let (Some(line), Some(at)) = (partial.strip_suffix('\n'), Timestamp::parse(time)) else {
            return;
        };
        time.clone_into(&mut told);
        let _ = self.to.send(Sighting::Line {
            at,
            container: self.container.clone(),
            text: line.trim_end_matches('\r').to_owned(),
        });
        partial.clear();
    }
}
