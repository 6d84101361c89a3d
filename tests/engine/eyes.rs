//! The fake orchestrator: every node is connected, every job is placed on every edge.

use std::rc::Rc;
use std::time::Duration;

use rejoin::api::model::{
    Deployed, Evaluation, Execution, ExecutionId, ExecutionState, Job, JobId, JobState, Node,
    NodeId, NodeState, Rerun, Status, Transition,
};
use rejoin::api::{ApiError, Orchestrator};
use rejoin::target::Truth;

use crate::fake::{Moment, ORCHESTRATOR, State, Trouble};

pub(crate) struct Eyes(pub(crate) Rc<State>);

impl Eyes {
    async fn answers(&self) -> Result<(), ApiError> {
        let state = &self.0;
        let hurt = state.faults.get() > 0;
        if state.trouble == Trouble::Hangs && hurt {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        let booting = |time| state.booted.get().is_some_and(|at| at.elapsed() < time);
        let away = match state.trouble {
            Trouble::NoApi => hurt,
            Trouble::Boots(time) if booting(time) => true,
            _ => !state.stands(ORCHESTRATOR),
        };
        if away {
            return Err(ApiError::Unreachable {
                method: "GET".to_owned(),
                url: "fake://orchestrator".to_owned(),
                reason: "connection refused".to_owned(),
            });
        }
        Ok(())
    }

    fn runs(&self, edge: &str) -> bool {
        let state = &self.0;
        let young = |time| state.deployed.get().is_some_and(|at| at.elapsed() < time);
        let waits = match state.trouble {
            Trouble::NoWork => true,
            Trouble::Slow(time) => young(time),
            _ => false,
        };
        !waits && state.stands(edge)
    }

    /// The newest record of each edge's node.
    fn places(&self) -> Vec<(String, String)> {
        let nodes = self.0.nodes.borrow();
        let newest = |(edge, id): &&(String, String)| {
            let of = nodes.iter().rfind(|(other, _)| other == edge);
            of.is_some_and(|(_, last)| last == id)
        };
        nodes.iter().filter(newest).cloned().collect()
    }

    /// What an edge says that it runs.
    pub(crate) fn truth(&self, edge: &str) -> Truth {
        if self.0.trouble == Trouble::NoTruth {
            return Truth::Silent;
        }
        if !self.runs(edge) {
            return Truth::Down;
        }
        let jobs = self.0.jobs.borrow();
        let node = self.places().into_iter().find(|(name, _)| name == edge);
        let (_, node) = node.unwrap_or_default();
        let all = jobs.iter().map(|name| self.execution(name, edge, &node));
        Truth::Runs(all.collect())
    }

    fn execution(&self, job: &str, edge: &str, node: &str) -> Execution {
        Execution {
            id: ExecutionId(format!("{job}-on-{node}")),
            job_id: JobId(job.to_owned()),
            job_version: Some(1),
            node_id: NodeId(node.to_owned()),
            eval_id: None,
            desired: Some(ExecutionState::Running),
            observed: Some(if self.runs(edge) {
                ExecutionState::Running
            } else {
                ExecutionState::Pending
            }),
            message: None,
            revision: None,
            created_at: None,
            updated_at: None,
            ..Execution::default()
        }
    }

    fn refusal(method: &str, status: u16, message: &str) -> ApiError {
        ApiError::Refused {
            method: method.to_owned(),
            url: "fake://orchestrator/jobs".to_owned(),
            status,
            code: None,
            message: message.to_owned(),
        }
    }
}

fn job(name: &str) -> Job {
    Job {
        id: JobId(name.to_owned()),
        name: name.to_owned(),
        labels: [].into(),
        state: Some(JobState::Running),
        message: None,
        version: Some(1),
        ..Job::default()
    }
}

impl Orchestrator for Eyes {
    async fn status(&self) -> Result<Option<Status>, ApiError> {
        Ok(None)
    }

    async fn nodes(&self) -> Result<Vec<Node>, ApiError> {
        self.answers().await?;
        let records = self.0.nodes.borrow().clone();
        let node = |(number, (name, id)): (usize, &(String, String))| Node {
            id: NodeId(id.clone()),
            name: Some(name.clone()),
            hostname: None,
            state: Some(NodeState::Connected),
            connected_since: None,
            last_heartbeat: None,
            created_at: Some(format!("2026-01-01T00:00:{number:02}Z")),
            ..Node::default()
        };
        let looks = self.0.looks.get() + 1;
        self.0.looks.set(looks);
        let mut nodes: Vec<Node> = records.iter().enumerate().map(node).collect();
        match self.0.trouble {
            Trouble::NoNodes => return Ok(Vec::new()),
            Trouble::Unheard(first) => {
                let beat = |fresh| Some(if fresh { "12:00:15" } else { "12:00:00" }.to_owned());
                nodes[0].last_heartbeat = beat(looks > 1);
                nodes[1].last_heartbeat = beat(looks > first);
            }
            Trouble::Cached => {
                let hit = self.0.faults.get() > 0;
                let beat = match (hit, self.0.stands("edge1")) {
                    (false, _) => looks.min(9),
                    (true, false) => 9,
                    (true, true) => 1,
                };
                for node in &mut nodes {
                    node.last_heartbeat = Some(format!("2026-01-01T00:00:0{beat}Z"));
                }
            }
            Trouble::Away(first) if looks <= first => nodes[1].state = Some(NodeState::Lost),
            _ => {}
        }
        Ok(nodes)
    }

    async fn jobs(&self) -> Result<Vec<Job>, ApiError> {
        self.answers().await?;
        let mut jobs: Vec<Job> = self.0.jobs.borrow().iter().map(|name| job(name)).collect();
        if let (Trouble::Leftover(deleted), Some(old)) = (self.0.trouble, jobs.first_mut()) {
            old.labels = [("rejoin.run".to_owned(), "0ff0ff".to_owned())].into();
            old.state = deleted.then_some(JobState::Deleted);
        }
        Ok(jobs)
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, ApiError> {
        self.answers().await?;
        Ok(Some(job(&id.0)))
    }

    async fn executions(&self, of: Option<&JobId>) -> Result<Vec<Execution>, ApiError> {
        self.answers().await?;
        let (jobs, everywhere) = (self.0.jobs.borrow(), self.places());
        let jobs = jobs
            .iter()
            .filter(|name| of.is_none_or(|id| id.0 == **name));
        let placed = jobs.flat_map(|name| {
            let nodes = everywhere.iter();
            nodes.map(|(edge, node)| self.execution(name, edge, node))
        });
        Ok(placed.collect())
    }

    async fn evaluations(&self, _: &JobId) -> Result<Option<Vec<Evaluation>>, ApiError> {
        self.answers().await?;
        Ok(Some(Vec::new()))
    }

    async fn history(&self, _: &ExecutionId) -> Result<Option<Vec<Transition>>, ApiError> {
        self.answers().await?;
        let change = |seq, from, to| Transition {
            seq: Some(seq),
            at: None,
            from,
            to: Some(to),
        };
        let (pending, running) = (ExecutionState::Pending, ExecutionState::Running);
        let all = || {
            let first = change(1, None, pending.clone());
            vec![first, change(2, Some(pending), running)]
        };
        Ok((self.0.trouble != Trouble::NoHistory).then(all))
    }

    async fn put_job(&self, spec: &serde_json::Value) -> Result<Deployed, ApiError> {
        self.answers().await?;
        let name = spec["name"].as_str().unwrap_or_default();
        let known = self.0.jobs.borrow().iter().any(|job| job == name);
        match self.0.trouble {
            Trouble::NoDeploy => {
                return Err(Self::refusal("PUT", 400, "no such input: generate"));
            }
            Trouble::NoChange if known => {
                return Err(Self::refusal("PUT", 409, "a rollout is going on"));
            }
            _ => {}
        }
        let mapping = &spec["config"]["input"]["generate"]["mapping"];
        let mapping = mapping.as_str().unwrap_or_default().trim_end();
        self.0.act(format!("deploy {name}: {mapping}"));
        if !known {
            self.0.jobs.borrow_mut().push(name.to_owned());
        }
        self.0.deployed.set(Some(tokio::time::Instant::now()));
        self.0.thief(Moment::BeforeTheFault);
        Ok(Deployed::Accepted {
            job: Box::new(job(name)),
            created: !known,
            warnings: Vec::new(),
        })
    }

    async fn rerun_job(&self, id: &JobId) -> Result<Rerun, ApiError> {
        self.answers().await?;
        if self.0.trouble == Trouble::NoChange {
            return Err(Self::refusal("PUT", 409, "a rollout is going on"));
        }
        self.0.act(format!("rerun {id}"));
        if self.0.trouble == Trouble::LostAnswer {
            return Err(ApiError::Unreachable {
                method: "PUT".to_owned(),
                url: "fake://orchestrator/jobs".to_owned(),
                reason: "connection reset".to_owned(),
            });
        }
        Ok(Rerun::default())
    }

    async fn stop_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        self.answers().await?;
        if self.0.trouble == Trouble::NoChange {
            return Err(Self::refusal("POST", 409, "a rollout is going on"));
        }
        self.0.act(format!("stop {id}: {reason}"));
        Ok(())
    }

    async fn delete_job(&self, id: &JobId, reason: &str) -> Result<(), ApiError> {
        self.answers().await?;
        if self.0.trouble == Trouble::NoChange && !reason.contains("is over") {
            return Err(Self::refusal("DELETE", 409, "a rollout is going on"));
        }
        self.0.act(format!("delete {id}: {reason}"));
        self.0.jobs.borrow_mut().retain(|name| *name != id.0);
        Ok(())
    }

    async fn delete_node(&self, id: &NodeId, _: &str) -> Result<(), ApiError> {
        self.answers().await?;
        self.0.act(format!("delete node {id}"));
        self.0.nodes.borrow_mut().retain(|(_, node)| *node != id.0);
        Ok(())
    }
}
