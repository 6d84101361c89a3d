//! The one place where a run waits: for the next sweep, for a sighting, for a deadline, for a reason to
//! stop. What to do about it is decided elsewhere, without waiting.

use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;

use super::Run;
use super::observer::Observer;
use super::person::Told;
use super::stop::Reason;
use super::topics;
use crate::clock::Elapsed;
use crate::journal::{Event, StepOutcome};
use crate::target::Target;

/// Why the steps end before the last one.
#[derive(Debug)]
pub(super) enum Halt {
    /// A step ended that nothing can follow: an unmet assumption, an unproven fault, a refused deploy.
    Step,
    /// From outside.
    Stop(Reason),
    /// Trouble that is neither the subject's nor the harness's.
    Trouble(String),
    /// A bug of the harness.
    Broken(String),
}

/// What ended a time of waiting.
enum Waited {
    /// The deadline is over.
    Over,
    /// The next sweep is due.
    Due,
    /// A person said something.
    Told(Told),
}

/// What came first.
pub(super) enum Wake {
    /// A sweep was recorded, at that time; the next one is planned after that long.
    Swept(Elapsed, Duration),
    /// The deadline is over.
    Deadline,
}

impl<T: Target> Run<'_, T> {
    /// Waits for the next thing to look at.
    pub(super) async fn wake(&mut self, until: Elapsed) -> Result<Wake, Halt> {
        if self.quiet(until).await? {
            return Ok(Wake::Deadline);
        }
        let (at, every) = self.sweep().await?;
        Ok(Wake::Swept(at, every))
    }

    /// Lets time pass, observing. The last sweep does not hold up what comes next.
    pub(super) async fn pass(&mut self, until: Elapsed) -> Result<(), Halt> {
        while !self.quiet(until).await? {
            let patience = self.observer.patience_until(self.recorder.now(), until);
            self.sweep_within(patience).await?;
        }
        Ok(())
    }

    /// Waits for a person, observing; `None`: not until the deadline.
    pub(super) async fn told_by_person(&mut self, until: Elapsed) -> Result<Option<Told>, Halt> {
        loop {
            match self.waited(until, true).await? {
                Waited::Told(told) => return Ok(Some(told)),
                Waited::Over => return Ok(None),
                Waited::Due => {
                    let patience = self.observer.patience_until(self.recorder.now(), until);
                    self.sweep_within(patience).await?;
                }
            }
        }
    }

    /// Waits until the next sweep is due, or until the deadline: then it is true.
    async fn quiet(&mut self, until: Elapsed) -> Result<bool, Halt> {
        let waited = self.waited(until, false).await?;
        Ok(matches!(waited, Waited::Over))
    }

    /// Waits for what comes first; a person is only listened to where one was asked.
    async fn waited(&mut self, until: Elapsed, asked: bool) -> Result<Waited, Halt> {
        let deadline = self.recorder.instant(until);
        loop {
            tokio::select! {
                biased;
                reason = self.stop.next() => return Err(Halt::Stop(reason)),
                sighting = self.sightings.recv(), if self.watched => self.told(sighting),
                told = self.person.told(), if asked => return Ok(Waited::Told(told)),
                () = tokio::time::sleep_until(deadline) => return Ok(Waited::Over),
                () = self.observer.due() => return Ok(Waited::Due),
            }
        }
    }

    /// Asks for everything now and records it. Also what the containers said meanwhile.
    pub(super) async fn sweep(&mut self) -> Result<(Elapsed, Duration), Halt> {
        self.sweep_within(self.observer.patience).await
    }

    /// The same before a container is touched: what comes after is measured against it.
    pub(super) async fn sweep_before_acting(&mut self) -> Result<(), Halt> {
        let patience = self.observer.patience_before_acting();
        self.sweep_within(patience).await.map(drop)
    }

    async fn sweep_within(&mut self, patience: Duration) -> Result<(Elapsed, Duration), Halt> {
        let plan = &self.prepared.plan;
        let (record, keep) = (self.recorder.record(), self.recorder.keeps_bodies());
        let asked = topics::questions(self.target, plan, record, &self.extra, keep);
        let sent = self.recorder.now();
        let sweep = tokio::select! {
            biased;
            reason = self.stop.next() => return Err(Halt::Stop(reason)),
            sweep = Observer::ask(asked, sent, patience) => sweep,
        };
        while self.watched {
            match self.sightings.try_recv() {
                Ok(sighting) => self.told(Some(sighting)),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.told(None),
            }
        }
        let (event, every, bodies) = self.observer.digest(sweep);
        self.recorder.bodies(bodies);
        let at = self.recorder.put(event);
        match self.recorder.lost() {
            Some(reason) => Err(Halt::Trouble(reason)),
            None => Ok((at, every)),
        }
    }

    /// Ends a step in the record.
    pub(super) fn end(&mut self, step: usize, outcome: StepOutcome, note: Option<String>) {
        self.recorder.put(Event::StepEnded {
            step,
            outcome,
            readings: Vec::new(),
            note,
        });
    }
}
