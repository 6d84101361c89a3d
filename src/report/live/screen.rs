//! Progress on a terminal: the events go by above, and below stands where the run is, its deadline counting
//! down.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::Live;
use super::glance::Glance;
use crate::clock::brief;
use crate::journal::{Entry, Event, Watcher};
use crate::plan::Plan;
use crate::settings::secrets;

/// How often the countdown is drawn.
const TICK: Duration = Duration::from_millis(250);

/// Progress on a terminal.
pub struct Screen {
    events: Live<Above>,
    shown: Arc<Mutex<Shown>>,
    bar: ProgressBar,
    plan: Option<Box<Plan>>,
    width: usize,
}

/// What is drawn, also between two entries.
#[derive(Default)]
struct Shown {
    glance: Glance,
    /// Until when the present step may take.
    deadline: Option<Instant>,
}

/// The lines above: the block below is taken away for the while.
struct Above(ProgressBar);

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = secrets::hide(&text);
        self.0.suspend(|| io::stderr().write_all(text.as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Screen {
    /// On standard error, which is a terminal of that width.
    pub fn new(width: usize) -> Self {
        let shown = Arc::new(Mutex::new(Shown::default()));
        let drawn = Arc::clone(&shown);
        let block = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            let shown = drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let left = shown.deadline.map_or(String::new(), left);
            let lines = shown.glance.lines(&left, width.saturating_sub(1));
            let _ = out.write_str(&secrets::hide(&lines.join("\n")));
        };
        let style = ProgressStyle::with_template("{block}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(style.with_key("block", block));
        bar.enable_steady_tick(TICK);
        Self {
            events: Live::to(Above(bar.clone())),
            shown,
            bar,
            plan: None,
            width,
        }
    }

    /// When a step that begins now is over at the latest.
    fn deadline(&self, event: &Event) -> Option<Instant> {
        let plan = self.plan.as_ref()?;
        let longest = match event {
            Event::StepStarted { step } => plan.steps.get(*step)?.action.longest(),
            _ => return None,
        };
        (!longest.is_zero()).then(|| Instant::now() + longest)
    }
}

/// What is left until then, in words.
fn left(deadline: Instant) -> String {
    let left = deadline.saturating_duration_since(Instant::now());
    match left.as_secs() {
        0 => "the time is over".to_owned(),
        seconds => format!(
            "{} left",
            brief(Duration::from_secs(seconds)).replace(".0s", "s")
        ),
    }
}

impl Watcher for Screen {
    fn entry(&mut self, entry: &Entry) {
        if let Event::Header { plan, .. } = &entry.event {
            self.plan = Some(plan.clone());
        }
        {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            shown.glance.take(entry);
            match &entry.event {
                Event::StepStarted { .. } => shown.deadline = self.deadline(&entry.event),
                Event::StepEnded { .. } | Event::Phase { .. } => shown.deadline = None,
                _ => {}
            }
        }
        self.events.entry(entry);
        match entry.event {
            Event::End => self.bar.finish_and_clear(),
            _ => self.bar.tick(),
        }
    }

    fn note(&mut self, text: &str) {
        self.events.note(text);
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("width", &self.width)
            .finish_non_exhaustive()
    }
}
