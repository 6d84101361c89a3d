//! Edges that a run adds: theirs alone, told of by the watch, proven, and gone again without a trace.

use std::collections::BTreeMap;

use super::Result;
use super::engine::{Stack, engine_test};
use super::fault::fault;
use super::hands::{all_sighted, edge, every_line, hands};
use super::undo::{Made, docker};
use rejoin::fault::docker::{DockerHands, Door};
use rejoin::fault::{ContainerName, FaultError, Faults, Inventory, NewEdge, Role, Sighting};
use rejoin::playbook::FaultKind;
use rejoin::settings::Environment;

const PROJECT: &str = "rejoin-added";
const FILE: &str = r#"
services:
  bus:
    image: rejoin/nats:dev
    labels: { rejoin.role: nats }
    networks: [data]
  edge1:
    image: rejoin/nats:dev
    container_name: rejoin-added-edge1
    hostname: rejoin-added-edge1
    labels: { rejoin.role: edge, rejoin.timing: fast, other: label }
    environment: { NODE_NAME: edge1, NODE_LABELS: "edge=edge1", KEPT: "yes" }
    volumes: ["edge1-data:/var/lib/data", "/anonymous"]
    ports: ["127.0.0.1::4222"]
    networks: { data: { ipv4_address: 198.18.215.10 }, control: { aliases: [eddie] } }
  edge2:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    networks: [data]
networks:
  data: { ipam: { config: [{ subnet: 198.18.215.0/24 }] } }
  control: {}
volumes: { edge1-data: {} }
"#;

/// Takes what a test left of its added edges away when it ends, however it ends: compose does not know
/// them, and cannot remove the networks that they are in.
pub(crate) struct Leftovers<'a>(pub(crate) &'a str);

impl Drop for Leftovers<'_> {
    fn drop(&mut self) {
        let label = format!("label=rejoin.project={}", self.0);
        let containers = docker(&["ps", "-aq", "--filter", &label]).unwrap_or_default();
        for container in containers.split_whitespace() {
            let _ = docker(&["rm", "-f", container]); // it may be on its way already
        }
        let volumes = volumes(self.0).unwrap_or_default();
        for volume in volumes.split_whitespace() {
            let _ = docker(&["volume", "rm", volume]);
        }
    }
}

fn new_edge(name: &str) -> NewEdge {
    NewEdge {
        name: ContainerName(format!("rejoin-added-r1-{name}")),
        service: name.to_owned(),
        labels: BTreeMap::from([("a".into(), "1".into()), ("site".into(), "b".into())]),
        run: "r1".to_owned(),
    }
}

#[test]
fn an_added_edge_is_one_of_the_targets_until_it_is_taken_away() {
    engine_test(|| async {
        drop(Leftovers(PROJECT)); // of an aborted run of this test
        let stack = Stack::up(PROJECT, FILE)?;
        let _leftovers = Leftovers(PROJECT);
        let hands = hands(PROJECT, &Environment::read()).await?;
        let before = hands.inventory().await?;
        let mut sightings = hands.watch(every_line()?);
        let new = new_edge("more-1");
        let absence = hands.absence(&new);
        assert_eq!(
            hands.converge(&absence, &[]).await?,
            None,
            "nothing to do yet"
        );

        let proof = hands.add(&new, edge(&before, "edge1")?).await?;
        assert_eq!(proof.events, ["create", "start"]);
        assert!(proof.inspect.starts_with("running pid="), "{proof:?}");
        stands(&hands, &new).await?;
        let event = |s: &Sighting, action: &str| matches!(s, Sighting::Event { action: is, container, .. } if is == action && *container == new.name);
        let ready = |s: &Sighting| matches!(s, Sighting::Line { text, container, .. } if text.contains("Server is ready") && *container == new.name);
        let made = |s: &Sighting| event(s, "create");
        let begun = |s: &Sighting| event(s, "start");
        all_sighted(&mut sightings, &[&made, &begun, &ready]).await?;
        let taken = hands.add(&new, edge(&before, "edge1")?).await;
        assert!(
            matches!(taken, Err(FaultError::NotInjected { .. })),
            "{taken:?}"
        );
        let said = stack.up_again()?.to_lowercase();
        assert!(
            !said.contains("orphan") && !said.contains("recreat"),
            "{said}"
        );

        faults_on_it(&hands, &new).await?;
        let proof = hands.converge(&absence, &[]).await?.ok_or("nothing done")?;
        assert_eq!(
            (proof.events.join(" "), proof.inspect),
            ("destroy".into(), "404".into())
        );
        assert_eq!(
            hands.converge(&absence, &[]).await?,
            None,
            "nothing left to do"
        );
        assert_eq!(volumes(PROJECT)?, "", "and no volume of it");
        assert_eq!(hands.inventory().await?, before);
        Ok(())
    });
}

/// Like its model, but for what is its own.
async fn stands(hands: &DockerHands, new: &NewEdge) -> Result {
    let inventory = hands.inventory().await?;
    let added = edge(&inventory, "more-1")?;
    assert_eq!((&added.name, added.role), (&new.name, Role::Edge));
    assert_eq!(added.hostname, new.name.0);
    assert_eq!(added.labels["rejoin.timing"], "fast");
    let look = |what: &str| docker(&["inspect", "-f", what, &new.name.0]);
    let environment = look("{{.Config.Env}}")?;
    assert!(environment.contains("KEPT=yes"), "{environment}");
    assert!(
        environment.contains("NODE_LABELS=a=1,site=b"),
        "{environment}"
    );
    assert!(!environment.contains("edge1"), "{environment}");
    let labels = look("{{.Config.Labels}}")?;
    assert!(
        !labels.contains("com.docker.compose") && !labels.contains("other"),
        "{labels}"
    );
    let networks = look(
        "{{range $name, $it := .NetworkSettings.Networks}}{{$name}} {{$it.Aliases}} {{$it.IPAddress}} {{end}}",
    )?;
    assert!(
        networks.contains("rejoin-added_data") && networks.contains("rejoin-added_control"),
        "{networks}"
    );
    assert!(
        networks.contains("more-1") && !networks.contains("eddie"),
        "{networks}"
    );
    assert!(!networks.contains("198.18.215.10 "), "{networks}");
    assert_eq!(
        volumes(PROJECT)?,
        "rejoin-added-r1-more-1-1 rejoin-added-r1-more-1-2"
    );
    let theirs = hands
        .door(&ContainerName("rejoin-added-edge1".to_owned()), "4222/tcp")
        .await?;
    let own = hands.door(&new.name, "4222/tcp").await?;
    assert!(
        matches!(own, Door::At(_)) && own != theirs,
        "{own:?} {theirs:?}"
    );
    Ok(())
}

/// It can be hit, and stands again afterwards, like any other.
async fn faults_on_it(hands: &DockerHands, new: &NewEdge) -> Result {
    for kind in [FaultKind::Partition, FaultKind::Wipe] {
        let inventory = hands.inventory().await?;
        let added = edge(&inventory, "more-1")?;
        let recipe = hands.recipe(added).await?;
        hands.inject(fault(kind, &inventory), added).await?;
        hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
        let again = hands.inventory().await?;
        assert_eq!(
            added.differences(edge(&again, &new.service)?),
            [""; 0],
            "{kind:?}"
        );
    }
    Ok(())
}

/// The names of all volumes that carry our label for a project.
pub(crate) fn volumes(project: &str) -> Result<String> {
    let label = format!("label=rejoin.project={project}");
    let mut names: Vec<String> = docker(&["volume", "ls", "-q", "--filter", &label])?
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    names.sort();
    Ok(names.join(" "))
}

#[test]
fn a_model_in_trouble_is_not_copied_and_a_stranger_is_not_touched() {
    engine_test(|| async {
        drop(Leftovers(PROJECT));
        let _stack = Stack::up(PROJECT, FILE)?;
        let _leftovers = Leftovers(PROJECT);
        let hands = hands(PROJECT, &Environment::read()).await?;
        let before = hands.inventory().await?;
        let (one, two) = (edge(&before, "edge1")?, edge(&before, "edge2")?);
        let recipes = [hands.recipe(one).await?, hands.recipe(two).await?];

        hands
            .inject(fault(FaultKind::Partition, &before), one)
            .await?;
        let new = new_edge("more-1");
        hands.add(&new, one).await?;
        let networks = [
            "inspect",
            "-f",
            "{{json .NetworkSettings.Networks}}",
            &new.name.0,
        ];
        assert!(
            docker(&networks)?.contains("rejoin-added_data"),
            "made like the other one"
        );
        hands.inject(FaultKind::Remove, two).await?;
        nobody_to_copy(&hands, &before, &new).await?;
        for recipe in &recipes {
            hands.converge(recipe, &[]).await?.ok_or("nothing done")?;
        }

        // What is left of a crash, found by its labels alone.
        let gone = hands.withdraw_added().await?;
        assert_eq!(gone, [ContainerName("rejoin-added-r1-more-2".to_owned())]);
        assert_eq!(volumes(PROJECT)?, "");
        let stranger = Made::from(&["--name", &new.name.0])?;
        let refused = hands.converge(&hands.absence(&new), &[]).await;
        assert!(
            matches!(&refused, Err(FaultError::Occupied { .. })),
            "{refused:?}"
        );
        let other = Made::from(&[
            "--name",
            "rejoin-added-other",
            "--label",
            "rejoin.added=r1",
            "--label",
            "rejoin.project=another",
            "--label",
            "rejoin.file=compose.yml",
        ])?;
        assert!(hands.withdraw_added().await?.is_empty());
        for made in [&stranger, &other] {
            docker(&["inspect", &made.0])?;
        }
        Ok(())
    });
}

/// With every edge in trouble there is nothing to make another one like; an added one is an edge, too.
async fn nobody_to_copy(hands: &DockerHands, before: &Inventory, standing: &NewEdge) -> Result {
    let second = new_edge("more-2");
    hands.add(&second, edge(before, "edge2")?).await?;
    hands
        .converge(&hands.absence(standing), &[])
        .await?
        .ok_or("nothing done")?;
    let inventory = hands.inventory().await?;
    hands
        .inject(FaultKind::Kill, edge(&inventory, "more-2")?)
        .await?;
    let refused = hands.add(&new_edge("more-3"), edge(before, "edge1")?).await;
    assert!(
        matches!(&refused, Err(FaultError::NotInjected { reason, .. }) if reason.contains("nothing to make it like")),
        "{refused:?}"
    );
    Ok(())
}
