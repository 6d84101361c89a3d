//! What an undo needs: what the container was and the requests that make it again, or that it was not
//! there before.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::DockerHands;
use super::identity;
use super::volumes::{self, Volume};
use crate::fault::recreate::json::{object, text};
use crate::fault::recreate::{Creation, ImageNow, creation};
use crate::fault::{Container, FaultError, NewEdge, Recipe};

/// The body of a [`Recipe`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Remedy {
    /// The container stood there.
    Standing(Box<Standing>),
    /// A run added it.
    Absent(Absent),
}

/// A container that has to be as it was.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Standing {
    /// The container as it stood when the recipe was made.
    pub(super) before: Container,
    /// How to make it again.
    pub(super) creation: Creation,
    /// How to make its volumes again.
    pub(super) volumes: Vec<Volume>,
}

/// A container that has to be gone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Absent {
    /// The run that added it.
    pub(super) run: String,
}

impl Remedy {
    /// Reads a recipe back.
    pub(super) fn read(recipe: &Recipe) -> Result<Self, FaultError> {
        serde_json::from_value(recipe.body.clone()).map_err(|error| FaultError::Engine {
            action: format!("read the recipe of {}", recipe.container),
            reason: format!("{error}; was it written by another version?"),
        })
    }
}

/// How to bring this container back as it is now.
pub(super) async fn recipe(
    hands: &DockerHands,
    container: &Container,
) -> Result<Recipe, FaultError> {
    let not_recreatable = |reason: String| FaultError::NotRecreatable {
        container: container.name.clone(),
        reason,
    };
    let engine = hands.engine();
    let found = engine.plain.inspect(&container.id).await?;
    let inspect = found.ok_or_else(|| not_recreatable("it is gone already".to_owned()))?;
    let image = image_now(hands, &inspect).await?;
    let before = described(hands, &inspect).ok_or_else(|| {
        not_recreatable(format!("it is not part of {}", hands.scope().describe()))
    })?;
    let creation = creation(&inspect, &image).map_err(not_recreatable)?;
    let standing = Standing {
        before,
        creation,
        volumes: volumes::of(engine, &inspect).await?,
    };
    let body = serde_json::to_value(Remedy::Standing(Box::new(standing)))
        .map_err(|error| not_recreatable(error.to_string()))?;
    Ok(Recipe {
        container: container.name.clone(),
        body,
    })
}

/// How to take an added edge away again.
pub(super) fn absence(edge: &NewEdge) -> Recipe {
    Recipe {
        container: edge.name.clone(),
        body: serde_json::json!({ "absent": { "run": edge.run } }),
    }
}

/// What the engine has now of the container's image.
pub(super) async fn image_now(
    hands: &DockerHands,
    inspect: &Value,
) -> Result<ImageNow, FaultError> {
    let engine = hands.engine();
    Ok(ImageNow {
        named: engine.image_id(text(inspect, "/Config/Image")).await?,
        kept: engine.image_id(text(inspect, "/Image")).await?.is_some(),
    })
}

/// The container of the target that the engine describes; `None` for a stranger.
pub(super) fn described(hands: &DockerHands, inspect: &Value) -> Option<Container> {
    let labels = object(inspect, "/Config/Labels");
    let member = hands
        .scope()
        .member(|label| labels.and_then(|labels| labels.get(label)?.as_str()));
    Some(identity::container(inspect, member?))
}
