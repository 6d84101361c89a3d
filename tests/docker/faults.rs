//! Terminate, pause, partition and wipe on real containers, alone and on top of each other: each proven,
//! each undone without a difference, and compose still the owner.

use super::Result;
use super::engine::{Stack, engine_test};
use super::fault::fault;
use super::hands::{edge, hands};
use super::undo::{Made, docker};
use rejoin::fault::docker::{DockerHands, Door};
use rejoin::fault::{Container, Fault, FaultError, Faults, Inventory, Proof, RunState};
use rejoin::playbook::FaultKind::{self, Kill, Partition, Pause, Remove, Terminate, Wipe};
use rejoin::settings::Environment;

const PROJECT: &str = "rejoin-faults";
const PORT: &str = "4222/tcp";
const DATA: &str = "rejoin-faults_data";
const FILE: &str = r#"
services:
  bus:
    image: rejoin/nats:dev
    labels: { rejoin.role: nats }
    networks: [data, more-data]
  edge1:
    image: rejoin/nats:dev
    container_name: rejoin-faults-edge1
    labels: { rejoin.role: edge }
    volumes: ["edge1-data:/var/lib/data", "/anonymous"]
    ports: ["127.0.0.1::4222"]
    networks: { data: { aliases: [eddie] }, control: {} }
    stop_signal: SIGTERM
  edge2:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    volumes: ["edge2-data:/var/lib/data", "shared:/shared"]
    ports: ["127.0.0.1::4222"]
    networks: { data: { ipv4_address: 198.18.214.10 }, more-data: {} }
    stop_signal: SIGUSR1 # opens its log anew
  edge3:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    volumes: ["shared:/shared"]
    networks: [control]
networks:
  data: { ipam: { config: [{ subnet: 198.18.214.0/24 }] } }
  more-data: {}
  control: {}
volumes:
  edge1-data: { labels: { key: value } }
  edge2-data: {}
  shared: {}
"#;

#[test]
fn faults_alone_and_on_top_of_each_other() {
    engine_test(|| async {
        let stack = Stack::up(PROJECT, FILE)?;
        let hands = hands(PROJECT, &Environment::read()).await?;
        let before = hands.inventory().await?;
        terminated(&hands, &before).await?;
        paused(&hands, &before).await?;
        cut_off(&hands, &before).await?;
        without_any_network(&hands, &before).await?;
        wiped(&hands, &before).await?;
        on_top_of_each_other(&hands).await?;
        faults_that_cannot_be(&hands).await?;

        let after = hands.inventory().await?;
        for (name, container) in &before {
            assert_eq!(container.differences(&after[name]), [""; 0], "{name}");
        }
        let said = stack.up_again()?;
        let same = said.matches("is up-to-date").count() + said.matches("Running").count();
        assert_eq!(same, 4, "{said}");
        assert!(!said.to_lowercase().contains("warn"), "{said}");
        Ok(())
    });
}

async fn now(hands: &DockerHands, service: &str) -> Result<Container> {
    Ok(edge(&hands.inventory().await?, service)?.clone())
}

/// Injects these, one after the other, then undoes all of them at once; says how each was proven.
async fn done_and_undone(
    hands: &DockerHands,
    service: &str,
    faults: &[FaultKind],
) -> Result<(Vec<Proof>, Proof)> {
    let before = now(hands, service).await?;
    let target = hands.inventory().await?;
    let recipe = hands.recipe(&before).await?;
    let mut proofs = Vec::new();
    for kind in faults {
        proofs.push(hands.inject(fault(*kind, &target), &before).await?);
    }
    let undone = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    let after = now(hands, service).await?;
    assert_eq!(before.differences(&after), [""; 0], "{faults:?}");
    assert_eq!(
        hands.converge(&recipe, &[]).await?,
        None,
        "{faults:?}: done"
    );
    assert!(undone.inspect.starts_with("running pid="), "{undone:?}");
    Ok((proofs, undone))
}

async fn terminated(hands: &DockerHands, _before: &Inventory) -> Result {
    let (proofs, undone) = done_and_undone(hands, "edge1", &[Terminate]).await?;
    let died = proofs[0].events.join(" ");
    assert!(died.starts_with("die exit="), "{died}");
    assert_ne!(died, "die exit=137", "it ended by itself");
    assert_eq!(proofs[0].inspect, "exited");
    assert_eq!(undone.events, ["start"]);
    // One that will not end is killed by the engine, which the exit code tells.
    let (proofs, _) = done_and_undone(hands, "edge2", &[Terminate]).await?;
    assert_eq!(proofs[0].events, ["die exit=137"]);
    Ok(())
}

async fn paused(hands: &DockerHands, before: &Inventory) -> Result {
    let one = edge(before, "edge1")?;
    let recipe = hands.recipe(one).await?;
    let proof = hands.inject(Pause, one).await?;
    assert_eq!(
        (proof.events.join(" "), proof.inspect),
        ("pause".into(), "paused".into())
    );
    assert_eq!(now(hands, "edge1").await?.state, RunState::Paused);
    assert_eq!(hands.door(&one.name, PORT).await?, Door::Frozen);
    for fault in [Pause, Kill, Terminate, Remove, Wipe, FaultKind::Restart] {
        not_injected(hands, fault, one, "it is paused").await?;
    }
    let undone = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    assert_eq!(undone.events, ["unpause"]);
    Ok(())
}

/// Its port goes through the other network and stays.
async fn cut_off(hands: &DockerHands, before: &Inventory) -> Result {
    let one = edge(before, "edge1")?;
    let recipe = hands.recipe(one).await?;
    let door = hands.door(&one.name, PORT).await?;
    assert!(matches!(door, Door::At(_)), "{door:?}");
    let proof = hands.inject(fault(Partition, before), one).await?;
    assert_eq!(proof.events, [format!("disconnect {DATA}")]);
    assert!(
        proof.inspect.ends_with(&format!(", not in {DATA}")),
        "{proof:?}"
    );
    assert_eq!(hands.door(&one.name, PORT).await?, door);
    let cut = now(hands, "edge1").await?;
    assert_eq!(
        one.differences(&cut).len(),
        1,
        "{:?}",
        one.differences(&cut)
    );
    not_injected(
        hands,
        fault(Partition, before),
        one,
        "in none of the networks",
    )
    .await?;
    let undone = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    assert_eq!(undone.events, [format!("connect {DATA}")]);
    assert_eq!(one.differences(&now(hands, "edge1").await?), [""; 0]);
    Ok(())
}

/// A container of one network loses its port with it, and has it again after the undo.
async fn without_any_network(hands: &DockerHands, before: &Inventory) -> Result {
    let two = edge(before, "edge2")?;
    let recipe = hands.recipe(two).await?;
    let proof = hands.inject(fault(Partition, before), two).await?;
    assert_eq!(proof.events.len(), 2, "{proof:?}");
    assert_eq!(hands.door(&two.name, PORT).await?, Door::Away);
    hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    let door = hands.door(&two.name, PORT).await?;
    assert!(matches!(door, Door::At(_)), "{door:?}");
    assert_eq!(two.differences(&now(hands, "edge2").await?), [""; 0]);
    Ok(())
}

async fn wiped(hands: &DockerHands, before: &Inventory) -> Result {
    let one = edge(before, "edge1")?;
    let look = [
        "inspect",
        "-f",
        "{{range .Mounts}}{{.Name}} {{end}}",
        &one.name.0,
    ];
    let named = docker(&look)?;
    let mut volumes: Vec<&str> = named.split_whitespace().collect();
    volumes.sort_unstable();
    assert_eq!(volumes.len(), 2, "{named}");
    let made = |volume: &str| {
        docker(&[
            "volume",
            "inspect",
            "-f",
            "{{.Labels}} {{.Options}}",
            volume,
        ])
    };
    let labels = made("rejoin-faults_edge1-data")?;
    assert!(labels.contains("key:value"), "{labels}");

    docker(&[
        "cp",
        "/etc/hostname",
        &format!("{}:/var/lib/data/left", one.name),
    ])?;
    let recipe = hands.recipe(one).await?;
    let proof = hands.inject(Wipe, one).await?;
    assert_eq!(proof.events, ["destroy"]);
    assert_eq!(proof.inspect, format!("404; 404: {}", volumes.join(", ")));
    for volume in &volumes {
        assert!(made(volume).is_err(), "{volume} is still there");
    }
    let undone = hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
    assert_eq!(undone.events, ["create", "start"]);
    assert_eq!(one.differences(&now(hands, "edge1").await?), [""; 0]);
    assert_eq!(made("rejoin-faults_edge1-data")?, labels);
    let left = docker(&["cp", &format!("{}:/var/lib/data/left", one.name), "-"]);
    assert!(left.is_err(), "what the volume held is gone");
    Ok(())
}

async fn on_top_of_each_other(hands: &DockerHands) -> Result {
    let connect = format!("connect {DATA}");
    let cases: [(&[FaultKind], &[&str]); 6] = [
        (&[Partition, Kill], &["start"]),
        (&[Partition, Terminate], &["start"]),
        (&[Partition, Remove], &["create", "start"]),
        (&[Partition, Wipe], &["create", "start"]),
        (&[Partition, Pause], &[&connect, "unpause"]),
        (&[Pause, Partition], &[&connect, "unpause"]),
    ];
    for (faults, events) in cases {
        let (_, undone) = done_and_undone(hands, "edge1", faults).await?;
        assert_eq!(undone.events, events, "{faults:?}");
    }
    Ok(())
}

/// What shares no network with NATS is not cut off; what somebody else uses is not wiped. Nothing was
/// touched by the refusal.
async fn faults_that_cannot_be(hands: &DockerHands) -> Result {
    let before = hands.inventory().await?;
    let (two, three) = (edge(&before, "edge2")?, edge(&before, "edge3")?);
    not_injected(
        hands,
        fault(Partition, &before),
        three,
        "in none of the networks",
    )
    .await?;
    not_injected(
        hands,
        Wipe,
        two,
        "uses its volume rejoin-faults_shared, too",
    )
    .await?;
    let volume = "rejoin-faults_edge1-data:/mnt";
    let user = Made::from(&["--name", "rejoin-faults-user", "-v", volume])?;
    let one = edge(&before, "edge1")?;
    not_injected(hands, Wipe, one, "rejoin-faults-user uses").await?;
    drop(user);
    assert_eq!(hands.inventory().await?, before);
    Ok(())
}

async fn not_injected(
    hands: &DockerHands,
    fault: impl Into<Fault>,
    container: &Container,
    words: &str,
) -> Result {
    let fault = fault.into();
    match hands.inject(fault.clone(), container).await {
        Err(FaultError::NotInjected { reason, .. }) if reason.contains(words) => Ok(()),
        other => Err(format!("{fault:?} of {}: {other:?}, not «{words}»", container.name).into()),
    }
}
