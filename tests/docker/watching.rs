//! Watching through a connection that breaks: between the hands and the engine stands a relay that cuts
//! every connection on demand.

use std::time::Duration;

use super::Result;
use super::engine::{Stack, engine_test};
use super::hands::{edge, every_line, hands, sighted};
use super::proxies;
use super::relay::Relay;
use rejoin::fault::{Faults, Heed, Lost, Sighting};
use rejoin::playbook::FaultKind;
use rejoin::settings::Environment;

const FILE: &str = r#"
services:
  edge1: { image: "rejoin/nats:dev", labels: { rejoin.role: edge } }
  edge2: { image: "rejoin/nats:dev", labels: { rejoin.role: edge } }
"#;

#[test]
fn a_broken_connection_loses_neither_events_nor_lines() {
    engine_test(|| async {
        let Some(relay) = Relay::before_the_engine()? else {
            return Ok(());
        };
        let _stack = Stack::up("rejoin-watching", FILE)?;
        let direct = hands("rejoin-watching", &Environment::read()).await?;
        let host = relay.host();
        let environment = Environment::of("/", [("DOCKER_HOST", host.as_str())]);
        let watched = hands("rejoin-watching", &environment).await?;
        let heed = Heed::marks_and(&["Server is r.ady".to_owned()])?;
        let mut sightings = watched.watch(heed);

        let before = direct.inventory().await?;
        let (one, two) = (edge(&before, "edge1")?, edge(&before, "edge2")?);
        direct.inject(FaultKind::Restart, one).await?;
        let start = |id: &str| {
            let id = id.to_owned();
            move |s: &Sighting| {
                assert!(!matches!(s, Sighting::Gap { .. }), "{s:?}");
                matches!(s, Sighting::Event { action, id: of, .. } if action == "start" && *of == id)
            }
        };
        sighted(&mut sightings, start(&one.id)).await?;
        sighted(
            &mut sightings,
            |s| matches!(s, Sighting::Line { container, .. } if *container == one.name),
        )
        .await?;

        relay.cut();
        let (a, b) = tokio::join!(
            direct.inject(FaultKind::Restart, one),
            direct.inject(FaultKind::Restart, two)
        );
        a?;
        b?;
        let (mut starts, mut ready) = (Vec::new(), Vec::new());
        let all = async {
            while starts.len() < 2 || ready.len() < 2 {
                match sightings.recv().await.ok_or("the sightings ended")? {
                    Sighting::Event { id, action, .. } if action == "start" => starts.push(id),
                    Sighting::Event { .. } => {}
                    Sighting::Line {
                        container, text, ..
                    } => {
                        assert!(text.contains("Server is ready"), "{text}");
                        ready.push(container);
                    }
                    Sighting::Gap { reason, .. } => return Err(reason.into()),
                }
            }
            Ok::<(), Box<dyn std::error::Error>>(())
        };
        tokio::time::timeout(Duration::from_secs(20), all).await??;
        starts.sort();
        ready.sort();
        let mut ids = [one.id.clone(), two.id.clone()];
        ids.sort();
        assert_eq!(starts, ids, "each once");
        assert_eq!(ready, [one.name.clone(), two.name.clone()]);
        Ok(())
    });
}

#[test]
fn an_engine_that_is_gone_is_a_gap() {
    engine_test(|| async {
        let Some(relay) = Relay::before_the_engine()? else {
            return Ok(());
        };
        let _stack = Stack::up("rejoin-watching", FILE)?;
        let host = relay.host();
        let environment = Environment::of("/", [("DOCKER_HOST", host.as_str())]);
        let watched = hands("rejoin-watching", &environment).await?;
        let mut sightings = watched.watch(every_line()?);
        let before = watched.inventory().await?;
        watched
            .inject(FaultKind::Restart, edge(&before, "edge1")?)
            .await?;
        let events = |s: &Sighting| matches!(s, Sighting::Event { .. });
        sighted(&mut sightings, events).await?;
        relay.close();
        let events_broke_off = |s: &Sighting| {
            matches!(
                s,
                Sighting::Gap {
                    of: Lost::Events,
                    ..
                }
            )
        };
        sighted(&mut sightings, events_broke_off).await
    });
}

/// A test whose engine is at a loopback address passes where every proxy is dead.
#[test]
fn no_proxy_stands_before_the_engine() -> Result {
    proxies::pass_without("watching::an_engine_that_is_gone_is_a_gap")
}
