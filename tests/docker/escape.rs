//! Attempts to make the hands touch what is not the target's: crafted labels, names, recipes, networks.
//! Bystanders are watched by their id, their state and when they started; none may change.

use std::io::Write;

use super::Result;
use super::engine::{Stack, engine_test};
use super::fault::fault;
use super::hands::{edge, hands};
use super::undo::{Made, docker};
use rejoin::fault::catalogue::ALL;
use rejoin::fault::docker::DockerHands;
use rejoin::fault::{Container, ContainerName, FaultError, Faults, NewEdge, Recipe};
use rejoin::playbook::FaultKind::{Kill, Partition, Remove};
use rejoin::settings::Environment;

const PROJECT: &str = "rejoin-escape";
const FILES: &str = "com.docker.compose.project.config_files";
const OF: &str = "com.docker.compose.project";

/// What each bystander has instead of a member's labels, or besides; `-` takes a label away.
const CRAFTED: [&[(&str, &str)]; 18] = [
    &[(FILES, "other.yml")],
    &[(FILES, "/srv/my-compose.yml,/srv/xcompose.yml")],
    &[(FILES, "/srv/compose.yml/override.yml")],
    &[(FILES, "compose.yml.bak")],
    &[(FILES, "-")],
    &[(OF, "rejoin-escap")],
    &[(OF, "rejoin-escape2")],
    &[(OF, "Rejoin-Escape")],
    &[(OF, "rejoin-.*")],
    &[(OF, "-"), (FILES, "-"), ("com.docker.compose.service", "-")],
    &[("com.docker.compose.oneoff", "True")],
    &[("rejoin.role", "-")],
    &[("rejoin.role", "database")],
    &[("rejoin.added", "r1"), ("rejoin.project", "another")],
    &[("rejoin.added", "r1"), ("rejoin.project", PROJECT)],
    &[("rejoin.protect", "true")],
    &[("rejoin.protect", "True")],
    &[("rejoin.protect", "")],
];

/// A container that nobody may touch, as it stood at first.
struct Bystander {
    made: Made,
    name: ContainerName,
    stood: String,
}

impl Bystander {
    fn start(name: &str, labels: &[(&str, &str)]) -> Result<Self> {
        let member = [
            (OF, PROJECT),
            (FILES, "/srv/compose.yml"),
            ("com.docker.compose.service", name),
            ("rejoin.role", "edge"),
        ];
        let kept = member
            .iter()
            .filter(|(label, _)| !labels.iter().any(|(it, _)| it == label));
        let given = labels.iter().filter(|(_, value)| *value != "-");
        let all: Vec<String> = kept
            .chain(given)
            .map(|(it, value)| format!("--label={it}={value}"))
            .collect();
        let mut args = vec!["--name", name];
        args.extend(all.iter().map(String::as_str));
        let made = Made::from(&args)?;
        docker(&["start", &made.0])?;
        let stood = stands(&made.0)?;
        let name = ContainerName(name.to_owned());
        Ok(Self { made, name, stood })
    }

    fn untouched(&self) -> bool {
        stands(&self.made.0).is_ok_and(|stands| stands == self.stood)
    }
}

/// What any fault, undo or rename would change.
pub(crate) fn stands(container: &str) -> Result<String> {
    let look = "{{.Id}} {{.Name}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}} {{json .NetworkSettings.Networks}}";
    docker(&["inspect", "--format", look, container])
}

/// The stack: its second edge is called like the beginning of a bystander's id.
fn file(prefix: &str) -> String {
    format!(
        "services:
  bus: {{ image: rejoin/nats:dev, container_name: rejoin-escape-bus, labels: {{ rejoin.role: nats }} }}
  edge1: {{ image: rejoin/nats:dev, container_name: rejoin-escape-edge1, labels: {{ rejoin.role: edge }} }}
  edge2: {{ image: rejoin/nats:dev, container_name: \"{prefix}\", labels: {{ rejoin.role: edge }} }}
"
    )
}

#[test]
fn nobody_else_is_touched_whatever_is_crafted() {
    engine_test(|| async {
        let mut bystanders = Vec::new();
        for (number, labels) in CRAFTED.iter().enumerate() {
            // Names that begin like a member's, and end as no pattern should match them.
            let name = format!("rejoin-escape-edge1.{number}");
            bystanders.push(Bystander::start(&name, labels)?);
        }
        let prefix: String = bystanders[0].made.0.chars().take(12).collect();
        let _stack = Stack::up(PROJECT, &file(&prefix))?;
        let hands = hands(PROJECT, &Environment::read()).await?;
        let mut attempts = 0;
        for bystander in &bystanders {
            attempts += forged(&hands, bystander).await?;
        }
        attempts += named_like_an_id(&hands, &prefix).await?;
        attempts += bent_path(&hands, &bystanders[1]).await?;
        attempts += name_reused(&hands).await?;
        let touched: Vec<&str> = bystanders
            .iter()
            .filter(|bystander| !bystander.untouched())
            .map(|bystander| bystander.name.0.as_str())
            .collect();
        let bystanders = bystanders.len();
        writeln!(
            std::io::stderr(),
            "{attempts} attempts on {bystanders} bystanders and 3 exchanged containers: {} touched",
            touched.len()
        )?;
        assert_eq!(touched, [""; 0]);
        Ok(())
    });
}

/// Every fault on a container that claims to be an edge, and every undo under its name.
async fn forged(hands: &DockerHands, bystander: &Bystander) -> Result<usize> {
    let inventory = hands.inventory().await?;
    let one = edge(&inventory, "edge1")?;
    if let Some(seen) = inventory.get(&bystander.name) {
        assert!(
            seen.is_protected(),
            "{} is taken for a member",
            bystander.name
        );
    }
    let forged = Container {
        name: bystander.name.clone(),
        id: bystander.made.0.clone(),
        ..one.clone()
    };
    for kind in ALL {
        refused(&hands.inject(fault(kind, &inventory), &forged).await)?;
    }
    let recipe = hands.recipe(one).await?;
    let body = recipe
        .body
        .to_string()
        .replace(&one.name.0, &bystander.name.0);
    let body = serde_json::from_str(&body)?;
    let standing = Recipe {
        container: bystander.name.clone(),
        body,
    };
    let absent = hands.absence(&NewEdge {
        name: bystander.name.clone(),
        service: "more-1".to_owned(),
        labels: std::collections::BTreeMap::new(),
        run: "r1".to_owned(),
    });
    for recipe in [standing, absent] {
        let undone = hands.converge(&recipe, &[]).await;
        assert!(
            matches!(undone, Err(FaultError::Occupied { .. })),
            "{}: {undone:?}",
            bystander.name
        );
    }
    Ok(ALL.len() + 2)
}

fn refused<T: std::fmt::Debug>(result: &std::result::Result<T, FaultError>) -> Result {
    match result {
        Err(FaultError::NotInjected { .. }) => Ok(()),
        other => Err(format!("not refused: {other:?}").into()),
    }
}

/// The engine takes a name that no container has for the beginning of an id: that of a bystander.
async fn named_like_an_id(hands: &DockerHands, prefix: &str) -> Result<usize> {
    let inventory = hands.inventory().await?;
    let two = edge(&inventory, "edge2")?;
    assert_eq!(two.name.0, prefix);
    let recipe = hands.recipe(two).await?;
    hands.inject(Remove, two).await?;
    refused(&hands.inject(Kill, two).await)?;
    hands
        .converge(&recipe, &[])
        .await?
        .ok_or("nothing was made")?;
    let now = hands.inventory().await?;
    let again = edge(&now, "edge2")?;
    assert_eq!(two.differences(again), [""; 0]);
    assert!(hands.made(&again.id) && !hands.made(&two.id));
    Ok(3)
}

/// A network may be called like a request to another container.
async fn bent_path(hands: &DockerHands, bystander: &Bystander) -> Result<usize> {
    let network = format!("../containers/{}/kill?signal=KILL&", bystander.made.0);
    let id = docker(&["network", "create", &network])?;
    let inventory = hands.inventory().await?;
    let one = edge(&inventory, "edge1")?;
    let done = async {
        docker(&["network", "connect", &id, "rejoin-escape-bus"])?;
        docker(&["network", "connect", &id, "rejoin-escape-edge1"])?;
        let recipe = hands.recipe(one).await;
        let Err(FaultError::NotRecreatable { .. }) = recipe else {
            return Err("a network that bends a path is taken for any other".into());
        };
        refused(&hands.inject(fault(Partition, &inventory), one).await)
    };
    let done = done.await;
    for container in ["rejoin-escape-bus", "rejoin-escape-edge1"] {
        docker(&["network", "disconnect", &id, container])?;
    }
    docker(&["network", "rm", &id])?;
    done.map(|()| 2)
}

/// Other hands give an edge's name to other containers, one of them with all its labels.
async fn name_reused(hands: &DockerHands) -> Result<usize> {
    let inventory = hands.inventory().await?;
    let one = edge(&inventory, "edge1")?;
    let recipe = hands.recipe(one).await?;
    docker(&["rm", "-f", &one.id])?;
    let other: [&[(&str, &str)]; 3] = [&[("rejoin.role", "-")], &[("rejoin.protect", "true")], &[]];
    let mut attempts = 0;
    for labels in other {
        let namesake = Bystander::start(&one.name.0, labels)?;
        for kind in ALL {
            refused(&hands.inject(fault(kind, &inventory), one).await)?;
        }
        let undone = hands.converge(&recipe, &[]).await;
        assert!(
            matches!(undone, Err(FaultError::Occupied { .. })),
            "{undone:?}"
        );
        assert!(!hands.made(&namesake.made.0));
        assert!(namesake.untouched(), "{labels:?}");
        attempts += ALL.len() + 1;
    }
    hands
        .converge(&recipe, &[])
        .await?
        .ok_or("nothing was made")?;
    Ok(attempts)
}
