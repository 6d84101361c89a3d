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
    /// 5: the verdict was pass, but something could not be put back.
    NotRestored,
    /// 70: a bug of the harness.
    Internal,
    /// 130: interrupted (SIGINT).
    Interrupted,
    /// 143: terminated (SIGTERM).
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
            "the verdict was pass, but something could not be put back",
        ),
        (Exit::Internal, "a bug of the harness"),
        (
            Exit::Interrupted,
            "interrupted by SIGINT (healed, or the ledger says what is left)",
        ),
        (Exit::Terminated, "terminated by SIGTERM (likewise)"),
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

    /// The worse of two exits: 70, 130/143, 3, 2, 1, 4, 5, 0. (2 and 3 end a run before it begins,
    /// so they only meet the others where a later playbook of a folder finds the target dirty.)
    #[must_use]
    pub fn worst(self, other: Exit) -> Exit {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Exit::Passed => 0,
            Exit::NotRestored => 1,
            Exit::Unknown => 2,
            Exit::Failed => 3,
            Exit::Usage => 4,
            Exit::NotReady => 5,
            Exit::Terminated => 6,
            Exit::Interrupted => 7,
            Exit::Internal => 8,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
