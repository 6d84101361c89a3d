//! From an engine's description of a container to the requests that make it again, against goldens.
//!
//! `fixtures/inspect/VERSION-WHAT.json` is what an engine of that API version answers (1.41 recorded, the
//! others written after the API's reference), `VERSION-WHAT.create.json` what is asked of it,
//! `VERSION-WHAT.added.create.json` what is asked of it to have another edge like that.
//! `REJOIN_BLESS=1 cargo test` writes the goldens anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rejoin::fault::recreate::{ImageNow, addition, creation};
use rejoin::fault::{ContainerName, NewEdge};
use serde_json::{Value, json};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/inspect")
}

fn inspect(name: &str) -> Result<Value> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.json")))?;
    Ok(serde_json::from_str(&text)?)
}

/// The image name still points to the container's image.
fn same(inspect: &Value) -> ImageNow {
    ImageNow {
        named: inspect["Image"].as_str().map(str::to_owned),
        kept: true,
    }
}

#[test]
fn goldens() -> Result {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder())? {
        let path = entry?.path();
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(name) = file
            .strip_suffix(".json")
            .filter(|name| !name.ends_with(".create"))
        else {
            continue;
        };
        let inspect = inspect(name)?;
        let creation = creation(&inspect, &same(&inspect))?;
        as_golden(&format!("{name}.create.json"), &creation)?;
        seen += 1;
    }
    assert!(seen >= 5, "only {seen} goldens in {}", folder().display());
    Ok(())
}

fn as_golden(file: &str, value: &impl serde::Serialize) -> Result {
    let text = serde_json::to_string_pretty(value)? + "\n";
    let golden = folder().join(file);
    if std::env::var_os("REJOIN_BLESS").is_some() {
        std::fs::write(&golden, &text)?;
    }
    assert_eq!(text, std::fs::read_to_string(&golden)?, "{file}");
    Ok(())
}

fn new_edge(labels: &[(&str, &str)]) -> NewEdge {
    let labels = labels
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    NewEdge {
        name: ContainerName("rejoin-r1-more-1".to_owned()),
        service: "more-1".to_owned(),
        labels: labels.collect(),
        run: "r1".to_owned(),
    }
}

/// Another edge like one that exists: its own name, volumes, ports and labels, all else the same.
#[test]
fn an_added_edge_has_an_identity_of_its_own() -> Result {
    let labels = BTreeMap::from([("rejoin.added".to_owned(), "r1".to_owned())]);
    for name in [
        "1.41-compose-two-networks",
        "1.41-compose-static-address",
        "1.47-three-networks",
    ] {
        let model = inspect(name)?;
        let edge = new_edge(&[("site", "b"), ("edge", "more-1")]);
        let added = addition(&model, &same(&model), &edge, &labels)?;
        as_golden(&format!("{name}.added.create.json"), &added.creation)?;
        let text = serde_json::to_string(&added.creation)?;
        for theirs in ["com.docker.compose", "IPAMConfig", "MacAddress"] {
            assert!(!text.contains(theirs), "{name}: {theirs}");
        }
        for mount in model["Mounts"].as_array().into_iter().flatten() {
            let volume = mount["Name"].as_str().filter(|_| mount["Type"] == "volume");
            assert!(
                !volume.is_some_and(|volume| text.contains(volume)),
                "{name}: {mount}"
            );
        }
        for volume in &added.volumes {
            assert!(text.contains(&format!("{volume}:")), "{name}: {volume}");
        }
    }
    Ok(())
}

#[test]
fn a_node_has_the_name_of_its_host_and_the_labels_that_are_asked_for() -> Result {
    let mut model = inspect("1.47-three-networks")?;
    model["Config"]["Env"] = json!(["A=1", "NODE_NAME=edge1", "NODE_LABELS=edge=edge1", "NODE=x"]);
    let environment = |labels: &[(&str, &str)]| -> Result<Value> {
        let made = addition(&model, &same(&model), &new_edge(labels), &BTreeMap::new())?;
        assert_eq!(made.creation.create["Hostname"], "rejoin-r1-more-1");
        Ok(made.creation.create["Env"].clone())
    };
    assert_eq!(environment(&[])?, json!(["A=1", "NODE=x"]));
    let two = environment(&[("zone", "z"), ("site", "b")])?;
    assert_eq!(two, json!(["A=1", "NODE=x", "NODE_LABELS=site=b,zone=z"]));
    Ok(())
}

/// A mount of the long form names its volume elsewhere.
#[test]
fn a_volume_is_replaced_wherever_it_is_asked_for() -> Result {
    let model = inspect("1.43-anonymous-volumes")?;
    let made = addition(&model, &same(&model), &new_edge(&[]), &BTreeMap::new())?;
    let host = &made.creation.create["HostConfig"];
    let asked = format!("{} {}", host["Binds"], host["Mounts"]);
    assert!(!made.volumes.is_empty());
    for volume in &made.volumes {
        assert!(asked.contains(volume.as_str()), "{volume}: {asked}");
    }
    for mount in model["Mounts"].as_array().into_iter().flatten() {
        let theirs = mount["Name"].as_str().unwrap_or_default();
        assert!(
            mount["Type"] != "volume" || !asked.contains(theirs),
            "{theirs}: {asked}"
        );
    }
    Ok(())
}

/// What no golden may say, whatever the version: things that belong to the old container.
#[test]
fn nothing_of_the_old_container_is_asked_for() -> Result {
    for name in [
        "1.41-compose-two-networks",
        "1.41-compose-static-address",
        "1.43-anonymous-volumes",
        "1.47-three-networks",
    ] {
        let inspect = inspect(name)?;
        let text = serde_json::to_string(&creation(&inspect, &same(&inspect))?)?;
        let id = inspect["Id"].as_str().unwrap_or_default();
        assert!(!text.contains(&id[..12]), "{name}: the short id");
        for field in [
            "MacAddress",
            "IPAddress",
            "EndpointID",
            "NetworkID",
            "DNSNames",
        ] {
            assert!(!text.contains(field), "{name}: {field}");
        }
    }
    Ok(())
}

#[test]
fn fields_that_no_model_knows_are_kept() -> Result {
    let mut inspect = inspect("1.47-three-networks")?;
    inspect["Config"]["FromTheFuture"] = json!({ "a": 1 });
    inspect["HostConfig"]["FromTheFuture"] = json!([2]);
    let create = creation(&inspect, &same(&inspect))?.create;
    assert_eq!(create["FromTheFuture"], json!({ "a": 1 }));
    assert_eq!(create["HostConfig"]["FromTheFuture"], json!([2]));
    Ok(())
}

#[test]
fn what_would_be_lost_is_refused() -> Result {
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 7] = [
        (
            |i| i["NetworkSettings"]["Networks"]["shop_six"]["FromTheFuture"] = json!(true),
            "FromTheFuture",
        ),
        (
            |i| i["HostConfig"]["Links"] = json!(["/db:/edge/db"]),
            "links",
        ),
        (|i| i["State"]["Paused"] = json!(true), "paused"),
        (|i| i["Config"] = Value::Null, "no Config"),
        (
            |i| i["Config"]["Labels"]["com.docker.swarm.service.name"] = json!("shop_edge"),
            "swarm service shop_edge",
        ),
        (
            |i| i["NetworkSettings"]["Networks"]["../containers/4711/kill?"] = json!({}),
            "`../containers/4711/kill?` has a name",
        ),
        (
            |i| i["Mounts"][0]["Name"] = json!("..%2fvolumes"),
            "`..%2fvolumes` has a name",
        ),
    ];
    for (change, word) in cases {
        let mut inspect = inspect("1.47-three-networks")?;
        change(&mut inspect);
        let refusal = creation(&inspect, &same(&inspect))
            .err()
            .unwrap_or_default();
        assert!(refusal.contains(word), "{word}: {refusal}");
    }
    let mut inspect = inspect("1.43-anonymous-volumes")?;
    inspect["HostConfig"]["AutoRemove"] = json!(true);
    let refusal = creation(&inspect, &same(&inspect))
        .err()
        .unwrap_or_default();
    assert!(refusal.contains("--rm"), "{refusal}");
    Ok(())
}

#[test]
fn a_moved_tag_is_replaced_by_the_image_id() -> Result {
    let inspect = inspect("1.47-three-networks")?;
    let moved = ImageNow {
        named: Some("sha256:other".to_owned()),
        kept: true,
    };
    assert_eq!(
        creation(&inspect, &moved)?.create["Image"],
        inspect["Image"]
    );
    let gone = ImageNow {
        kept: false,
        ..moved
    };
    let refusal = creation(&inspect, &gone).err().unwrap_or_default();
    assert!(refusal.contains("no longer there"), "{refusal}");
    Ok(())
}
