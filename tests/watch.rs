//! `rejoin watch`: an API that goes away and comes back, Ctrl-C, and a page drawn in place.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// An API with one node in this state, until it is told to stop.
struct Api {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    served: Option<JoinHandle<()>>,
}

impl Api {
    fn at(address: SocketAddr, state: &'static str) -> Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let served = std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let mut request = [0; 2048];
                let length = stream.read(&mut request).unwrap_or_default();
                let head = String::from_utf8_lossy(&request[..length]).into_owned();
                let node = format!(
                    r#"{{"id":"n","spec":{{"name":"edge1"}},"status":{{"connection_state":"{state}"}}}}"#
                );
                let items = if head.starts_with("GET /api/v1/nodes") {
                    node
                } else {
                    String::new()
                };
                let body = format!(r#"{{"items":[{items}],"next_token":""}}"#);
                let length = body.len();
                // Who asked may have hung up.
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
                );
            }
        });
        Ok(Self {
            address,
            stop,
            served: Some(served),
        })
    }

    /// Nobody listens any more when this returns.
    fn end(mut self) -> Result<SocketAddr> {
        self.stop.store(true, Ordering::SeqCst);
        drop(std::net::TcpStream::connect(self.address)?);
        if let Some(served) = self.served.take() {
            served.join().map_err(|_| "the server panicked")?;
        }
        Ok(self.address)
    }
}

#[test]
fn an_api_that_goes_away_and_comes_back_is_told_and_ctrl_c_ends_it() -> Result {
    let api = Api::at(SocketAddr::from(([127, 0, 0, 1], 0)), "connected")?;
    let folder = tempfile::tempdir()?;
    let toml = format!(
        "[targets.lab]\nkind = \"docker\"\ncompose_file = \"none.yml\"\ntiming = \"tiny\"\nendpoint = \"http://{}\"\n",
        api.address
    );
    std::fs::write(folder.path().join("rejoin.toml"), toml)?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["watch", "--target", "lab", "--every", "50ms", "--for", "2m"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no stdout")?).lines();
    let mut until = |words: &str| -> Result {
        for line in lines.by_ref() {
            let line = line?;
            if line.contains(words) {
                return Ok(());
            }
        }
        Err(format!("«{words}» was never said").into())
    };
    until("node edge1 (n): connected")?;
    let address = api.end()?;
    until("no answer: GET http://")?;
    let api = Api::at(address, "lost")?;
    until("it answers again, after")?;
    until("node edge1 (n): connected -> lost")?;
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status()?;
    assert_eq!(child.wait()?.code(), Some(130));
    api.end()?;
    Ok(())
}

#[test]
fn nobody_there_at_the_start_is_an_error() -> Result {
    let folder = tempfile::tempdir()?;
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let toml = format!(
        "[targets.lab]\nkind = \"docker\"\ncompose_file = \"none.yml\"\nendpoint = \"http://{closed}\"\n"
    );
    std::fs::write(folder.path().join("rejoin.toml"), toml)?;
    let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["watch", "--target", "lab"])
        .current_dir(folder.path())
        .output()?;
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr)?.contains("refused"));
    Ok(())
}

#[test]
fn a_server_that_takes_its_time_does_not_make_it_longer_than_asked_for() -> Result {
    let folder = tempfile::tempdir()?;
    // Takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let address = silent.local_addr()?;
    let toml = format!(
        "[targets.lab]\nkind = \"docker\"\ncompose_file = \"none.yml\"\nendpoint = \"http://{address}\"\n"
    );
    std::fs::write(folder.path().join("rejoin.toml"), toml)?;
    let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["watch", "--target", "lab", "--for", "300ms"])
        .current_dir(folder.path())
        .output()?;
    let said = String::from_utf8(output.stderr)?;
    // Without an end of its own a look takes four requests of 15 s, and says so.
    assert!(
        said.contains("did not answer within 300ms (--for)"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(3));
    Ok(())
}
