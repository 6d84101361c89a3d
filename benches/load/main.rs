//! Load of a large deployment on the harness: 1,000 nodes and 10,000 executions, served over loopback by a
//! process of their own. Time of one full reading (aim: under 150 ms), peak memory of the reader (aim: under
//! 60 MB), and how long a change takes to be seen by a run (aim: less than one poll interval).
//!
//! No benchmark harness: the peak is the kernel's word for the whole process (`VmHWM`), and a run takes
//! seconds.

mod server;
mod target;

use std::process::{Child, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rejoin::api::Orchestrator;
use rejoin::api::client::Client;
use rejoin::api::http::Http;
use rejoin::api::model::JobId;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const READING_MS: f64 = 150.0;
const PEAK_MB: f64 = 60.0;

/// The server in a process of its own; it ends with this.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Result<Self> {
        let mut command = std::process::Command::new(std::env::current_exe()?);
        let mut child = command
            .arg(server::ARGUMENT)
            .stdin(Stdio::piped()) // closed when this process ends, whatever ends it
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("no stdout")?;
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port })
    }

    fn eyes(&self) -> Result<Client<Http>> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        Ok(Client::new(Http::new(&endpoint, None, "")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

/// Everything that a sweep asks for, once.
async fn read(eyes: &Client<Http>) -> Result<(usize, usize)> {
    let job = JobId(server::JOB.to_owned());
    let (nodes, job_is, executions, evaluations) = futures_util::join!(
        eyes.nodes(),
        eyes.job(&job),
        eyes.executions(Some(&job)),
        eyes.evaluations(&job)
    );
    job_is?;
    evaluations?;
    Ok((nodes?.len(), executions?.len()))
}

async fn readings(eyes: &Client<Http>, times: usize) -> Result<Duration> {
    let mut took = Vec::new();
    for _ in 0..times {
        let began = Instant::now();
        let seen = read(eyes).await?;
        took.push(began.elapsed());
        assert_eq!(seen, (server::NODES, server::EXECUTIONS));
    }
    took.sort_unstable();
    Ok(took[took.len() / 2])
}

/// The most memory that this process ever had, in MB.
fn peak() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kb: f64 = number.ok_or("the kernel does not tell VmHWM")?.parse()?;
    Ok(kb / 1024.0)
}

fn measure(quick: bool) -> Result<bool> {
    let server = Server::start()?;
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build()?;
    let eyes = server.eyes()?;
    let median = runtime.block_on(readings(&eyes, if quick { 2 } else { 30 }))?;
    let (ms, mb) = (median.as_secs_f64() * 1000.0, peak()?);
    println!("load/one reading: {ms:.0} ms");
    println!("load/peak memory: {mb:.0} MB");
    let delays: &[u64] = if quick {
        &[300]
    } else {
        &[700, 1100, 1600, 2300, 3100, 4000]
    };
    let local = tokio::task::LocalSet::new();
    let mut seen = true;
    for delay in delays {
        let lag = local.block_on(&runtime, target::lag(server.port, *delay))?;
        let (after, interval) = (lag.after.as_millis(), lag.interval.as_millis());
        println!("load/a change is seen after: {after} ms, poll interval {interval} ms");
        // What changes while a sweep is being read is seen by the next one.
        seen &= lag.after < lag.interval + median;
    }
    Ok(quick || (ms < READING_MS && mb < PEAK_MB && seen))
}

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == server::ARGUMENT) {
        return server::serve();
    }
    let quick = std::env::args().any(|arg| arg == "--test");
    match measure(quick) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("an aim is missed: {READING_MS} ms, {PEAK_MB} MB, one poll interval");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
