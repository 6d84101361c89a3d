//! Who holds a target: what stands in the lock file while a run lasts.
//!
//! The system itself gives a lock back when its process ends, so this decides nothing. It is for people: who
//! is in the way, and whose run it was that never ended.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Timestamp};

/// The longest command that is worth showing, in characters.
const LONGEST: usize = 200;

/// A process that holds a target, or held it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) user: String,
    pub(super) host: String,
    pub(super) pid: u32,
    pub(super) command: String,
    pub(super) since: Timestamp,
    /// What the system calls the time since it was started; `None` where it has no name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) boot: Option<String>,
}

impl Owner {
    /// This process, from now on.
    pub(super) fn this_process() -> Self {
        let told = |file: &str| {
            let text = fs::read_to_string(file).ok()?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let host = told("/proc/sys/kernel/hostname").or_else(|| told("/etc/hostname"));
        Self {
            user: user(),
            host: host.unwrap_or_else(|| "this machine".to_owned()),
            pid: std::process::id(),
            command: command(std::env::args()),
            since: Clock::wall().now(),
            boot: told("/proc/sys/kernel/random/boot_id"),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            user,
            host,
            pid,
            command,
            since,
            ..
        } = self;
        write!(
            f,
            "{user} on {host} (process {pid}, `{command}`, since {since})"
        )
    }
}

/// Who holds the lock, by what stands in its file.
pub(super) fn holder(text: &str) -> String {
    match serde_json::from_str::<Owner>(text) {
        Ok(owner) => owner.to_string(),
        Err(_) if text.trim().is_empty() => "somebody who has just begun".to_owned(),
        Err(_) => format!("somebody who says of himself {:?}", text.trim()),
    }
}

/// Who had the lock before and never gave it back, by what stands in its file; `None` where the last one
/// ended well.
pub(super) fn left_by(text: &str, here: &Owner) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    let anew = |was: &Owner| {
        let boots = was.boot.as_ref().zip(here.boot.as_ref());
        was.host == here.host && boots.is_some_and(|(was, is)| was != is)
    };
    let fate = match serde_json::from_str::<Owner>(text) {
        Ok(was) if anew(&was) => "the machine was started anew since",
        _ => "that process is no more",
    };
    Some(format!("{}; {fate}", holder(text)))
}

/// The program's name and its arguments, on one line.
fn command(mut args: impl Iterator<Item = String>) -> String {
    let program = args.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default();
    let words: Vec<String> = std::iter::once(program.to_string_lossy().into_owned())
        .chain(args)
        .collect();
    let line: String = words.join(" ").chars().take(LONGEST + 1).collect();
    let line = line.replace(char::is_control, " ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// The user that this process runs as.
fn user() -> String {
    let Ok(own) = fs::metadata("/proc/self") else {
        return "somebody".to_owned();
    };
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(own.uid(), &users).unwrap_or_else(|| format!("user {}", own.uid()))
}

/// The name of a user, by the lines of `/etc/passwd`.
fn name_of(uid: u32, users: &str) -> Option<String> {
    let mut lines = users.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| {
        let name = fields.next()?;
        let own = fields.nth(1)?.parse() == Ok(uid);
        own.then(|| name.to_owned())
    })
}
