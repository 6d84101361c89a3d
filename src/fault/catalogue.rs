//! The catalogue: what each fault does, how it is proven, what undoes it, what it leaves.
//!
//! One place for what people read about faults: the plan, the reference page `docs/faults.md` and the
//! messages all take it from here, so that they cannot differ.

use crate::playbook::FaultKind;

/// What there is to say of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its name in playbooks and messages.
    pub word: &'static str,
    /// What happens to the container.
    pub does: &'static str,
    /// How we know that it happened.
    pub proof: &'static str,
    /// What takes it back.
    pub undo: &'static str,
    /// What no undo takes back; `None` where there is nothing.
    pub lasting: Option<&'static str>,
}

/// Every fault, in the order of the reference.
pub const ALL: [FaultKind; 8] = [
    FaultKind::Kill,
    FaultKind::Crash,
    FaultKind::Terminate,
    FaultKind::Remove,
    FaultKind::Wipe,
    FaultKind::Pause,
    FaultKind::Partition,
    FaultKind::Restart,
];

/// The undo of every death.
const START: &str = "the container is started";

/// What there is to say of this fault.
pub const fn entry(fault: FaultKind) -> Entry {
    match fault {
        FaultKind::Kill => Entry {
            word: "kill",
            does: "SIGKILL by the engine, as `docker kill`; the restart policy does not react to it",
            proof: "event `die`; an inspect finds no process",
            undo: START,
            lasting: None,
        },
        FaultKind::Crash => Entry {
            word: "crash",
            does: "the process dies as if by itself (SIGABRT, which is not its stop signal; else SIGKILL from the host), and the restart policy reacts",
            proof: "event `die`; with a restart policy also `start` and a higher restart count",
            undo: "the container is started, unless its restart policy did that",
            lasting: None,
        },
        FaultKind::Terminate => Entry {
            word: "terminate",
            does: "the process is asked to end, as `docker stop`, and killed after 10 s",
            proof: "event `die` with its exit code; an inspect finds no process",
            undo: START,
            lasting: None,
        },
        FaultKind::Remove => Entry {
            word: "remove",
            does: "the container is killed and removed, as `docker rm -f`; its volumes stay, so an edge keeps its identity",
            proof: "event `destroy`; an inspect of its id answers 404",
            undo: "the container is created again as it was and started",
            lasting: None,
        },
        FaultKind::Wipe => Entry {
            word: "wipe",
            does: "`remove: { wipe: true }`: the volumes that only it uses go, too",
            proof: "event `destroy`; inspects of the container and of its volumes answer 404",
            undo: "volumes and container are created again, empty",
            lasting: Some("what the volumes held is lost, and an edge comes back as another node"),
        },
        FaultKind::Pause => Entry {
            word: "pause",
            does: "the process is frozen; what is sent to it waits",
            proof: "event `pause`; an inspect says paused",
            undo: "the process is let go on",
            lasting: None,
        },
        FaultKind::Partition => Entry {
            word: "partition",
            does: "the container leaves the networks that lead to NATS, or those in `networks`",
            proof: "event `disconnect` of each network; an inspect finds it in none of them",
            undo: "it is connected again, with its aliases and its own addresses",
            lasting: None,
        },
        FaultKind::Restart => Entry {
            word: "restart",
            does: "the container is stopped and started, as `docker restart`",
            proof: "events `die` and `start`; an inspect finds a newer start time",
            undo: "none needed",
            lasting: None,
        },
    }
}

/// A fault, in messages.
pub const fn word(fault: FaultKind) -> &'static str {
    entry(fault).word
}
