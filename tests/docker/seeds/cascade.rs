//! The extended scenario: a stuck execution keeps every later job off its node.

use super::api::{text, until};
use super::tables::{check, connected, executions, job};
use super::{EXECUTION_LIST, JOB_LIST, NODE_LIST, Result, Run};

const THIRD_LIST: &str = "docker exec orchestrator-debug expanso-cli execution list | grep third";
const LOGS: &str =
    r#"docker logs orchestrator-debug 2>&1 | grep -E "(STUCK|nodesToAvoid|skipping)""#;
const STUCK: &str = "RECONCILER: STUCK EXECUTIONS DETECTED";

impl Run {
    /// The third job gets nothing on the nodes of the second.
    pub(super) fn cascade(&mut self) -> Result {
        let block = self.next("Reproduce the cascading failure")?;
        // All of it at one go, on the document's own sleeps. Its last command greps for executions
        // that do not exist, so it ends with 1.
        let seen = self.run(&block, 1)?;
        connected(seen.answers(NODE_LIST)[0])?;
        let [first, in_window, after] = seen.answers(EXECUTION_LIST)[..] else {
            return Err("not three lists of executions".into());
        };
        executions(first, "test-job", "running")?;
        executions(in_window, "new-test-job", "pending")?;
        executions(after, "new-test-job", "pending")?;
        let [second, third] = seen.answers(JOB_LIST)[..] else {
            return Err("not two lists of jobs".into());
        };
        job(second, "new-test-job", &["deploying"])?;
        job(third, "third-test-job", &["deploying", "queued"])?;
        let [placed] = seen.answers(THIRD_LIST)[..] else {
            return Err("not one look for the third job".into());
        };
        check(placed.is_empty(), "nothing of the third job", || {
            placed.to_owned()
        })
    }

    /// The scheduler's own words for it.
    pub(super) async fn blocking(&mut self) -> Result {
        let block = self.next("Verify the blocking behavior")?;
        // The line comes with a round of housekeeping, every 30 s; the text says «should show», not when.
        until("the STUCK line", async || {
            let logs = self.place.logs("orchestrator-debug")?;
            Ok(logs.contains(STUCK))
        })
        .await?;
        let seen = self.run(&block, 0)?;
        // The answer alone: bash also says the lines, and a comment among them has these words.
        let found = seen.answers(LOGS).concat();
        check(found.contains(STUCK), STUCK, || seen.all.clone())?;
        let third = text(&self.local.job("third-test-job").await?["id"]);
        for execution in self.local.executions("new-test-job").await? {
            let node = text(&execution["node_id"]);
            let skipped = |line: &str| {
                ["skipping", &third, &node]
                    .iter()
                    .all(|word| line.contains(word))
            };
            check(found.lines().any(skipped), "both nodes are skipped", || {
                seen.all.clone()
            })?;
        }
        let placed = self.local.states("third-test-job").await?;
        check(placed.is_empty(), "nothing of the third job", || {
            format!("{placed:?}")
        })?;
        Self::still_stuck(&self.local).await
    }
}
