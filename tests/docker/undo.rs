//! The undo when other hands were at work meanwhile: nothing of theirs is touched, nothing is taken for
//! what it is not.

use std::process::Command;

use super::Result;
use super::engine::{Stack, engine_test};
use super::hands::{edge, hands};
use rejoin::fault::{FaultError, Faults, Recipe};
use rejoin::playbook::FaultKind;
use rejoin::settings::Environment;

const FILE: &str = r"
services:
  edge1:
    image: rejoin/nats:dev
    container_name: rejoin-undo-edge1
    labels: { rejoin.role: edge }
    networks: [data, control]
networks: { data: {}, control: {} }
";

pub(crate) fn docker(args: &[&str]) -> Result<String> {
    let output = Command::new("docker").args(args).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// A container of this test's own making, removed by its id however the test ends.
pub(crate) struct Made(pub(crate) String);

impl Made {
    pub(crate) fn from(args: &[&str]) -> Result<Self> {
        let create = [&["create"], args, &["rejoin/nats:dev"]].concat();
        docker(&create).map(Self)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if let Err(error) = docker(&["rm", "-f", &self.0]) {
            eprintln!("{} was not removed: {error}", self.0);
        }
    }
}

#[test]
fn what_other_hands_made_is_not_taken_for_ours() {
    engine_test(|| async {
        let _stack = Stack::up("rejoin-undo", FILE)?;
        let hands = hands("rejoin-undo", &Environment::read()).await?;
        let before = hands.inventory().await?;
        let one = edge(&before, "edge1")?;
        let recipe = hands.recipe(one).await?;
        hands.inject(FaultKind::Remove, one).await?;

        let name = ["--name", "rejoin-undo-edge1"];
        let bare = Made::from(&name)?;
        refused(&hands, &recipe, &bare, "is not part of").await?;
        drop(bare);

        // As compose labels its own, and yet another container.
        let project = "com.docker.compose.project=rejoin-undo";
        let file = "com.docker.compose.project.config_files=compose.yml";
        let service = "com.docker.compose.service=edge1";
        let labels = [project, file, service, "rejoin.role=edge"];
        let labels: Vec<&str> = labels
            .iter()
            .flat_map(|label| ["--label", *label])
            .collect();
        let alike = Made::from(&[&name[..], &labels[..]].concat())?;
        refused(&hands, &recipe, &alike, "label.").await?;
        drop(alike);

        // What is left of an undo that was cut short is ours, though its id is new.
        hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
        docker(&["stop", "-t", "0", &one.name.0])?;
        docker(&["network", "disconnect", "rejoin-undo_control", &one.name.0])?;
        hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
        let after = hands.inventory().await?;
        assert_eq!(one.differences(edge(&after, "edge1")?), [""; 0]);

        // It runs, but not as it did: that is said, not passed over.
        let recipe = hands.recipe(edge(&after, "edge1")?).await?;
        docker(&["network", "disconnect", "rejoin-undo_data", &one.name.0])?;
        docker(&[
            "network",
            "connect",
            "--alias",
            "stranger",
            "rejoin-undo_data",
            &one.name.0,
        ])?;
        let refused = hands.converge(&recipe, &[]).await;
        assert!(
            matches!(&refused, Err(FaultError::NotAsBefore { differences, .. }) if differences.contains("network.rejoin-undo_data")),
            "{refused:?}"
        );
        Ok(())
    });
}

/// The undo refuses, and the stranger is as it was: created, never started, in its one network.
async fn refused(hands: &impl Faults, recipe: &Recipe, stranger: &Made, words: &str) -> Result {
    let refused = hands.converge(recipe, &[]).await;
    assert!(
        matches!(&refused, Err(FaultError::Occupied { reason, .. }) if reason.contains(words)),
        "{refused:?}"
    );
    let look = "{{.State.Status}} {{len .NetworkSettings.Networks}}";
    let is = docker(&["inspect", "--format", look, &stranger.0])?;
    assert_eq!(is, "created 1");
    Ok(())
}
