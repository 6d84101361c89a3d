//! `rejoin check`: read playbooks, say what is wrong with them.

use super::args::CheckArgs;
use super::{Refusal, files, terminal};
use crate::exit::Exit;
use crate::settings::Timing;

pub(super) fn check(args: &CheckArgs, timing: &Timing) -> Result<Exit, Refusal> {
    for playbook in files::load(&args.playbooks, &args.sets, timing)? {
        terminal::print(format!(
            "{}: ok, {} steps, {} jobs, {} invariants",
            playbook.path.display(),
            playbook.steps.len(),
            playbook.jobs.len(),
            playbook.always.len()
        ));
    }
    Ok(Exit::Passed)
}
