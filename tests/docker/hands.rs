//! The hands on real containers: every fault proven, every undo complete, and compose still the owner.
//!
//! Uses a project, container names and an image of its own choosing (the NATS image of the debug stack,
//! because it runs alone), never another project's containers. The fixed subnet is from the range for
//! benchmarks (RFC 2544), which no engine hands out by itself.

use std::time::Duration;

use super::Result;
use super::engine::{Stack, engine_test};
use rejoin::fault::docker::{DockerHands, Engine, Scope};
use rejoin::fault::{Container, FaultError, Faults, Heed, Inventory, RunState, Sighting};
use rejoin::playbook::FaultKind;
use rejoin::settings::Environment;
use tokio::sync::mpsc::UnboundedReceiver;

const FILE: &str = r#"
services:
  edge1:
    image: rejoin/nats:dev
    container_name: rejoin-hands-edge1
    hostname: rejoin-hands-edge1
    labels: { rejoin.role: edge, rejoin.timing: fast, key: hush-hush }
    logging: { driver: json-file, options: { env: hush-hush } }
    environment: { SECRET: hush-hush }
    volumes: ["edge1-data:/var/lib/data", "/anonymous"]
    tmpfs: /scratch
    mem_limit: 64m
    networks: { data: {}, control: { aliases: [eddie] } }
    stop_signal: SIGTERM
  edge2:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    volumes: ["edge2-data:/var/lib/data"]
    networks: { data: { ipv4_address: 198.18.213.10 } }
    restart: always
  stranger:
    image: rejoin/nats:dev
    networks: [data]
networks:
  data: { ipam: { config: [{ subnet: 198.18.213.0/24 }] } }
  control: {}
volumes: { edge1-data: {}, edge2-data: {} }
"#;

pub(crate) async fn hands(project: &str, environment: &Environment) -> Result<DockerHands> {
    let engine = Engine::connect(environment).await?;
    let scope = Scope {
        target: "test".to_owned(),
        project: project.to_owned(),
        file: "compose.yml".to_owned(),
        roles: std::collections::BTreeMap::new(),
    };
    Ok(DockerHands::new(engine, scope))
}

/// For a watch that tells all that is written.
pub(crate) fn every_line() -> Result<Heed> {
    Ok(Heed::marks_and(&[String::new()])?)
}

pub(crate) fn edge<'a>(inventory: &'a Inventory, service: &str) -> Result<&'a Container> {
    let found = inventory
        .values()
        .find(|container| container.service == service);
    found.ok_or_else(|| format!("no container of {service}").into())
}

#[test]
fn hands_on_real_containers() {
    engine_test(|| async {
        let stack = Stack::up("rejoin-hands", FILE)?;
        let hands = hands("rejoin-hands", &Environment::read()).await?;
        let before = hands.inventory().await?;
        let services: Vec<&str> = before.values().map(|c| c.service.as_str()).collect();
        assert_eq!(services, ["edge1", "edge2"], "only members with a role");
        assert!(
            !serde_json::to_string(&before)?.contains("hush-hush"),
            "no secret in what is journalled"
        );

        Box::pin(removed_and_made_again(&hands, &before)).await?;
        killed_and_started(&hands, &before).await?;
        restarted(&hands, &before).await?;
        faults_that_cannot_be(&hands, &before).await?;

        let after = hands.inventory().await?;
        for (name, container) in &before {
            assert_eq!(
                container.identity, after[name].identity,
                "{name} is what it was"
            );
        }
        let said = stack.up_again()?;
        assert_eq!(
            said.matches("is up-to-date").count() + said.matches("Running").count(),
            3,
            "{said}"
        );
        Ok(())
    });
}

/// Two edges at a time, as a playbook does it.
async fn removed_and_made_again(hands: &DockerHands, before: &Inventory) -> Result {
    let mut sightings = hands.watch(every_line()?);
    let (one, two) = (edge(before, "edge1")?, edge(before, "edge2")?);
    let (first, second) = (hands.recipe(one).await?, hands.recipe(two).await?);
    let (a, b) = tokio::join!(
        hands.inject(FaultKind::Remove, one),
        hands.inject(FaultKind::Remove, two)
    );
    for proof in [a?, b?] {
        assert_eq!(
            (proof.events.as_slice(), proof.inspect.as_str()),
            (&["destroy".to_owned()][..], "404")
        );
    }
    sighted(
        &mut sightings,
        |s| matches!(s, Sighting::Event { action, id, .. } if action == "destroy" && *id == one.id),
    )
    .await?;
    let gone = hands.inventory().await;
    assert!(matches!(gone, Err(FaultError::NoMatch { .. })), "{gone:?}");
    for recipe in [first, second] {
        let proof = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
        assert_eq!(proof.events, ["create", "start"]);
        assert!(proof.inspect.starts_with("running pid="), "{proof:?}");
        assert_eq!(
            hands.converge(&recipe, &[]).await?,
            None,
            "nothing left to do"
        );
    }
    let now = hands.inventory().await?;
    assert_ne!(edge(&now, "edge1")?.id, one.id);
    // The new container's lines are told too.
    sighted(&mut sightings, |s| {
        matches!(s, Sighting::Line { text, container, .. } if text.contains("Server is ready") && *container == one.name)
    })
    .await
}

async fn killed_and_started(hands: &DockerHands, _before: &Inventory) -> Result {
    let now = hands.inventory().await?;
    // `restart: always` does not bring back what the engine itself killed.
    let two = edge(&now, "edge2")?;
    let recipe = hands.recipe(two).await?;
    let proof = hands.inject(FaultKind::Kill, two).await?;
    assert_eq!(
        (proof.events, proof.inspect.as_str()),
        (vec!["die exit=137".to_owned()], "exited")
    );
    assert_eq!(
        edge(&hands.inventory().await?, "edge2")?.state,
        RunState::Exited
    );
    let again = hands.inject(FaultKind::Kill, two).await;
    assert!(
        matches!(again, Err(FaultError::NotInjected { .. })),
        "{again:?}"
    );
    let now = hands.inventory().await?;
    for fault in [FaultKind::Remove, FaultKind::Restart] {
        let refused = hands.inject(fault, edge(&now, "edge2")?).await;
        let refused = refused.err().map(|error| error.to_string());
        assert!(
            refused.as_ref().is_some_and(|r| r.contains("does not run")),
            "{refused:?}"
        );
    }
    let proof = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    assert_eq!(proof.events, ["start"]);
    Ok(())
}

async fn restarted(hands: &DockerHands, _before: &Inventory) -> Result {
    let now = hands.inventory().await?;
    let one = edge(&now, "edge1")?;
    let mut sightings = hands.watch(every_line()?);
    let proof = hands.inject(FaultKind::Restart, one).await?;
    assert_eq!(proof.events.len(), 2, "{proof:?}");
    assert!(
        proof.events[0].starts_with("die exit=") && proof.events[1] == "start",
        "{proof:?}"
    );
    // The same container, followed across its restart.
    sighted(
        &mut sightings,
        |s| matches!(s, Sighting::Line { text, .. } if text.contains("Server is ready")),
    )
    .await
}

/// A namesake of another id is not hit; what is gone is not injected.
async fn faults_that_cannot_be(hands: &DockerHands, before: &Inventory) -> Result {
    for fault in [FaultKind::Kill, FaultKind::Remove, FaultKind::Restart] {
        let refused = hands.inject(fault, edge(before, "edge1")?).await;
        assert!(
            matches!(refused, Err(FaultError::NotInjected { .. })),
            "{refused:?}"
        );
    }
    Ok(())
}

pub(crate) async fn sighted(
    sightings: &mut UnboundedReceiver<Sighting>,
    wanted: impl Fn(&Sighting) -> bool,
) -> Result {
    let found = async {
        while let Some(sighting) = sightings.recv().await {
            if wanted(&sighting) {
                return true;
            }
        }
        false
    };
    match tokio::time::timeout(Duration::from_secs(20), found).await {
        Ok(true) => Ok(()),
        Ok(false) => Err("the sightings ended".into()),
        Err(_) => Err("not sighted within 20 s".into()),
    }
}

#[test]
fn no_engine_says_where_it_looked_and_what_to_do() -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for host in [
        "unix:///nowhere/docker.sock",
        "tcp://127.0.0.1:1",
        "ssh://somewhere",
    ] {
        let environment = Environment::of("/", [("DOCKER_HOST", host)]);
        let refused = runtime.block_on(Engine::connect(&environment));
        let words = refused
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            words.contains(host) && words.contains("DOCKER_HOST"),
            "{words}"
        );
    }
    Ok(())
}
