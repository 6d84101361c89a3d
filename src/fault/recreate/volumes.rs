//! What to mount, so that the new container finds the old one's data.

use serde_json::{Map, Value};

use super::json::text;

/// Names every volume that the engine named, so that the new container finds the old data.
pub(super) fn bind(inspect: &Value, host: &mut Map<String, Value>) -> Result<(), String> {
    host.remove("VolumesFrom"); // what it brought stands among the mounts
    let mut binds: Vec<Value> = host
        .get("Binds")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let bound: Vec<String> = binds
        .iter()
        .filter_map(|bind| destination(bind.as_str()?))
        .collect();
    let mounts = inspect.get("Mounts").and_then(Value::as_array);
    for mount in mounts.into_iter().flatten() {
        let to = text(mount, "/Destination");
        if bound.iter().any(|destination| destination == to) || name_requested(host, to, mount) {
            continue;
        }
        let source = match text(mount, "/Type") {
            "volume" => text(mount, "/Name"),
            "bind" => text(mount, "/Source"),
            _ => continue, // tmpfs and the like hold nothing and stand in HostConfig
        };
        let auto_remove = host.get("AutoRemove") == Some(&Value::Bool(true));
        if auto_remove && text(mount, "/Type") == "volume" {
            return Err(format!(
                "it was run with --rm, which takes its volume at {to} along"
            ));
        }
        let mode = if mount.get("RW") == Some(&Value::Bool(false)) {
            ":ro"
        } else {
            ""
        };
        binds.push(format!("{source}:{to}{mode}").into());
    }
    if !binds.is_empty() {
        host.insert("Binds".to_owned(), Value::Array(binds));
    }
    Ok(())
}

/// Whether `HostConfig.Mounts` asks for something at this destination; a volume without a name there
/// is given the name it got.
fn name_requested(host: &mut Map<String, Value>, to: &str, mount: &Value) -> bool {
    let requests = host.get_mut("Mounts").and_then(Value::as_array_mut);
    let request = requests
        .into_iter()
        .flatten()
        .find(|request| text(request, "/Target") == to);
    let Some(request) = request else {
        return false;
    };
    if text(request, "/Type") == "volume" && text(request, "/Source").is_empty() {
        request["Source"] = text(mount, "/Name").into();
    }
    true
}

/// Where `SOURCE:DESTINATION[:OPTIONS]` mounts to (the containers are Linux's: no drive letters).
fn destination(bind: &str) -> Option<String> {
    let path = bind.split(':').nth(1)?.trim_end_matches('/');
    Some(if path.is_empty() { "/" } else { path }.to_owned())
}
