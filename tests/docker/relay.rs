//! A relay between the program and the engine, which cuts every connection when a test says so.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Result;
use rejoin::fault::docker::locate;
use rejoin::settings::Environment;

/// A relay in the way of every request to the engine.
pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<State>,
}

/// What the connections share.
#[derive(Default)]
struct State {
    open: Mutex<Vec<TcpStream>>,
    /// Until when the engine is away.
    away: Mutex<Option<Away>>,
    trap: Mutex<Option<(&'static str, Away)>>,
}

#[derive(Clone, Copy)]
enum Away {
    For(Duration),
    Until(Instant),
    ForEver,
}

impl Relay {
    /// A relay to the engine of this machine; `None` where the engine is elsewhere.
    pub(crate) fn before_the_engine() -> Result<Option<Self>> {
        let host = locate(&Environment::read())?.host;
        let Some(socket) = host.strip_prefix("unix://").map(str::to_owned) else {
            return Ok(None); // an engine elsewhere cannot be stood before
        };
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !shared.is_away() {
                    // A connection that cannot be made is one that the program sees closed.
                    let _ = connect(client, &socket, &shared);
                }
            }
        });
        Ok(Some(Self { address, state }))
    }

    /// For `DOCKER_HOST`.
    pub(crate) fn host(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// Cuts every connection; new ones are possible at once.
    pub(crate) fn cut(&self) {
        self.state.cut();
    }

    /// From now on the engine is away.
    pub(crate) fn close(&self) {
        self.state.leave(Away::ForEver);
    }

    /// The engine is away for so long.
    pub(crate) fn close_for(&self, time: Duration) {
        self.state.leave(Away::For(time));
    }

    /// The engine gets the next request with these words, and is away for so long before it could answer.
    pub(crate) fn close_on(&self, words: &'static str, time: Duration) {
        *lock(&self.state.trap) = Some((words, Away::For(time)));
    }
}

impl State {
    fn is_away(&self) -> bool {
        match *lock(&self.away) {
            Some(Away::Until(end)) => Instant::now() < end,
            Some(Away::ForEver | Away::For(_)) => true,
            None => false,
        }
    }

    fn leave(&self, how: Away) {
        *lock(&self.away) = Some(match how {
            Away::For(time) => Away::Until(Instant::now() + time),
            how => how,
        });
        self.cut();
    }

    fn cut(&self) {
        for stream in lock(&self.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both); // it may be closed already
        }
    }

    /// Springs the trap if this is what it waits for.
    fn asked(&self, request: &[u8]) {
        let mut trap = lock(&self.trap);
        let text = String::from_utf8_lossy(request);
        if let Some((_, how)) = trap.take_if(|(words, _)| text.contains(*words)) {
            self.leave(how);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(client: TcpStream, socket: &str, state: &Arc<State>) -> std::io::Result<()> {
    let engine = UnixStream::connect(socket)?;
    lock(&state.open).push(client.try_clone()?);
    let (from, to) = (client.try_clone()?, engine.try_clone()?);
    let shared = Arc::clone(state);
    // Either side may hang up at any time: that is what a relay is for.
    std::thread::spawn(move || {
        let _ = pump(from, &to, |bytes| shared.asked(bytes));
        let _ = to.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let _ = pump(engine, &client, |_| {});
        let _ = client.shutdown(Shutdown::Both);
    });
    Ok(())
}

fn pump(mut from: impl Read, mut to: impl Write, passed: impl Fn(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let bytes = match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => &buffer[..count],
        };
        to.write_all(bytes)?;
        passed(bytes);
    }
}
