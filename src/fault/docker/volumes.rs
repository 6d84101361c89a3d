//! The volumes of containers: who uses them, what they are, and how they go and come again.

use std::collections::{BTreeMap, HashMap};

use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListVolumesOptionsBuilder, RemoveVolumeOptions,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::engine::{Engine, failed, status};
use crate::crash_point;
use crate::fault::FaultError;
use crate::fault::recreate::json::{object, text};

/// What makes a volume the same one, but for its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Volume {
    pub(super) name: String,
    pub(super) driver: String,
    pub(super) options: BTreeMap<String, String>,
    pub(super) labels: BTreeMap<String, String>,
}

/// The names of the volumes that a container mounts, each once, in order.
pub(super) fn names(inspect: &Value) -> Vec<String> {
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    let volumes = mounts
        .into_iter()
        .flatten()
        .filter(|mount| text(mount, "/Type") == "volume");
    let mut names: Vec<String> = volumes.map(|it| text(it, "/Name").to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// A folder of the host that a container may write to: data that is not its own alone.
pub(super) fn host_folder(inspect: &Value) -> Option<&str> {
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    let mut binds = mounts.into_iter().flatten().filter(|mount| {
        text(mount, "/Type") == "bind" && mount.get("RW") == Some(&Value::Bool(true))
    });
    binds.next().map(|mount| text(mount, "/Source"))
}

/// What the volumes of a container are.
pub(super) async fn of(engine: &Engine, inspect: &Value) -> Result<Vec<Volume>, FaultError> {
    let mut volumes = Vec::new();
    for name in names(inspect) {
        volumes.extend(look(engine, &name).await?);
    }
    Ok(volumes)
}

/// The volume of this name; `None` where there is none.
async fn look(engine: &Engine, name: &str) -> Result<Option<Volume>, FaultError> {
    let found = engine.plain.volume(name).await?;
    let pairs = |volume: &Value, field: &str| {
        let pairs = object(volume, field).into_iter().flatten();
        pairs
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect()
    };
    Ok(found.map(|volume| Volume {
        name: name.to_owned(),
        driver: text(&volume, "/Driver").to_owned(),
        options: pairs(&volume, "/Options"),
        labels: pairs(&volume, "/Labels"),
    }))
}

/// A container other than the one with this id that uses the volume, running or not, by its name.
pub(super) async fn other_user(
    engine: &Engine,
    volume: &str,
    id: &str,
) -> Result<Option<String>, FaultError> {
    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&HashMap::from([("volume", vec![volume])]))
        .build();
    let listed = engine.docker.list_containers(Some(options)).await;
    let listed = listed.map_err(|error| failed("list the containers", &error))?;
    let other = listed.into_iter().find(|it| it.id.as_deref() != Some(id));
    Ok(other.map(|other| {
        let name = other.names.into_iter().flatten().next();
        name.unwrap_or_default().trim_start_matches('/').to_owned()
    }))
}

/// Makes the volume, unless it is there.
pub(super) async fn make(engine: &Engine, volume: &Volume) -> Result<(), FaultError> {
    if look(engine, &volume.name).await?.is_some() {
        return Ok(());
    }
    let body = json!({
        "Name": volume.name,
        "Driver": volume.driver,
        "DriverOpts": volume.options,
        "Labels": volume.labels,
    });
    engine.plain.create_volume(&volume.name, &body).await
}

/// Removes the volume, and sees that it is gone; one that is gone already is no error.
pub(super) async fn remove(engine: &Engine, name: &str) -> Result<(), FaultError> {
    let action = format!("remove the volume {name}");
    let request = engine
        .docker
        .remove_volume(name, None::<RemoveVolumeOptions>);
    match crash_point::around(request).await {
        Err(error) if status(&error) != Some(404) => return Err(failed(&action, &error)),
        _ => {}
    }
    match look(engine, name).await? {
        None => Ok(()),
        Some(_) => Err(FaultError::Engine {
            action,
            reason: "an inspect still finds it".to_owned(),
        }),
    }
}

/// The names of the volumes that carry all these labels (`NAME=VALUE`), in order.
pub(super) async fn labelled(
    engine: &Engine,
    labels: &[String],
) -> Result<Vec<String>, FaultError> {
    let labels = labels.iter().map(String::as_str).collect();
    let options = ListVolumesOptionsBuilder::new()
        .filters(&HashMap::from([("label", labels)]))
        .build();
    let listed = engine.docker.list_volumes(Some(options)).await;
    let listed = listed.map_err(|error| failed("list the volumes", &error))?;
    let found = listed.volumes.into_iter().flatten();
    let mut names: Vec<String> = found.map(|volume| volume.name).collect();
    names.sort();
    Ok(names)
}
