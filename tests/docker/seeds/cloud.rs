//! The document's last part: the same against Expanso Cloud, played by a stand-in.

use super::api::{Api, text, until};
use super::logs::{handshakes, looked_at};
use super::tables::{check, has_words};
use super::{Result, Run};

const TOKEN: &str = "exp_bk_of_a_test";
const RUNNING: [&str; 2] = ["running running"; 2];

impl Run {
    pub(super) async fn cloud(&mut self) -> Result {
        let block = self.next("Reproduce (Against Expanso Cloud)")?;
        // The debug stack is still up: bringing up the other file must leave it alone.
        let before = self.place.things(&["ps", "-a"])?;
        self.place.cloud_up()?;
        let api = Api::new(&self.place.cloud())?;

        let [setup, block] = block.after("cp .env.example .env  # add your bootstrap token")?;
        self.run(&setup, 0)?;
        self.add_token()?; // what the comment asks a person to do
        let [up, block] = block.before("# 1. Create nodes")?;
        self.run(&up, 0)?;
        let now = self.place.things(&["ps", "-a"])?;
        check(now.is_superset(&before), "the debug stack stays", || {
            format!("{before:?} became {now:?}")
        })?;
        let inspect = ["inspect", "--format", "{{.Config.Env}}", "edge1", "edge2"];
        let environment = self.place.docker(&inspect)?;
        let with_token = environment.matches(TOKEN).count();
        check(with_token == 2, "both edges have the token", || environment)?;
        self.place.cloud_reachable()?;
        // The text lists the nodes at once; the stand-in's edges still have to find their way.
        both_connected(&api).await?;

        let [list, block] = block.after("# 2. Schedule job via UI -> works")?;
        let nodes = self.run(&list, 0)?.all;
        for edge in ["edge1", "edge2"] {
            let pattern = format!("{edge} connected");
            let found = nodes.lines().any(|line| has_words(line, &pattern));
            check(found, &pattern, || nodes.clone())?;
        }
        api.put(&self.place.path("pipelines/test-job.yaml")).await?;
        until("test-job running", async || {
            Ok(api.states("test-job").await? == RUNNING)
        })
        .await?;

        let [kill, start] = block.after("# 4. Deploy NEW job via UI while nodes dead")?;
        self.run(&kill, 0)?;
        api.put(&self.place.path("pipelines/new-job.yaml")).await?;
        until("new-test-job placed", async || {
            Ok(api.states("new-test-job").await? == ["running pending"; 2])
        })
        .await?;
        let handshakes = handshakes(&self.place.cloud_logs()?).len();
        self.run(&start, 0)?;
        // «Job stuck» can be said only once the scheduler has looked at the nodes that are back.
        let job = text(&api.job("new-test-job").await?["id"]);
        until(
            "a look at new-test-job after both edges are back",
            async || Ok(looked_at(&self.place.cloud_logs()?, &job, handshakes + 2)),
        )
        .await?;
        both_connected(&api).await?;
        Self::still_stuck(&api).await
    }

    fn add_token(&self) -> Result {
        let file = self.place.path(".env");
        let key = "\nEXPANSO_EDGE_BOOTSTRAP_TOKEN=\n";
        let text = std::fs::read_to_string(&file)?;
        let with = text.replace(key, &format!("{}{TOKEN}\n", key.trim_end()));
        check(
            with != text,
            ".env.example has a line for the token",
            || text,
        )?;
        Ok(std::fs::write(file, with)?)
    }

    pub(super) fn cloud_cleanup(&mut self) -> Result {
        let block = self.next("Cleanup")?;
        let before = self.place.things(&["ps", "-a"])?;
        self.place.cloud_unreachable()?;
        let down = self.run(&block, 0)?;
        let left = self.place.things(&["ps", "-a"])?;
        check(
            before.is_superset(&left) && before.len() == 6 && left.len() == 4,
            "the two edges are gone, the debug stack is not",
            || format!("{before:?} became {left:?}\n{}", down.all),
        )?;
        for list in ["volume", "network"] {
            let left = self.place.things(&[list, "ls", "--filter", "name=cloud"])?;
            check(left.is_empty(), "nothing left", || {
                format!("{list}: {left:?}\n{}", down.all)
            })?;
        }
        Ok(())
    }
}

async fn both_connected(api: &Api) -> Result {
    until("both edges connected", async || {
        Ok(api.connected().await? == ["edge1", "edge2"])
    })
    .await
}
