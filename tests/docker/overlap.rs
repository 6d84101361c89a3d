//! Faults on top of each other of which only some are undone, and partitions of named networks.

use super::Result;
use super::engine::{Stack, engine_test};
use super::fault::cut;
use super::hands::{edge, hands};
use rejoin::fault::docker::DockerHands;
use rejoin::fault::{Container, Fault, Faults, Inventory, RunState};
use rejoin::playbook::FaultKind::{Kill, Pause, Remove};
use rejoin::settings::Environment;

const PROJECT: &str = "rejoin-overlap";
const DATA: &str = "rejoin-overlap_data";
const CONTROL: &str = "rejoin-overlap_control";
const FILE: &str = r#"
services:
  bus:
    image: rejoin/nats:dev
    labels: { rejoin.role: nats }
    networks: [data]
    stop_signal: SIGTERM
  edge1:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    networks: { data: { aliases: [eddie] }, control: {} }
    volumes: ["edge1-data:/var/lib/data"]
    stop_signal: SIGTERM
networks:
  data: {}
  control: {}
volumes: { edge1-data: {} }
"#;

#[test]
fn only_some_of_the_faults_are_undone() {
    engine_test(|| async {
        let stack = Stack::up(PROJECT, FILE)?;
        let hands = hands(PROJECT, &Environment::read()).await?;
        let before = hands.inventory().await?;
        let one = edge(&before, "edge1")?;
        cuts_that_remain(&hands, one).await?;
        cuts_that_end(&hands, one).await?;
        let bus = edge(&before, "bus")?;
        let faults = [cut(&[DATA]), Pause.into()];
        let said = partly(&hands, bus, faults, vec![cut(&[DATA])], off_data()).await?;
        assert_eq!(
            said.as_deref(),
            Some("unpause"),
            "NATS is cut off where its network is named"
        );

        let said = stack.up_again()?;
        let same = said.matches("is up-to-date").count() + said.matches("Running").count();
        assert_eq!(same, 2, "{said}");
        Ok(())
    });
}

/// A cut that remains, while a fault on top of it comes and goes.
async fn cuts_that_remain(hands: &DockerHands, one: &Container) -> Result {
    let data = || vec![cut(&[DATA])];
    for (fault, events) in [
        (Pause, "unpause"),
        (Kill, "start"),
        (Remove, "create start"),
    ] {
        let faults = [cut(&[DATA]), fault.into()];
        let said = partly(hands, one, faults, data(), off_data()).await?;
        assert_eq!(said.as_deref(), Some(events), "{fault:?}");
    }
    let both = [cut(&[DATA]), cut(&[CONTROL])];
    let said = partly(hands, one, both, data(), off_data()).await?;
    assert_eq!(said, Some(format!("connect {CONTROL}")));
    Ok(())
}

/// The cut ends, the other fault remains.
async fn cuts_that_end(hands: &DockerHands, one: &Container) -> Result {
    let faults = [cut(&[CONTROL]), Pause.into()];
    let frozen = in_state(RunState::Paused);
    let said = partly(hands, one, faults, vec![Pause.into()], frozen).await?;
    assert_eq!(said, Some(format!("connect {CONTROL}")));
    let faults = [cut(&[DATA]), Kill.into()];
    let dead = in_state(RunState::Exited);
    let said = partly(hands, one, faults, vec![Kill.into()], dead).await?;
    assert_eq!(
        said.as_deref(),
        Some(""),
        "the engine tells of it when it starts"
    );
    let faults = [cut(&[DATA]), Remove.into()];
    let gone = Expected {
        gone: true,
        ..Expected::default()
    };
    let said = partly(hands, one, faults, vec![Remove.into()], gone).await?;
    assert_eq!(said, None, "what is gone has no network to be in");
    Ok(())
}

/// How a container differs from what it was.
#[derive(Default)]
struct Expected {
    off: Vec<String>,
    state: Option<RunState>,
    gone: bool,
}

fn off_data() -> Expected {
    Expected {
        off: vec![DATA.to_owned()],
        ..Expected::default()
    }
}

fn in_state(state: RunState) -> Expected {
    Expected {
        state: Some(state),
        ..Expected::default()
    }
}

/// Injects two faults, undoes all but what is `still` wanted, compares, undoes the rest. Returns the
/// events of the first undo; `None` where nothing had to be done.
async fn partly(
    hands: &DockerHands,
    container: &Container,
    faults: [Fault; 2],
    still: Vec<Fault>,
    expected: Expected,
) -> Result<Option<String>> {
    let service = container.service.as_str();
    let before = edge(&hands.inventory().await?, service)?.clone();
    let recipe = hands.recipe(&before).await?;
    for fault in faults {
        hands.inject(fault, &before).await?;
    }
    let done = hands.converge(&recipe, &still).await?;
    let again = hands.converge(&recipe, &still).await?;
    assert_eq!(again, None, "{still:?}: done");
    compare(&before, &hands.inventory().await?, &expected);
    hands.converge(&recipe, &[]).await?.ok_or("nothing left")?;
    let whole = Expected::default();
    compare(&before, &hands.inventory().await?, &whole);
    Ok(done.map(|proof| proof.events.join(" ")))
}

fn compare(before: &Container, now: &Inventory, expected: &Expected) {
    let Some(is) = now.get(&before.name) else {
        assert!(expected.gone, "{} is gone", before.name);
        return;
    };
    assert!(!expected.gone, "{} is there", before.name);
    assert_eq!(is.state, expected.state.unwrap_or(before.state));
    let networks = before
        .networks()
        .filter(|it| !expected.off.iter().any(|off| off == it));
    assert!(is.networks().eq(networks), "{:?}", before.differences(is));
    let others = before.differences(is).len() - expected.off.len();
    assert_eq!(others, usize::from(expected.state.is_some()));
}
