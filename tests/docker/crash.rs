//! A crash is no kill: a restart policy reacts to the one and not to the other.

use super::Result;
use super::engine::{Stack, engine_test};
use super::hands::{edge, hands};
use rejoin::fault::docker::DockerHands;
use rejoin::fault::{Faults, Proof, RunState};
use rejoin::playbook::FaultKind::{Crash, Kill, Restart};
use rejoin::settings::Environment;

const PROJECT: &str = "rejoin-crash";
const FILE: &str = r"
services:
  plain:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    stop_signal: SIGTERM
    network_mode: none
  reborn:
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    stop_signal: SIGTERM
    restart: always
    network_mode: none
  unmarked: # the engine would take any signal for an order to stop
    image: rejoin/nats:dev
    labels: { rejoin.role: edge }
    restart: on-failure
    network_mode: none
";

#[test]
fn a_crash_is_what_a_restart_policy_reacts_to() {
    engine_test(|| async {
        let _stack = Stack::up(PROJECT, FILE)?;
        let hands = hands(PROJECT, &Environment::read()).await?;
        let before = hands.inventory().await?;

        let crashed = hit(&hands, "plain").await?;
        assert!(!crashed.came_back(), "{crashed:?}");
        assert_eq!(crashed.inspect, "exited");
        assert!(crashed.events[0].starts_with("die exit="), "{crashed:?}");
        assert_ne!(
            crashed.events,
            ["die exit=137"],
            "it died of its own signal"
        );

        for (service, times) in [("reborn", 2), ("unmarked", 1)] {
            for time in 1..=times {
                let crashed = hit(&hands, service).await?;
                assert!(crashed.came_back(), "{service}: {crashed:?}");
                let count = format!(", restarts {time}");
                assert!(crashed.inspect.ends_with(&count), "{service}: {crashed:?}");
            }
        }
        let killed = edge(&before, "reborn")?;
        let recipe = hands.recipe(killed).await?;
        assert_eq!(hands.inject(Kill, killed).await?.inspect, "exited");
        let there = hands.inventory().await?;
        assert_eq!(edge(&there, "reborn")?.state, RunState::Exited);
        hands.converge(&recipe, &[]).await?.ok_or("nothing done")?;
        // The count of the policy starts anew with a start that was ordered.
        hands.inject(Restart, killed).await?;
        let crashed = hit(&hands, "reborn").await?;
        assert!(crashed.came_back(), "{crashed:?}");
        Ok(())
    });
}

/// Crashes it, and starts it again where nothing else does.
async fn hit(hands: &DockerHands, service: &str) -> Result<Proof> {
    let inventory = hands.inventory().await?;
    let container = edge(&inventory, service)?;
    let recipe = hands.recipe(container).await?;
    let proof = hands.inject(Crash, container).await?;
    let undone = hands.converge(&recipe, &[]).await?;
    assert_eq!(undone.is_none(), proof.came_back(), "{undone:?}");
    let after = hands.inventory().await?;
    assert_eq!(container.differences(edge(&after, service)?), [""; 0]);
    Ok(proof)
}
