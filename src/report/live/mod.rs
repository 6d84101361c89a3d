//! Progress on stderr while a run goes on: one line per event, and on a terminal below them where the run
//! stands ([`Screen`]).

mod counter;
mod glance;
mod screen;
#[cfg(test)]
mod tests;

use std::io::Write;

use super::words;
use crate::clock::brief;
use crate::journal::{Entry, Event, StepOutcome, Watcher};
use crate::plan::{Action, Plan};

pub use counter::Counter;
pub use screen::Screen;

/// Writes one line per event.
#[derive(Debug)]
pub struct Live<W> {
    out: W,
    plan: Option<Box<Plan>>,
}

impl<W: Write> Live<W> {
    /// Writes to `out`.
    pub fn to(out: W) -> Self {
        Self { out, plan: None }
    }

    /// In one piece: nothing else comes between the parts of a line.
    fn write(&mut self, at: &str, text: &str) {
        let line = format!("{at:>9}  {text}\n");
        // Progress that nobody can read any more is no reason to leave containers dead.
        let _ = self.out.write_all(line.as_bytes());
    }

    fn line(&mut self, entry: &Entry, text: &str) {
        self.write(&entry.elapsed.to_string(), text);
    }

    fn started(&self, step: usize) -> Option<String> {
        let plan = self.plan.as_ref()?;
        let planned = plan.steps.get(step)?;
        let name = planned
            .name
            .as_ref()
            .map_or(String::new(), |name| format!("{name}: "));
        let longest = planned.action.longest();
        let within = match planned.action {
            Action::Wait { .. } => String::new(),
            _ if longest.is_zero() => String::new(),
            _ => format!("  (at most {})", brief(longest)),
        };
        Some(format!(
            "{:>2}/{} {name}{}{within}",
            step + 1,
            plan.steps.len(),
            words::step(planned)
        ))
    }
}

impl<W> Live<W> {
    /// How a step ended, where that is not a matter of course.
    fn ended(&self, step: usize, outcome: StepOutcome, note: Option<&str>) -> Option<String> {
        match outcome {
            StepOutcome::Done => note.map(|note| format!("      {note}")),
            StepOutcome::Interrupted => None,
            _ => {
                let action = &self.plan.as_ref()?.steps.get(step)?.action;
                let word = words::result(action, outcome, note);
                Some(format!("      {word}: {}", note.unwrap_or_default()))
            }
        }
    }
}

impl<W: Write> Watcher for Live<W> {
    fn entry(&mut self, entry: &Entry) {
        let text = match &entry.event {
            Event::Header { plan, .. } => {
                self.plan = Some(plan.clone());
                let target = &plan.subject.target;
                Some(format!(
                    "{} on {target}, run {}",
                    plan.playbook.name, plan.run
                ))
            }
            Event::StepStarted { step } => self.started(*step),
            Event::StepEnded {
                step,
                outcome,
                note,
                ..
            } => self.ended(*step, *outcome, note.as_deref()),
            Event::Asked { text } => Some(format!(
                "      DO THIS NOW, then press Enter: {}",
                words::printable(text)
            )),
            Event::Confirmed => Some("      confirmed".to_owned()),
            Event::Injected {
                fault, on, proof, ..
            } => Some(format!(
                "      {} {on}: {}, {}",
                words::fault(*fault),
                proof.events.join(", "),
                proof.inspect
            )),
            Event::Added { edge, proof, .. } => Some(format!(
                "      added {edge}: {}, {}",
                proof.events.join(", "),
                proof.inspect
            )),
            Event::Withdrawn { container, proof } => Some(match proof {
                Some(proof) => format!("      {container}: taken away, {}", proof.inspect),
                None => format!("      {container}: gone already"),
            }),
            Event::Restored {
                container, proof, ..
            } => Some(match proof {
                Some(proof) => format!("      {container}: {}", proof.inspect),
                None => format!("      {container}: nothing to do"),
            }),
            Event::NotRestored { container, reason } => {
                Some(format!("      {container} NOT RESTORED: {reason}"))
            }
            Event::LeftOver { what } => Some(format!("      LEFT OVER: {what}")),
            Event::Phase { phase } => Some(words::phase(*phase).to_owned()),
            Event::Interrupted { signal } => Some(format!("{signal}: healing, then ending")),
            Event::Halted { reason } | Event::Broken { reason } => Some(reason.clone()),
            _ => None,
        };
        if let Some(text) = text {
            self.line(entry, &text);
        }
    }

    fn note(&mut self, text: &str) {
        self.write("", text);
    }
}
