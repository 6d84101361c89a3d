//! An engine that takes its time: a socket in front of the real one that holds back the requests to start
//! a container, so that healing is still at work when something else happens.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rejoin::fault::docker::locate;
use rejoin::settings::Environment;

use super::Result;

/// The slow engine. A start that is still held back when this goes is never asked for.
pub(crate) struct HeldBack {
    folder: tempfile::TempDir,
    starts: Arc<Starts>,
}

/// The starts that came so far, by who waits to hear that the engine is gone.
#[derive(Default)]
struct Starts {
    held: Mutex<Vec<Sender<()>>>,
    more: Condvar,
}

impl Starts {
    fn held(&self) -> MutexGuard<'_, Vec<Sender<()>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldBack {
    /// Serves from now on; each start waits for so long.
    pub(crate) fn by(time: Duration) -> Result<Self> {
        let slow = Self {
            folder: tempfile::tempdir()?,
            starts: Arc::default(),
        };
        let real = locate(&Environment::read())?.host;
        let real = real
            .strip_prefix("unix://")
            .ok_or("no engine on a socket")?;
        let real = real.to_owned();
        let listener = UnixListener::bind(slow.socket())?;
        let starts = slow.starts.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (real, starts) = (real.clone(), starts.clone());
                // A connection that breaks off is the client's to notice.
                thread::spawn(move || drop(forward(client, &real, time, &starts)));
            }
        });
        Ok(slow)
    }

    /// What `DOCKER_HOST` has to say.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Waits until so many starts have come.
    pub(crate) fn holds(&self, count: usize) -> Result {
        let limit = Duration::from_secs(30);
        let fewer = |held: &mut Vec<Sender<()>>| held.len() < count;
        let waited = self
            .starts
            .more
            .wait_timeout_while(self.starts.held(), limit, fewer);
        let (_held, late) = waited.map_err(|_| "a connection panicked")?;
        if late.timed_out() {
            return Err(format!("{count} starts did not come within {limit:?}").into());
        }
        Ok(())
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        self.starts.held().clear(); // whoever waits for one of these hears of it
    }
}

/// Passes on what the client asks, request by request (it sends the next one when the last is answered),
/// and what the engine says.
fn forward(
    mut client: UnixStream,
    real: &str,
    time: Duration,
    starts: &Starts,
) -> std::io::Result<()> {
    let mut engine = UnixStream::connect(real)?;
    let (mut answers, mut to) = (engine.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = client.read(&mut buffer)?;
        let asked = &buffer[..length];
        if length == 0 {
            return engine.shutdown(Shutdown::Write);
        }
        let first = asked
            .split(|byte| *byte == b'\r')
            .next()
            .unwrap_or_default();
        let start = first.starts_with(b"POST ") && first.windows(6).any(|it| it == b"/start");
        if start {
            let (sender, over) = mpsc::channel();
            starts.held().push(sender);
            starts.more.notify_all();
            if over.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Disconnected) {
                return Ok(());
            }
        }
        engine.write_all(asked)?;
    }
}
