//! The fake orchestrator: every node is connected, every job is placed on every edge.

use std::rc::Rc;

use rejoin::api::model::{
    Deployed, Evaluation, Execution, ExecutionId, ExecutionState, Job, JobId, JobState, Node,
    NodeId, NodeState, Status,
};
use rejoin::api::{ApiError, Orchestrator};

use crate::fake::{State, Trouble};

pub(crate) struct Eyes(pub(crate) Rc<State>);

impl Eyes {
    fn answers(&self) -> Result<(), ApiError> {
        if self.0.trouble == Trouble::NoApi && self.0.faults.get() > 0 {
            return Err(ApiError::Unreachable {
                method: "GET".to_owned(),
                url: "fake://orchestrator".to_owned(),
                reason: "connection refused".to_owned(),
            });
        }
        Ok(())
    }

    fn runs(&self, edge: &str) -> bool {
        self.0.trouble != Trouble::NoWork && self.0.containers.borrow().contains_key(edge)
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
    }
}

impl Orchestrator for Eyes {
    async fn status(&self) -> Result<Option<Status>, ApiError> {
        Ok(None)
    }

    async fn nodes(&self) -> Result<Vec<Node>, ApiError> {
        self.answers()?;
        let node = |name: &str| Node {
            id: NodeId(name.to_owned()),
            name: Some(name.to_owned()),
            hostname: None,
            state: Some(NodeState::Connected),
            connected_since: None,
            last_heartbeat: None,
            created_at: None,
        };
        let looks = self.0.looks.get() + 1;
        self.0.looks.set(looks);
        let mut nodes = ["edge1", "edge2"].map(node);
        match self.0.trouble {
            Trouble::NoNodes => return Ok(Vec::new()),
            Trouble::Unheard(first) => {
                let beat = |fresh| Some(if fresh { "12:00:15" } else { "12:00:00" }.to_owned());
                nodes[0].last_heartbeat = beat(looks > 1);
                nodes[1].last_heartbeat = beat(looks > first);
            }
            Trouble::Away(first) if looks <= first => nodes[1].state = Some(NodeState::Lost),
            _ => {}
        }
        Ok(nodes.into())
    }

    async fn jobs(&self) -> Result<Vec<Job>, ApiError> {
        self.answers()?;
        let mut jobs: Vec<Job> = self.0.jobs.borrow().iter().map(|name| job(name)).collect();
        if let (Trouble::Leftover(deleted), Some(old)) = (self.0.trouble, jobs.first_mut()) {
            old.labels = [("rejoin.run".to_owned(), "0ff0ff".to_owned())].into();
            old.state = deleted.then_some(JobState::Deleted);
        }
        Ok(jobs)
    }

    async fn job(&self, id: &JobId) -> Result<Option<Job>, ApiError> {
        self.answers()?;
        Ok(Some(job(&id.0)))
    }

    async fn executions(&self, of: Option<&JobId>) -> Result<Vec<Execution>, ApiError> {
        self.answers()?;
        let jobs = self.0.jobs.borrow();
        let jobs = jobs
            .iter()
            .filter(|name| of.is_none_or(|id| id.0 == **name));
        let execution = |name: &str, edge: &str| Execution {
            id: ExecutionId(format!("{name}-on-{edge}")),
            job_id: JobId(name.to_owned()),
            job_version: Some(1),
            node_id: NodeId(edge.to_owned()),
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
        };
        let placed = jobs.flat_map(|name| ["edge1", "edge2"].map(|edge| execution(name, edge)));
        Ok(placed.collect())
    }

    async fn evaluations(&self, _: &JobId) -> Result<Option<Vec<Evaluation>>, ApiError> {
        self.answers()?;
        Ok(Some(Vec::new()))
    }

    async fn put_job(&self, spec: &serde_json::Value) -> Result<Deployed, ApiError> {
        self.answers()?;
        if self.0.trouble == Trouble::NoDeploy {
            return Err(ApiError::Refused {
                method: "PUT".to_owned(),
                url: "fake://orchestrator/jobs".to_owned(),
                status: 400,
                code: None,
                message: "no such input: generate".to_owned(),
            });
        }
        let name = spec["name"].as_str().unwrap_or_default();
        self.0.jobs.borrow_mut().push(name.to_owned());
        Ok(Deployed::Accepted {
            job: job(name),
            created: true,
            warnings: Vec::new(),
        })
    }

    async fn stop_job(&self, _: &JobId, _: &str) -> Result<(), ApiError> {
        self.answers()
    }

    async fn delete_job(&self, id: &JobId, _: &str) -> Result<(), ApiError> {
        self.answers()?;
        self.0.jobs.borrow_mut().retain(|name| *name != id.0);
        Ok(())
    }
}
