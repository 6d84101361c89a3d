//! An engine of a few canned answers on a socket of its own, for refusals that come before anything is
//! done to a container. The real engine is ring 3's.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;

use serde_json::{Value, json};

/// Serves until the process ends; anything that would change a container is answered with 500.
pub(crate) fn serve(socket: &Path) -> std::io::Result<()> {
    let listener = UnixListener::bind(socket)?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(())
}

fn answer(stream: &UnixStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        reader.read_line(&mut first).ok()?;
        let mut line = String::new();
        let mut length = 0;
        while reader.read_line(&mut line).ok()? > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            line.clear();
        }
        reader
            .by_ref()
            .take(length)
            .read_to_end(&mut Vec::new())
            .ok()?;
        let path = first
            .strip_prefix("GET ")
            .and_then(|rest| rest.split(' ').next());
        let (status, body) = path.map_or((500, Value::Null), page);
        let body = body.to_string();
        let head = format!("HTTP/1.1 {status} x\r\nContent-Type: application/json\r\n");
        write!(
            &*stream,
            "{head}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .ok()?;
    }
}

/// The project `shop` has one edge, on the timing profile `fast`; `guarded` a protected one, `other-file`
/// one of another compose file, `no-role` one without a role; `kept` has a volume; every other project
/// has nothing.
fn page(path: &str) -> (u16, Value) {
    let path = path.strip_prefix("/v1.41").unwrap_or(path);
    if path == "/version" {
        return (200, json!({ "ApiVersion": "1.41", "Version": "20.10.24" }));
    }
    if path.starts_with("/containers/json") {
        return (200, listed(path));
    }
    if path.starts_with("/volumes?") {
        // The engine selects by the label, or `kept` would have no volume either.
        let ours = path.contains("com.docker.compose.project%3Dkept");
        let volume = json!({
            "Name": "kept_edge1-data", "Driver": "local", "Mountpoint": "/", "Labels": {},
            "Options": {}, "Scope": "local",
        });
        let volumes = if ours { vec![volume] } else { Vec::new() };
        return (200, json!({ "Volumes": volumes }));
    }
    if path.starts_with("/containers/e1e1") {
        return (200, edge()["inspect"].clone());
    }
    (404, json!({ "message": format!("no such page: {path}") }))
}

fn listed(path: &str) -> Value {
    let mut summary = edge()["summary"].clone();
    let labels = &mut summary["Labels"];
    if path.contains("guarded") {
        labels["rejoin.protect"] = json!("true");
        labels["com.docker.compose.project"] = json!("guarded");
    } else if path.contains("other-file") {
        labels["com.docker.compose.project"] = json!("other-file");
        labels["com.docker.compose.project.config_files"] = json!("docker-compose.yml");
    } else if path.contains("no-role") {
        labels["com.docker.compose.project"] = json!("no-role");
        labels["rejoin.role"] = json!("database");
    } else if !path.contains("shop") {
        return json!([]);
    }
    json!([summary])
}

fn edge() -> Value {
    let labels = json!({
        "com.docker.compose.project": "shop",
        "com.docker.compose.project.config_files": "docker-compose.debug.yml",
        "com.docker.compose.service": "edge1",
        "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False",
        "rejoin.role": "edge",
        "rejoin.timing": "fast",
    });
    json!({
        "summary": {
            "Id": "e1e1", "Names": ["/edge1-shop"], "Image": "standin", "State": "running",
            "Labels": labels,
        },
        "inspect": {
            "Id": "e1e1", "Name": "/edge1-shop", "Image": "sha256:1",
            "State": { "Status": "running", "Running": true },
            "Config": { "Hostname": "edge1", "Image": "standin", "Labels": labels },
            "HostConfig": {}, "Mounts": [], "NetworkSettings": { "Networks": {} },
        },
    })
}
