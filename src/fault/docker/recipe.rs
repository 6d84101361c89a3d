//! What the undo of a container needs: what it was, and the requests that make it again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::DockerHands;
use super::identity;
use crate::fault::recreate::json::{object, text};
use crate::fault::recreate::{Creation, ImageNow, creation};
use crate::fault::{Container, FaultError, Recipe};

/// The body of a [`Recipe`].
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Remedy {
    /// The container as it stood when the recipe was made.
    pub(super) before: Container,
    /// How to make it again.
    pub(super) creation: Creation,
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
    let image = ImageNow {
        named: engine.image_id(text(&inspect, "/Config/Image")).await?,
        kept: engine.image_id(text(&inspect, "/Image")).await?.is_some(),
    };
    let before = described(hands, &inspect).ok_or_else(|| {
        not_recreatable(format!("it is not part of {}", hands.scope().describe()))
    })?;
    let creation = creation(&inspect, &image).map_err(not_recreatable)?;
    let body = serde_json::to_value(Remedy { before, creation })
        .map_err(|error| not_recreatable(error.to_string()))?;
    Ok(Recipe {
        container: container.name.clone(),
        body,
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
