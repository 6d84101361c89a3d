//! From an engine's description of a container to the requests that make it again, against goldens.
//!
//! `fixtures/inspect/VERSION-WHAT.json` is what an engine of that API version answers (1.41 recorded, the
//! others written after the API's reference), `VERSION-WHAT.create.json` what is asked of it.
//! `REJOIN_BLESS=1 cargo test` writes the goldens anew.

use std::path::{Path, PathBuf};

use rejoin::fault::recreate::{ImageNow, creation};
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
        let text = serde_json::to_string_pretty(&creation)? + "\n";
        let golden = folder().join(format!("{name}.create.json"));
        if std::env::var_os("REJOIN_BLESS").is_some() {
            std::fs::write(&golden, &text)?;
        }
        assert_eq!(text, std::fs::read_to_string(&golden)?, "{name}");
        seen += 1;
    }
    assert!(seen >= 5, "only {seen} goldens in {}", folder().display());
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
    let cases: [(Change, &str); 4] = [
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
