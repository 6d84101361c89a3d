//! The undo: a container is made what its recipe says, from whatever it is now.
//!
//! Not a replay of steps: it looks first, so it is right after a half-done undo, after a crash of the
//! harness, and where somebody else brought the container back already.

use serde_json::Value;

use super::engine::{Engine, failed};
use super::inject::{EVENT_LIMIT, proof, running};
use super::witness::{EVER, Seen, Witness, last_end, last_start};
use crate::fault::recreate::json::{object, text};
use crate::fault::recreate::{Creation, ImageNow, creation, state};
use crate::fault::{Container, ContainerName, FaultError, Proof, Recipe, RunState};

/// How to bring this container back as it is now.
pub(super) async fn recipe(engine: &Engine, container: &Container) -> Result<Recipe, FaultError> {
    let not_recreatable = |reason: String| FaultError::NotRecreatable {
        container: container.name.clone(),
        reason,
    };
    let found = engine.plain.inspect(&container.id).await?;
    let inspect = found.ok_or_else(|| not_recreatable("it is gone already".to_owned()))?;
    let image = ImageNow {
        named: engine.image_id(text(&inspect, "/Config/Image")).await?,
        kept: engine.image_id(text(&inspect, "/Image")).await?.is_some(),
    };
    let creation = creation(&inspect, &image).map_err(not_recreatable)?;
    let body =
        serde_json::to_value(creation).map_err(|error| not_recreatable(error.to_string()))?;
    Ok(Recipe {
        container: container.name.clone(),
        body,
    })
}

/// Makes the container what its recipe says.
pub(super) async fn converge(
    engine: &Engine,
    recipe: &Recipe,
) -> Result<Option<Proof>, FaultError> {
    let wanted: Creation =
        serde_json::from_value(recipe.body.clone()).map_err(|error| FaultError::Engine {
            action: format!("read the recipe of {}", recipe.container),
            reason: format!("{error}; was it written by another version?"),
        })?;
    let undo = Undo { engine, wanted };
    undo.run().await
}

struct Undo<'a> {
    engine: &'a Engine,
    wanted: Creation,
}

impl Undo<'_> {
    async fn run(&self) -> Result<Option<Proof>, FaultError> {
        let name = &self.wanted.name;
        let Some(inspect) = self.engine.plain.inspect(name).await? else {
            let created = self.engine.plain.create(name, &self.wanted.create).await?;
            // No id: somebody else took the name between the look and the request.
            let id =
                created.ok_or_else(|| self.failed("its name was taken meanwhile; heal again"))?;
            let inspect = self.engine.plain.inspect(&id).await?;
            let inspect =
                inspect.ok_or_else(|| self.failed("it was removed while it was created"))?;
            return self.start(&inspect, &["create", "start"], EVER).await;
        };
        match (state(&inspect), self.wanted.state) {
            (RunState::Paused, RunState::Running) => self.unpause(&inspect).await.map(Some),
            (RunState::Exited, RunState::Running) => {
                self.start(&inspect, &["start"], &last_end(&inspect)).await
            }
            // Running where it did not run before is left alone: nobody's fault of ours did that.
            _ => Ok(None),
        }
    }

    /// Connects what is not connected yet and starts the container, if it ran before.
    async fn start(
        &self,
        inspect: &Value,
        events: &[&str],
        since: &str,
    ) -> Result<Option<Proof>, FaultError> {
        let id = text(inspect, "/Id");
        let connected = object(inspect, "/NetworkSettings/Networks");
        for (network, endpoint) in &self.wanted.networks {
            if !connected.is_some_and(|networks| networks.contains_key(network)) {
                self.engine.plain.join(id, network, endpoint).await?;
            }
        }
        if self.wanted.state != RunState::Running {
            let proof = Proof {
                at: crate::clock::Clock::wall().now(),
                events: vec!["create".to_owned()],
                inspect: text(inspect, "/State/Status").to_owned(),
            };
            return Ok(Some(proof));
        }
        let request = self.engine.docker.start_container(id, None);
        self.prove(id, "start", request, events, since)
            .await
            .map(Some)
    }

    async fn unpause(&self, inspect: &Value) -> Result<Proof, FaultError> {
        let id = text(inspect, "/Id");
        let request = self.engine.docker.unpause_container(id);
        self.prove(id, "unpause", request, &["unpause"], &last_start(inspect))
            .await
    }

    /// Sends the request, waits for its events, and sees the container run.
    async fn prove(
        &self,
        id: &str,
        word: &str,
        request: impl Future<Output = Result<(), bollard::errors::Error>>,
        events: &[&str],
        since: &str,
    ) -> Result<Proof, FaultError> {
        let not_proven = |reason: String| FaultError::NotProven {
            fault: word.to_owned(),
            container: ContainerName(self.wanted.name.clone()),
            reason,
        };
        let mut witness = Witness::of(self.engine, id, since);
        let action = format!("{word} {}", self.wanted.name);
        let ((), seen): ((), Vec<Seen>) = tokio::try_join!(
            biased;
            async { request.await.map_err(|error| failed(&action, &error)) },
            async { witness.saw(events, EVENT_LIMIT).await.map_err(&not_proven) },
        )?;
        match self.engine.plain.inspect(id).await? {
            Some(after) if state(&after) == RunState::Running => Ok(proof(&seen, running(&after))),
            Some(after) => {
                let code = after
                    .pointer("/State/ExitCode")
                    .and_then(Value::as_i64)
                    .unwrap_or_default();
                Err(not_proven(format!(
                    "it ended at once with code {code}; see `docker logs {}`",
                    self.wanted.name
                )))
            }
            None => Err(not_proven("it was removed again".to_owned())),
        }
    }

    fn failed(&self, reason: &str) -> FaultError {
        FaultError::Engine {
            action: format!("create {} again", self.wanted.name),
            reason: reason.to_owned(),
        }
    }
}
