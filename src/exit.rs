//! The exit codes: the contract with CI, in one place, picked by one function.

use std::process::ExitCode;

/// How the program ends. The numbers are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: every playbook passed.
    Passed,
    /// 1: the orchestrator failed an expectation.
    Failed,
    /// 2: usage, playbook or config error; nothing was touched.
    Usage,
    /// 3: the environment is not ready; nothing was touched.
    NotReady,
    /// 4: neither passed nor failed could be shown.
    Unknown,
    /// 5: the verdict was pass, or there was none to give (`heal`), but something could not be put back.
    NotRestored,
    /// 70: a bug of the harness.
    Internal,
    /// 130: interrupted (SIGINT).
    Interrupted,
    /// 143: terminated (SIGTERM, SIGHUP).
    Terminated,
}

impl Exit {
    /// Every exit with its number and meaning, for the help text and the README's table.
    pub const ALL: [(Exit, &'static str); 9] = [
        (Exit::Passed, "every playbook passed"),
        (Exit::Failed, "the orchestrator failed an expectation"),
        (
            Exit::Usage,
            "usage, playbook or config error; nothing was touched",
        ),
        (
            Exit::NotReady,
            "the environment is not ready (no engine, API unreachable at the start, images missing, target dirty, no container matched); nothing was touched",
        ),
        (
            Exit::Unknown,
            "unknown: the run could not decide (or a planned playbook did not run)",
        ),
        (
            Exit::NotRestored,
            "the verdict was pass (or it was `heal`, which gives none), but something could not be put back",
        ),
        (Exit::Internal, "a bug of the harness"),
        (
            Exit::Interrupted,
            "interrupted by SIGINT (healed, or the ledger says what is left)",
        ),
        (
            Exit::Terminated,
            "terminated by SIGTERM or SIGHUP (likewise)",
        ),
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NotReady => 3,
            Exit::Unknown => 4,
            Exit::NotRestored => 5,
            Exit::Internal => 70,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// The worse of the exits of two playbooks: 70, 130/143, 1, 4, 5, 0. A playbook that was refused
    /// after another one ran was planned and did not run, which is unknown.
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        let ran = |exit: Exit| match exit {
            Exit::Usage | Exit::NotReady => Exit::Unknown,
            exit => exit,
        };
        let (one, two) = (ran(self), ran(other));
        if two.rank() > one.rank() { two } else { one }
    }

    const fn rank(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::NotRestored => 1,
            Exit::Unknown | Exit::Usage | Exit::NotReady => 2,
            Exit::Failed => 3,
            Exit::Terminated => 4,
            Exit::Interrupted => 5,
            Exit::Internal => 6,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

#[cfg(test)]
mod tests;
