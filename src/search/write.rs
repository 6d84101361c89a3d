//! A schedule as an ordinary playbook, so that what was searched is what anybody can run.

use std::fmt::Write as _;
use std::time::Duration;

use super::facts::{self, Fact};
use super::schedule::{Act, Job, Schedule, Whom};
use super::state::{FLAPS, Life, State};
use crate::playbook::{FaultKind, Service};
use crate::settings::Timing;

/// The job files of the playbooks, by the name that a playbook calls them by.
pub const FILES: [(&str, &str); 5] = [
    ("jobs/first.yaml", include_str!("jobs/first.yaml")),
    ("jobs/second.yaml", include_str!("jobs/second.yaml")),
    ("jobs/finite.yaml", include_str!("jobs/finite.yaml")),
    ("jobs/newer.yaml", include_str!("jobs/newer.yaml")),
    ("jobs/probe.yaml", include_str!("jobs/probe.yaml")),
];

/// The steps that are written, and which move each of them belongs to.
struct Text<'a> {
    steps: String,
    timing: &'a Timing,
    edges: usize,
}

/// The text of a playbook in which every move takes so much longer than it does on the simulation.
pub(super) fn lagging(schedule: &Schedule, timing: &Timing, lag: Duration) -> String {
    written(
        schedule,
        timing,
        lag,
        ["schedule", "A schedule of a search", ""],
    )
}

/// The text of a playbook of this name and title, with `comment` on top. The step that does the move of number N
/// has the id `move-N`, from 1.
pub fn playbook(
    schedule: &Schedule,
    timing: &Timing,
    name: &str,
    title: &str,
    comment: &str,
) -> String {
    written(schedule, timing, Duration::ZERO, [name, title, comment])
}

fn written(
    schedule: &Schedule,
    timing: &Timing,
    lag: Duration,
    [name, title, comment]: [&str; 3],
) -> String {
    let mut state = State::new(schedule.edges, timing);
    let mut text = Text {
        steps: String::new(),
        timing,
        edges: schedule.edges,
    };
    for (number, step) in schedule.moves.iter().enumerate() {
        text.wait(step.gap.expression());
        state.wait(step.gap.time(timing));
        text.facts(&state);
        text.act(number + 1, step.act);
        state.apply(step.act);
        if !lag.is_zero() {
            text.wait(&format!("{}ms", lag.as_millis()));
            state.wait(lag);
        }
    }
    text.wait(schedule.rest.expression());
    state.wait(schedule.rest.time(timing));
    text.facts(&state);
    text.end(&state);
    let comment: Vec<String> = comment.lines().map(|line| format!("# {line}\n")).collect();
    let comment = comment.concat();
    let jobs = jobs(schedule);
    format!(
        "{comment}rejoin: 1\nname: {name}\ntitle: {title}\nneeds: {{ edges: {} }}\njobs:\n{jobs}steps:\n{}always:\n  [one-execution-per-node, legal-transitions, stopped-runs-nowhere, edge-agrees, nothing-stuck]\n",
        schedule.edges, text.steps
    )
}

/// Those that are used, and the probe.
fn jobs(schedule: &Schedule) -> String {
    let acts = || schedule.moves.iter().map(|step| step.act);
    let mut jobs = String::new();
    for job in Job::ALL {
        if acts().any(|act| act == Act::Deploy(job)) {
            let alias = job.alias();
            let _ = writeln!(jobs, "  {alias}: jobs/{alias}.yaml");
        }
    }
    if acts().any(|act| act == Act::Update) {
        jobs.push_str("  newer: jobs/newer.yaml\n");
    }
    jobs + "  probe: jobs/probe.yaml\n"
}

impl Text<'_> {
    fn line(&mut self, step: &str) {
        let _ = writeln!(self.steps, "  - {step}");
    }

    fn wait(&mut self, time: &str) {
        if time != "0s" {
            self.line(&format!("wait: {time}"));
        }
    }

    /// What must hold by now is asked for at once: the time for it is over.
    fn facts(&mut self, state: &State<'_>) {
        for fact in facts::now(state, self.timing) {
            let claim = match fact {
                Fact::Runs(job, edge) => runs(job.alias(), &edge_name(edge)),
                Fact::RunsOnAdded(job) => runs(job.alias(), ADDED),
                Fact::Disconnected(edge) => is(edge, "disconnected"),
                Fact::Lost(edge) => is(edge, "lost"),
            };
            self.line(&format!("expect: {{ {claim}, within: 0s }}"));
        }
    }

    fn act(&mut self, number: usize, act: Act) {
        let verb = match act {
            Act::Deploy(job) => format!("deploy: {}", job.alias()),
            Act::Update => format!("update: {{ job: {}, to: newer }}", Job::First.alias()),
            Act::Stop(job) => format!("stop: {}", job.alias()),
            Act::Delete(job) => format!("delete: {}", job.alias()),
            Act::Fault(kind, whom) => {
                let wipe = match kind {
                    FaultKind::Wipe => ", wipe: true",
                    _ => "",
                };
                format!("{}: {{ {}{wipe} }}", verb_of(kind), self.place(whom))
            }
            Act::Restore(whom) => format!("restore: {{ {} }}", self.place(whom)),
            Act::Flap(edge) => {
                let edge = edge_name(edge);
                format!(
                    "repeat:\n      times: {FLAPS}\n      steps:\n        - restart: {{ nodes: {edge} }}\n        - wait: 0.5 * reevaluation_batch"
                )
            }
            Act::Add => format!("add: {{ edges: 1, as: {ADDED} }}"),
        };
        self.line(&format!("id: move-{number}\n    {verb}"));
    }

    /// Everything is put back; then all that is to run must run everywhere, and so must one job more.
    fn end(&mut self, state: &State<'_>) {
        for service in state.services.keys() {
            let place = self.place(Whom::Service(*service));
            self.line(&format!("restore: {{ {place} }}"));
        }
        let hurt = state.edges.iter().enumerate();
        let hurt = hurt.filter(|(_, edge)| edge.fault.is_some());
        let hurt: Vec<String> = hurt.map(|(index, _)| edge_name(index)).collect();
        if !hurt.is_empty() {
            self.line(&format!("restore: {{ nodes: [{}] }}", hurt.join(", ")));
        }
        self.line("expect: { nodes: { which: all, are: connected } }");
        for (job, life) in &state.jobs {
            if matches!(life, Life::Runs(_)) && *job != Job::Finite {
                self.line(&format!("expect: {{ {} }}", runs(job.alias(), "all")));
            }
        }
        self.line("deploy: probe");
        self.line(&format!(
            "id: probe\n    expect: {{ {} }}",
            runs("probe", "all")
        ));
    }

    fn place(&self, whom: Whom) -> String {
        match whom {
            Whom::Edge(edge) => format!("nodes: {}", edge_name(edge)),
            Whom::Edges => {
                let all: Vec<String> = (0..self.edges).map(edge_name).collect();
                format!("nodes: [{}]", all.join(", "))
            }
            Whom::Service(Service::Orchestrator) => "services: [orchestrator]".to_owned(),
            Whom::Service(Service::Nats) => "services: [nats]".to_owned(),
        }
    }
}

/// The name under which a playbook finds the edge that it added.
const ADDED: &str = "newcomer";

fn edge_name(index: usize) -> String {
    format!("edge{}", index + 1)
}

fn runs(job: &str, nodes: &str) -> String {
    format!("executions: {{ job: {job}, nodes: {nodes}, observed: running }}")
}

fn is(edge: usize, state: &str) -> String {
    format!("nodes: {{ which: {}, are: {state} }}", edge_name(edge))
}

const fn verb_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Kill => "kill",
        FaultKind::Crash => "crash",
        FaultKind::Terminate => "terminate",
        FaultKind::Remove | FaultKind::Wipe => "remove",
        FaultKind::Pause => "pause",
        FaultKind::Partition => "partition",
        FaultKind::Restart => "restart",
    }
}
