//! A death that the engine did not order: its restart policy reacts to it.
//!
//! A signal that the engine passes on counts as an order where the container names no other stop signal
//! (moby, `daemon/kill.go`), and process 1 of a container ignores every signal that it has no handler for.
//! Then the process is killed from the host, past the engine.

use std::fs;

use bollard::query_parameters::KillContainerOptionsBuilder;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde_json::Value;

use super::{Injection, lives_since};
use crate::fault::recreate::json::text;
use crate::fault::{FaultError, Proof};

/// The bit of SIGABRT in the masks of `/proc/PID/status`.
const ABRT_BIT: u64 = 1 << 5;

impl Injection<'_> {
    pub(super) async fn crash(&self) -> Result<Proof, FaultError> {
        let before = self.running().await?;
        let (restarts, since) = (restarts(&before), lives_since(&before));
        let expected: &[&str] = if restarts {
            &["die", "start"]
        } else {
            &["die"]
        };
        let host = HostProcess::find(&before, self.engine().is_here());
        let ordered = restarts && !signal_is_no_order(&before);
        let seen = match host {
            Some(process) if ordered || !process.handles_abort() => {
                let request = async { process.kill() };
                self.prove_any(since, request, expected, |reason: &String| {
                    self.not_injected(&format!(
                        "its process cannot be killed from the host: {reason}"
                    ))
                })
                .await?
            }
            None if ordered => {
                return Err(self.not_injected(
                    "it has a restart policy and no stop signal of its own, so the engine would take the signal \
                     for an order to stop; say `stop_signal: SIGTERM` in its compose file",
                ));
            }
            _ => {
                let options = KillContainerOptionsBuilder::new().signal("SIGABRT").build();
                let docker = &self.engine().docker;
                let request = docker.kill_container(&self.container.id, Some(options));
                self.prove_since(since, request, expected).await?
            }
        };
        if !restarts {
            return self.ended(seen).await;
        }
        let mut proof = self.runs_anew(&before, &seen).await?;
        let after = self.still_there().await?;
        let (was, is) = (restart_count(&before), restart_count(&after));
        if is <= was {
            return Err(
                self.not_proven("its restart count did not grow: the engine was told to start it")
            );
        }
        proof.inspect = format!("{}, restarts {is}", proof.inspect);
        Ok(proof)
    }
}

/// Whether the engine starts it again after a death that nobody ordered.
fn restarts(inspect: &Value) -> bool {
    let limit = inspect.pointer("/HostConfig/RestartPolicy/MaximumRetryCount");
    let limit = limit.and_then(Value::as_u64).unwrap_or_default();
    match text(inspect, "/HostConfig/RestartPolicy/Name") {
        "always" | "unless-stopped" => true,
        "on-failure" => limit == 0 || restart_count(inspect) < limit,
        _ => false,
    }
}

fn restart_count(inspect: &Value) -> u64 {
    let count = inspect.get("RestartCount").and_then(Value::as_u64);
    count.unwrap_or_default()
}

/// Whether the engine can pass SIGABRT on without taking it for an order to stop.
fn signal_is_no_order(inspect: &Value) -> bool {
    let stop = text(inspect, "/Config/StopSignal").to_uppercase();
    !stop.is_empty() && !["SIGABRT", "ABRT", "SIGIOT", "IOT", "6"].contains(&stop.as_str())
}

/// The first process of a container, as this machine sees it.
struct HostProcess {
    handle: rustix::fd::OwnedFd,
    pid: i32,
}

impl HostProcess {
    /// Finds it, if the engine runs on this machine and in sight of its processes: one with that number
    /// may be somebody else's.
    fn find(inspect: &Value, here: bool) -> Option<Self> {
        let pid = i32::try_from(inspect.pointer("/State/Pid")?.as_i64()?).ok()?;
        let handle = pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()?;
        // Read behind the handle: if the number still leads into the container now, so does the handle.
        let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        let inside = here && groups.contains(text(inspect, "/Id"));
        inside.then_some(Self { handle, pid })
    }

    fn handles_abort(&self) -> bool {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid));
        status.is_ok_and(|status| catches_abort(&status))
    }

    fn kill(&self) -> Result<(), String> {
        pidfd_send_signal(&self.handle, Signal::KILL).map_err(|error| error.to_string())
    }
}

/// Whether the process of this `/proc/PID/status` has a handler for SIGABRT.
fn catches_abort(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & ABRT_BIT != 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_policy_that_still_has_a_try_left_restarts() {
        let with = |name: &str, limit: u64, count: u64| {
            restarts(&json!({
                "RestartCount": count,
                "HostConfig": { "RestartPolicy": { "Name": name, "MaximumRetryCount": limit } },
            }))
        };
        assert!(with("always", 0, 9) && with("unless-stopped", 0, 9) && with("on-failure", 0, 9));
        assert!(with("on-failure", 2, 1) && !with("on-failure", 2, 2));
        assert!(!with("no", 0, 0) && !with("", 0, 0) && !restarts(&json!({})));
    }

    #[test]
    fn a_signal_is_an_order_unless_another_one_is_for_stopping() {
        let stop =
            |signal: &str| signal_is_no_order(&json!({ "Config": { "StopSignal": signal } }));
        assert!(stop("SIGTERM") && stop("sigusr2") && stop("15"));
        assert!(!stop("") && !stop("SIGABRT") && !stop("abrt") && !stop("6"));
        assert!(!signal_is_no_order(&json!({})));
    }

    #[test]
    fn handlers_stand_in_the_mask_of_caught_signals() {
        let status = |mask: &str| format!("Name:\tx\nSigIgn:\tffffffffffffffff\nSigCgt:\t{mask}\n");
        assert!(catches_abort(&status("0000000000000020")));
        assert!(!catches_abort(&status("ffffffffffffffdf")));
        assert!(!catches_abort("Name:\tx\n") && !catches_abort(&status("?")));
    }
}
