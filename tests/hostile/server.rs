//! A server on a real socket before an orchestrator in memory, that spoils what passes through it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rejoin::api::transport::{Method, Request, Response, Transport};
use rejoin::target::sim::SimTransport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::Result;
use crate::skew::skewed;
use crate::trouble::{Dice, Trouble};

/// How many answers a cache may be behind.
const REMEMBERED: usize = 6;
/// Pieces of a slow answer.
const PIECES: usize = 6;

/// A server before an orchestrator.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) tally: Rc<RefCell<Tally>>,
    task: AbortHandle,
}

/// What it did, by number.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    pub(crate) spoiled: BTreeMap<Trouble, usize>,
}

struct Behind {
    orchestrator: SimTransport,
    dice: RefCell<Dice>,
    skew: i64,
    tally: Rc<RefCell<Tally>>,
    /// Earlier answers by path, without the query: a cache that takes no hints.
    earlier: RefCell<BTreeMap<String, Vec<Vec<u8>>>>,
}

impl Server {
    /// Serves on a port of its own. Must be called inside a `LocalSet`.
    pub(crate) async fn before(orchestrator: SimTransport, mut dice: Dice) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let tally = Rc::default();
        let behind = Rc::new(Behind {
            orchestrator,
            skew: dice.skew(),
            dice: RefCell::new(dice),
            tally: Rc::clone(&tally),
            earlier: RefCell::default(),
        });
        let accept = async move {
            while let Ok((stream, _)) = listener.accept().await {
                let behind = Rc::clone(&behind);
                // Who hangs up is no failure of the server's.
                tokio::task::spawn_local(async move { drop(behind.serve(stream).await) });
            }
        };
        let task = tokio::task::spawn_local(accept).abort_handle();
        Ok(Self { port, tally, task })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Behind {
    /// One connection, one request.
    async fn serve(&self, mut stream: TcpStream) -> Result {
        let Some(request) = read(&mut stream).await? else {
            return Ok(());
        };
        self.tally.borrow_mut().requests += 1;
        let mut trouble = self.dice.borrow_mut().throw();
        let path = request.path_and_query.split('?').next().unwrap_or_default();
        let cached = self.cached(&request, path);
        if matches!(trouble, Some(Trouble::Stale | Trouble::Aged)) && cached.is_none() {
            trouble = None;
        }
        if let Some(trouble) = trouble {
            *self.tally.borrow_mut().spoiled.entry(trouble).or_default() += 1;
        }
        let answer = match trouble {
            Some(trouble) if !trouble.arrives() => Response::default(),
            _ => match self.orchestrator.send(request.clone()).await {
                Ok(answer) => answer,
                Err(_) => return reset(stream), // it does not run
            },
        };
        let body = skewed(&answer.body, self.skew);
        let read = request.method == Method::Get && answer.status == 200;
        if read && trouble.is_none() {
            let mut earlier = self.earlier.borrow_mut();
            let kept = earlier.entry(path.to_owned()).or_default();
            kept.push(body.clone());
            let many = kept.len().saturating_sub(REMEMBERED);
            kept.drain(..many);
        }
        match trouble {
            None => whole(&mut stream, answer.status, "", &body).await,
            Some(trouble) => {
                self.spoil(stream, trouble, answer.status, &body, cached)
                    .await
            }
        }
    }

    /// An earlier answer, not the last one.
    fn cached(&self, request: &Request, path: &str) -> Option<Vec<u8>> {
        let earlier = self.earlier.borrow();
        let kept = earlier
            .get(path)
            .filter(|_| request.method == Method::Get)?;
        let (_, older) = kept.split_last()?;
        let all: Vec<usize> = (0..older.len()).collect();
        let index = self.dice.borrow_mut().one_of(&all)?;
        older.get(index).cloned()
    }

    async fn spoil(
        &self,
        mut stream: TcpStream,
        trouble: Trouble,
        status: u16,
        body: &[u8],
        cached: Option<Vec<u8>>,
    ) -> Result {
        let one_of = |all: &[u16]| self.dice.borrow_mut().one_of(all).unwrap_or(500);
        let page = b"<!doctype html><title>gateway</title>".as_slice();
        let cached = cached.unwrap_or_default();
        match trouble {
            Trouble::TooMany => whole(&mut stream, 429, "Retry-After: 0\r\n", b"{}").await,
            Trouble::Broken => {
                let status = one_of(&[500, 502, 503]);
                whole(&mut stream, status, "", br#"{"message":"boom"}"#).await
            }
            Trouble::Page => whole(&mut stream, one_of(&[200, 502, 404]), "", page).await,
            Trouble::ResetBefore | Trouble::ResetAfter => reset(stream),
            Trouble::Truncated => {
                head(&mut stream, status, "", body.len() + 1).await?;
                Ok(stream.write_all(&body[..body.len() / 2]).await?)
            }
            Trouble::Cut => whole(&mut stream, status, "", &body[..body.len() / 2]).await,
            Trouble::Slow => {
                head(&mut stream, status, "", body.len()).await?;
                for piece in body.chunks(body.len() / PIECES + 1) {
                    let pause = self.dice.borrow_mut().dribble();
                    tokio::time::sleep(pause).await;
                    stream.write_all(piece).await?;
                }
                Ok(())
            }
            Trouble::Silent => {
                // Until the client loses patience.
                let mut nothing = [0; 1];
                stream.read_exact(&mut nothing).await?;
                Ok(())
            }
            Trouble::Huge => {
                head(&mut stream, 200, "", 10_000_000_000).await?;
                Ok(stream.write_all(&[b' '; 4096]).await?)
            }
            Trouble::Shape => {
                let shapes = [
                    br#"{"error":"try later"}"#.as_slice(),
                    b"[]",
                    b"\"ok\"",
                    b"7",
                ];
                let shape = self.dice.borrow_mut().one_of(&shapes).unwrap_or_default();
                whole(&mut stream, 200, "", shape).await
            }
            Trouble::Noise => Ok(stream.write_all(b"\x16\x03\x01\x00 what?\r\n\r\n").await?),
            Trouble::Stale => whole(&mut stream, 200, "", &cached).await,
            Trouble::Aged => whole(&mut stream, 200, "Age: 3\r\n", &cached).await,
        }
    }
}

/// Reads one request; `None` where the client hung up.
async fn read(stream: &mut TcpStream) -> Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec())?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>())
    });
    let length = length.transpose()?.unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let mut words = head.split_whitespace();
    let (method, path) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let method = match method {
        "GET" => Method::Get,
        "PUT" => Method::Put,
        "POST" => Method::Post,
        "DELETE" => Method::Delete,
        other => return Err(format!("a {other} request").into()),
    };
    let body = (length > 0)
        .then(|| serde_json::from_slice(&bytes[end..]))
        .transpose()?;
    let path = path.strip_prefix("/api/v1").ok_or("a path elsewhere")?;
    Ok(Some(Request {
        method,
        path_and_query: path.to_owned(),
        body,
    }))
}

async fn head(stream: &mut TcpStream, status: u16, more: &str, length: usize) -> Result {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n{more}Content-Length: {length}\r\n\r\n"
    );
    Ok(stream.write_all(head.as_bytes()).await?)
}

async fn whole(stream: &mut TcpStream, status: u16, more: &str, body: &[u8]) -> Result {
    head(stream, status, more, body.len()).await?;
    stream.write_all(body).await?;
    Ok(stream.shutdown().await?)
}

fn reset(stream: TcpStream) -> Result {
    stream.set_zero_linger()?;
    drop(stream);
    Ok(())
}
