//! Ports for servers that tests start as processes of their own.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range from which the system takes the ports of outgoing connections: a port of that range
/// that is free now may be somebody's connection before the server has bound it.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

static NEXT: AtomicU16 = AtomicU16::new(0);

/// A port of loopback that nobody listens on now and that this process did not give out before.
pub(crate) fn free_port() -> std::io::Result<u16> {
    // Test processes that run side by side begin at different places.
    let begin = std::process::id().wrapping_mul(97) % COUNT;
    let mut last = None;
    for _ in 0..200 {
        let step = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + (begin + step) % COUNT).unwrap_or(u16::MAX);
        match TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => return Ok(port),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::Error::other("no port was tried")))
}
