//! Why the program ends before it did what was asked, with the exit code that says so.

use std::fmt;
use std::path::Path;

use crate::api::ApiError;
use crate::engine::ledger::LedgerError;
use crate::engine::ready::NotReady;
use crate::exit::Exit;
use crate::fault::FaultError;
use crate::plan::PlanError;
use crate::playbook::parse::{Problem, Problems};
use crate::settings::SettingsError;
use crate::target::TargetError;

/// A reason and an exit code.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The exit code.
    pub exit: Exit,
    text: String,
}

impl Refusal {
    /// Whoever called it has to change something: exit 2.
    pub(super) fn usage(text: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            text: text.to_string(),
        }
    }

    /// The same, said of this file.
    pub(super) fn of(self, file: &Path) -> Self {
        Self {
            text: format!("{}: {}", file.display(), self.text),
            ..self
        }
    }

    /// The environment has to change: exit 3.
    pub(super) fn not_ready(text: impl fmt::Display) -> Self {
        Self {
            exit: Exit::NotReady,
            text: text.to_string(),
        }
    }

    /// The harness has to change: exit 70.
    pub(super) fn internal(text: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Internal,
            text: text.to_string(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

macro_rules! refusal_from {
    ($how:ident: $($error:ty),+) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Self {
                Self::$how(error)
            }
        })+
    };
}

refusal_from!(usage: SettingsError, Problem, Problems);
refusal_from!(not_ready: FaultError, ApiError, LedgerError);

impl From<TargetError> for Refusal {
    fn from(error: TargetError) -> Self {
        match error {
            // Nothing in the environment makes a simulation impossible, only what was asked of it.
            TargetError::Simulation(_) | TargetError::Settings(_) | TargetError::Endpoint(_) => {
                Self::usage(error)
            }
            _ => Self::not_ready(error),
        }
    }
}

impl From<PlanError> for Refusal {
    fn from(error: PlanError) -> Self {
        if error.is_environment() {
            Self::not_ready(error)
        } else {
            Self::usage(error)
        }
    }
}

impl From<NotReady> for Refusal {
    fn from(error: NotReady) -> Self {
        let exit = match &error {
            NotReady::Stopped(reason) => reason.exit().unwrap_or(Exit::NotReady),
            NotReady::Api(_) | NotReady::Dirty(_) => Exit::NotReady,
        };
        Self {
            exit,
            text: error.to_string(),
        }
    }
}
