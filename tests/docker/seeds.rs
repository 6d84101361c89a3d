//! The bug report's own commands, word for word: every shell block of both documents, taken out by
//! parsing, on the variant and the timings that the documents describe.
//!
//! Only this is put in place of something else: `docker-compose` where there is no `docker compose`,
//! the stand-in's images for the Cloud's, its address for `$EXPANSO_ENDPOINT`, and `PUT /jobs` for what
//! a person does in the UI. A block is cut only to wait where the text lets a reader's time pass.

pub(crate) mod api;
mod cascade;
mod cloud;
mod document;
mod logs;
mod place;
mod script;
mod stuck;
mod surroundings;
mod tables;

use std::collections::VecDeque;
use std::io::Write as _;

use super::Result;
use super::engine::engine_test;
use api::{Api, until};
use document::{Block, Document};
use place::Place;
use script::Transcript;
use tables::check;

const NODE_LIST: &str = "docker exec orchestrator-debug expanso-cli node list";
const JOB_LIST: &str = "docker exec orchestrator-debug expanso-cli job list";
const EXECUTION_LIST: &str = "docker exec orchestrator-debug expanso-cli execution list";

#[test]
fn the_bug_reports_own_commands_show_what_it_says() {
    engine_test(async || {
        let document = Document::read("node-blocking.md")?;
        the_other_document_has_the_same_commands(&document)?;
        let mut run = Run {
            left: document.commands(),
            ran: String::new(),
            place: Place::new()?,
            local: Api::new(&Place::local())?,
        };
        run.build().await?;
        run.reproduce().await?;
        run.log_patterns(&document).await?;
        run.debug_cleanup()?;
        run.cascade()?;
        run.blocking().await?;
        run.cloud().await?;
        run.cloud_cleanup()?;

        let all: String = document.commands().into_iter().map(|it| it.text).collect();
        check(
            run.left.is_empty() && run.ran == all,
            "every block, whole",
            || format!("ran:\n{}\nleft: {:?}", run.ran, run.left),
        )
    });
}

/// Byte for byte, in the same order; so running them once is running them for both.
fn the_other_document_has_the_same_commands(long: &Document) -> Result {
    let short = Document::read("stuck-deploying.md")?.commands();
    let (long, count) = (long.commands(), short.len());
    let mut rest = long.iter();
    for block in &short {
        check(
            rest.any(|it| it == block),
            "a block of both documents",
            || format!("only stuck-deploying.md has:\n{}", block.text),
        )?;
    }
    check(count > 0, "blocks in stuck-deploying.md", String::new)?;
    writeln!(
        std::io::stderr(),
        "the {count} command blocks of stuck-deploying.md are {count} of the {} of node-blocking.md, byte for \
         byte, and run once",
        long.len()
    )?;
    Ok(())
}

/// The commands on their way from «left» to «ran».
struct Run {
    left: VecDeque<Block>,
    ran: String,
    place: Place,
    local: Api,
}

impl Run {
    /// The next block, which must be the one under this heading.
    fn next(&mut self, heading: &str) -> Result<Block> {
        match self.left.pop_front() {
            Some(block) if block.heading == heading => Ok(block),
            other => Err(format!("{other:?} where «{heading}» was due").into()),
        }
    }

    /// Runs a block or a part of one; its last command must end with this code.
    fn run(&mut self, block: &Block, code: i32) -> Result<Transcript> {
        self.ran.push_str(&block.text);
        let transcript = self.place.bash(&block.text)?;
        check(transcript.code == Some(code), &block.heading, || {
            format!("{:?}, not {code}:\n{}", transcript.code, transcript.all)
        })?;
        Ok(transcript)
    }

    /// «Build & Run».
    async fn build(&mut self) -> Result {
        let block = self.next("Build & Run")?;
        let built = self.run(&block, 0)?;
        let images = built.answers("./build-debug.sh");
        let edge = "rejoin/standin-edge:dev";
        check(images.len() == 1 && images[0].contains(edge), edge, || {
            built.all.clone()
        })?;
        self.place.install_cli()?;
        // The next block looks at the nodes; who reads it has waited for compose, not for handshakes.
        until("two nodes connected", async || {
            Ok(self.local.connected().await? == ["edge1-debug", "edge2-debug"])
        })
        .await
    }

    /// What the bug comes to: the job deploying, both executions pending and wanted running.
    async fn still_stuck(api: &Api) -> Result {
        let states = api.states("new-test-job").await?;
        check(states == ["running pending"; 2], "still pending", || {
            format!("{states:?}")
        })?;
        let job = api.job("new-test-job").await?;
        let state = &job["status"]["state"]["state_type"];
        check(state == "deploying", "still deploying", || {
            state.to_string()
        })
    }
}
