//! The main procedure: a job that is deployed into the disconnect window is stuck, and the logs say so.

use super::api::{text, until};
use super::document::Document;
use super::tables::{check, connected, executions, has_words, job};
use super::{EXECUTION_LIST, JOB_LIST, NODE_LIST, Result, Run};

const LOGS: &str = r#"docker logs orchestrator-debug 2>&1 | grep -E "(DISPATCH|PUBLISH|leave)""#;

impl Run {
    /// The main procedure: a job deployed into the disconnect window is stuck.
    pub(super) async fn reproduce(&mut self) -> Result {
        let block = self.next("Reproduce the bug")?;
        // Whether a deployed job runs is asked at once; a deploy answers before its job is placed.
        let [head, tail] = block.before(EXECUTION_LIST)?;
        let deployed = self.run(&head, 0)?;
        connected(deployed.answers(NODE_LIST)[0])?;
        until("test-job running", async || {
            Ok(self.local.states("test-job").await? == ["running running"; 2])
        })
        .await?;
        let stuck = self.run(&tail, 0)?;
        let [first, last] = stuck.answers(EXECUTION_LIST)[..] else {
            return Err("not two lists of executions".into());
        };
        executions(first, "test-job", "running")?;
        executions(last, "test-job", "running")?;
        executions(last, "new-test-job", "pending")?;
        job(stuck.answers(JOB_LIST)[0], "new-test-job", &["deploying"])
    }

    /// What the logs say to it, and what they do not.
    pub(super) async fn log_patterns(&mut self, document: &Document) -> Result {
        let block = self.next("Log Patterns to Watch")?;
        let seen = self.run(&block, 0)?;
        let found = seen.answers(LOGS).concat();
        for line in ["DISPATCH: Attempting to send message", "PUBLISH: "] {
            check(found.contains(line), line, || seen.all.clone())?;
        }
        let logs = self.place.logs("orchestrator-debug")?;
        let patterns = document.log_lines("Log Patterns to Watch");
        check(patterns.len() == 5, "five patterns", || {
            format!("{patterns:?}")
        })?;
        for pattern in patterns {
            let found = logs.lines().any(|line| has_words(line, pattern));
            check(found, pattern, || logs.clone())?;
        }
        // «No new DISPATCH logs for the stuck job»: one for each execution, all before the node-join.
        let id = text(&self.local.job("new-test-job").await?["id"]);
        let lines: Vec<&str> = logs.lines().collect();
        let join = lines.iter().rposition(|line| {
            line.contains("REEVALUATOR: Created evaluation") && line.contains(&id)
        });
        let join = join.ok_or("no evaluation of the stuck job")?;
        for execution in self.local.executions("new-test-job").await? {
            let id = text(&execution["id"]);
            let dispatched = |at: &usize| {
                lines[*at].contains("DISPATCH: Attempting") && lines[*at].contains(&id)
            };
            let places: Vec<usize> = (0..lines.len()).filter(dispatched).collect();
            check(
                places.len() == 1 && places[0] < join,
                "one dispatch, before the node-join",
                || format!("lines {places:?}, node-join in line {join}:\n{logs}"),
            )?;
        }
        Self::still_stuck(&self.local).await
    }

    /// Nothing is left, also no volume.
    pub(super) fn debug_cleanup(&mut self) -> Result {
        let block = self.next("Debug Cleanup")?;
        let down = self.run(&block, 0)?;
        for list in [&["ps", "-a"][..], &["volume", "ls"], &["network", "ls"]] {
            let left = self.place.things(list)?;
            check(left.is_empty(), "nothing left", || {
                format!("{list:?}: {left:?}\n{}", down.all)
            })?;
        }
        Ok(())
    }
}
