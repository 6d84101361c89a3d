//! A plan made by hand, for the tests of this room (the record is `tape`'s).
//!
//! Two edges, one job `late`; every sweep reads the nodes and the job's executions.

mod adding;
mod at_the_end;
mod ending;
mod evaluations;
mod evidence;
mod hidden;
mod history;
mod judging;
mod logs;
mod looking;
mod recovering;
mod rejoining;
mod rerunning;
mod stuck;
mod tape;
mod truth;
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::model::{Execution, ExecutionId, JobId, Node, NodeId, NodeState};
use crate::clock::{Elapsed, Timestamp};
use crate::fault::{ContainerName, Proof, Role};
use crate::journal::{Answer, Event, ReadingId, Topic};
use crate::plan::{
    About, Action, Budget, Claim, Edge, Mode, Plan, RunId, ServiceContainer, Step, Who,
};
use crate::playbook::{FaultKind, NodeIs, Position};
use crate::settings::Timing;
use crate::target::{Kind, Subject, Truth};
use crate::verdict::look::{Finding, View};

use tape::Tape;

fn budget(seconds: u64) -> Budget {
    Budget {
        time: Duration::from_secs(seconds),
        from: format!("{seconds}s"),
        default: false,
    }
}

fn edge(name: &str) -> Edge {
    Edge {
        name: name.to_owned(),
        container: ContainerName(name.to_owned()),
        hostname: name.to_owned(),
        node: None,
        added: false,
        volatile: false,
        enrols_by_token: false,
    }
}

/// A plan of these actions.
fn plan(actions: impl IntoIterator<Item = Action>) -> Plan {
    let step = |(index, action)| Step {
        id: format!("step-{}", index + 1),
        name: None,
        at: Position { line: 1, column: 1 },
        action,
    };
    Plan {
        playbook: About {
            file: "made-up.yaml".to_owned(),
            name: "made-up".to_owned(),
            title: "Made up".to_owned(),
            scenario: None,
            issue: None,
        },
        subject: Subject {
            target: "sim".to_owned(),
            kind: Kind::Sim,
            images: BTreeMap::new(),
            version: None,
            variant: None,
            timing: "default".to_owned(),
        },
        run: RunId("abc123".to_owned()),
        seed: 1,
        timing: Timing::default(),
        edges: vec![edge("edge1"), edge("edge2")],
        services: vec![ServiceContainer {
            name: "orchestrator".to_owned(),
            role: Role::Orchestrator,
            container: ContainerName("orchestrator".to_owned()),
        }],
        jobs: [("late".to_owned(), "late-abc123".to_owned())].into(),
        steps: actions.into_iter().enumerate().map(step).collect(),
        invariants: Vec::new(),
        require: BTreeSet::new(),
        ready: budget(10),
        settle: budget(10),
    }
}

/// `expect` of a claim within ten seconds.
fn expect(claim: Claim) -> Action {
    Action::Claim {
        mode: Mode::Expect,
        claim,
        within: budget(10),
        hold: None,
        recovers: false,
    }
}

fn connected() -> Claim {
    Claim::Nodes {
        on: Who::All,
        are: NodeIs::Connected,
    }
}

fn reconnected() -> Claim {
    Claim::Nodes {
        on: Who::These(vec!["edge1".to_owned()]),
        are: NodeIs::Reconnected,
    }
}

fn running() -> Claim {
    Claim::Executions {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        desired: None,
        count: None,
    }
}

fn node(name: &str, state: &str) -> Node {
    Node {
        id: NodeId(format!("node-of-{name}")),
        name: Some(name.to_owned()),
        hostname: None,
        state: Some(NodeState::from(state)),
        connected_since: None,
        last_heartbeat: None,
        created_at: None,
        ..Node::default()
    }
}

/// Both nodes, in these states.
fn nodes(first: &str, second: &str) -> Answer {
    Answer::Nodes(vec![node("edge1", first), node("edge2", second)])
}

fn execution(edge: &str, observed: &str) -> Execution {
    Execution {
        id: ExecutionId(format!("execution-on-{edge}")),
        job_id: JobId("late".to_owned()),
        job_version: Some(1),
        node_id: NodeId(format!("node-of-{edge}")),
        eval_id: None,
        desired: Some("running".into()),
        observed: Some(observed.into()),
        message: None,
        revision: None,
        created_at: None,
        updated_at: None,
        ..Execution::default()
    }
}

/// One execution on each edge, in these states.
fn executions(first: &str, second: &str) -> Answer {
    Answer::Executions(vec![execution("edge1", first), execution("edge2", second)])
}

fn late() -> Topic {
    Topic::Executions("late".to_owned())
}

/// The time since the run's start.
fn at(seconds: u64) -> Elapsed {
    Elapsed(seconds * 1000)
}

fn proof() -> Proof {
    Proof {
        at: Timestamp(0),
        events: Vec::new(),
        inspect: "404".to_owned(),
    }
}

/// A proven fault of an edge or a service whose container has the same name.
fn injected(fault: FaultKind, on: &str) -> Event {
    Event::Injected {
        fault,
        on: on.to_owned(),
        container: ContainerName(on.to_owned()),
        proof: Proof {
            events: proven_by(fault),
            ..proof()
        },
    }
}

/// What the engine tells of a fault, as far as it matters: whether the container runs anew.
fn proven_by(fault: FaultKind) -> Vec<String> {
    match fault {
        FaultKind::Restart => vec!["die exit=0".to_owned(), "start".to_owned()],
        _ => Vec::new(),
    }
}

fn restored(container: &str) -> Event {
    Event::Restored {
        container: ContainerName(container.to_owned()),
        proof: Some(proof()),
        left: Vec::new(),
    }
}

/// The job is deployed, at this version.
fn deployed(version: u64) -> Event {
    Event::Deployed {
        job: "late".to_owned(),
        id: JobId("late".to_owned()),
        version: Some(version),
        unchanged: false,
    }
}

/// What an edge says that it runs.
fn runs(edge: &str, executions: Vec<Execution>) -> (Topic, Answer) {
    said(edge, Truth::Runs(executions))
}

fn said(edge: &str, truth: Truth) -> (Topic, Answer) {
    (Topic::Truth(edge.to_owned()), Answer::Truth(truth))
}

/// What the newest readings of a tape say of a claim.
fn look_on(claim: &Claim, tape: &Tape) -> Finding {
    let plan = plan([expect(claim.clone())]);
    let view = View {
        plan: &plan,
        record: &tape.record,
        after: ReadingId(0),
    };
    view.look(claim).finding
}

fn contrary(words: &[&str]) -> Finding {
    Finding::Contrary(words.iter().map(ToString::to_string).collect())
}

fn absent(finding: &Finding) -> &str {
    match finding {
        Finding::Absent(reason) => reason,
        other => panic!("{other:?}"),
    }
}
